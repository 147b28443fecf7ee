"""What is hostile is hostile to the seventh gateway, too."""

import pytest

from kassa.gateways import registry
from tests.support.every_gateway import EVERY_GATEWAY


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "GATEWAYS", EVERY_GATEWAY)
