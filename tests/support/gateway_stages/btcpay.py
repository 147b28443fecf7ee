"""A stage with BTCPay Server behind it, and a customer in front of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kassa.core.money import Money
from kassa.gateways import dispatch as calls
from kassa.gateways.submissions import CheckoutSubmission
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.btcpay import BtcpayScene
from tests.support.gateway_stage import Stage, on_stage, seconds

EUR = "EUR"


class Shop:
    """A stage with the fake BTCPay behind it, and a customer in front of it."""

    def __init__(self, stage: Stage, scene: BtcpayScene) -> None:
        self.stage, self.scene, self.fake = stage, scene, scene.fake
        self.facts: list[dict[str, Any]] = []

    def open(self, amount_minor: int = 10_00) -> str:
        submission = CheckoutSubmission(
            order_id="o-1",
            submission_id="o-1.1",
            amount=Money(amount_minor=amount_minor, currency=EUR),
            success_url="https://shop.example/thanks",
            cancel_url="https://shop.example/",
        )
        return str(calls.open_checkout("btcpay", "main", submission).payment_id)

    def skip(self, seconds_later: float) -> None:
        self.stage.clock.at += timedelta(seconds=seconds_later)
        self.fake.run_due()

    def deliver(self) -> list[str]:
        """Book what was sent; return the facts it made, by name."""
        self.stage.deliver()
        return self.published()

    def published(self) -> list[str]:
        envelopes = self.stage.stack.published()
        self.facts += [one["detail"]["data"] for one in envelopes]
        return sorted(one["detail-type"] for one in envelopes)

    def ledger(self) -> dict[str, int]:
        return {account: minor for (account, _), minor in self.stage.ledger().items()}

    def captured(self, minor: int) -> dict[str, int]:
        return {"customers": -minor, "gateway_clearing": minor}


@pytest.fixture
def shop(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    scene = BtcpayScene(lambda: seconds(fake_clock), 7)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield Shop(stage, scene)
        assert set(stage.statuses) <= {200}
