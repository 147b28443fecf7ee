"""A stage with Adyen behind it."""

from collections.abc import Iterator

import pytest

from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.adyen import AdyenScene
from tests.support.gateway_stage import Stage, on_stage


@pytest.fixture
def adyen(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    scene = AdyenScene(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as opened:
        yield opened
