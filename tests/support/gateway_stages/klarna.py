"""A stage with Klarna behind it."""

from collections.abc import Iterator
from typing import Any

import pytest

from kassa.core.money import Money
from kassa.gateways import dispatch as calls
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.read import delivery_of
from kassa.gateways.submissions import CheckoutSubmission, OpenedCheckout
from kassa.intake import deliveries
from kassa.ledger.state import SubjectState
from kassa.ledger.store import Books
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.klarna import BASE, KlarnaScene
from tests.support.gateway_stage import Stage, on_stage


class Klarna:
    """A stage on which Kassa and Klarna meet, and what a test wants to know of it."""

    def __init__(self, stage: Stage, scene: KlarnaScene) -> None:
        self.stage, self.scene = stage, scene

    def open(self, order_id: str = "order-1", **fields: Any) -> OpenedCheckout:
        """Let Kassa open a page."""
        return calls.open_checkout("klarna", "main", submission(order_id, **fields))

    def state(self, payment_id: str) -> SubjectState:
        """Return how a payment stands in the table."""
        return Books().read(subject(payment_id), "none")[0]

    def published(self) -> list[str]:
        """Return the names of the facts published since the last call, each fact once."""
        envelopes = self.stage.stack.published()
        facts = {one["detail"]["metadata"]["fact_id"]: one["detail-type"] for one in envelopes}
        return sorted(facts.values())

    def look_up(self, payment_id: str) -> None:
        """Look a payment up as the watch does, and book what was found."""
        deliveries.queue_deliveries(
            delivery_of("klarna", "main", "look_up", body)
            for body in calls.look_up(subject(payment_id))
        )
        self.stage.book()

    def paths(self, method: str) -> list[str]:
        """Return what Klarna was asked for, and forget it."""
        urls = [one.url.removeprefix(BASE) for one in self.scene.requests if one.method == method]
        self.scene.requests.clear()
        return urls


def subject(payment_id: str) -> Subject:
    fields = {"gateway": "klarna", "account": "main", "kind": SubjectKind.PAYMENT}
    return Subject.model_validate(fields | {"subject_id": payment_id})


def submission(order_id: str = "order-1", **more: Any) -> CheckoutSubmission:
    fields: dict[str, Any] = {
        "order_id": order_id,
        "submission_id": f"{order_id}.1",
        "amount": Money(amount_minor=100_00, currency="EUR"),
        "success_url": "https://shop.test/thanks",
        "cancel_url": "https://shop.test/basket",
        "customer_id": "customer-1",
        "language": "fi",
        "country": "FI",
    }
    return CheckoutSubmission.model_validate(fields | more)


@pytest.fixture
def klarna(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Klarna]:
    """Open the stage with nothing paid yet."""
    scene = KlarnaScene(lambda: fake_clock.now().timestamp(), 7)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield Klarna(stage, scene)
