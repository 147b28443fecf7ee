"""A stage with PayPal behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kassa.gateways.paypal import client
from kassa.platform.table import plain
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.paypal import PayPalScene
from tests.support.gateway_stage import Stage, on_stage

PAID = 100_00


@dataclass
class PayPal:
    """A stage, its scene, and the shortest words for both."""

    stage: Stage
    scene: PayPalScene

    def pay(self, order_id: str = "order-1", minor: int = PAID) -> str:
        """Let a buyer pay, and Kassa receive its events; return the payment."""
        self.scene.pay(order_id, minor)
        self.stage.deliver()
        return self.scene._payments[order_id]

    def published(self) -> list[str]:
        """Return the types of every fact published so far, and forget them."""
        return [one["detail-type"] for one in self.stage.stack.published()]

    def facts(self) -> list[tuple[str, str]]:
        """Return gateway type and subject of each event booked, ignored ones too."""
        items = (plain(one) for one in self.stage.stack.items())
        return sorted((i["gateway_type"], i["PK"]) for i in items if "gateway_type" in i)

    def reads(self) -> int:
        """Return how often PayPal was asked for anything but tokens and certificates."""
        return len(self.scene.requests)


@pytest.fixture
def paypal(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PayPal]:
    scene = PayPalScene(lambda: fake_clock.now().timestamp())
    client.forget()
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield PayPal(stage, scene)
    client.forget()


def ledger(paypal: PayPal) -> dict[str, int]:
    return {name: minor for (name, _), minor in paypal.stage.ledger().items()}


def headroom(paypal: PayPal, payment_id: str) -> int:
    (item,) = (
        one
        for one in map(plain, paypal.stage.stack.items())
        if payment_id in one["PK"] and "headroom" in one
    )
    return int(item["headroom"])
