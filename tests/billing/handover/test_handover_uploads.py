"""An archive stands whole or not at all, whoever dies, comes twice, or comes at the same time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kassa.billing.handover import build_handover, packing
from kassa.platform import aws
from tests.support.aws_stack import FakeClock, Stack
from tests.support.handovers import Office

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)
THIRD = datetime(2026, 12, 3, 4, 30, tzinfo=UTC)
KEY = "handovers/main/2026-11.zip"
SMALL_PART = 5 << 20  # the least that S3 takes


@pytest.fixture
def office(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Have documents of three parts and a rest."""
    monkeypatch.setattr(packing, "PART_BYTES", SMALL_PART)
    monkeypatch.setattr(build_handover, "AT_ONCE", 1)
    office = Office(stack, fake_clock)
    monkeypatch.setattr("tests.support.handovers.PDF", b"%PDF" + b"0" * (2 << 20))
    for _ in range(10):
        office.issue(NOVEMBER)
    return office


@pytest.fixture
def asked(office: Office) -> list[tuple[str, dict[str, Any]]]:
    """Return what S3 is asked for, from now on."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, params))

    aws.client("s3").meta.events.register("provide-client-params.s3.*", note)
    return asked
