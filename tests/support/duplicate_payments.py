"""Payments of an order that come twice or go back, and what Kassa publishes of them."""

from typing import Any

from kassa.core.errors import GatewayUnavailable
from kassa.fact_catalog import AnyFact
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.ledger.facts import LedgerFact
from kassa.orders.facts import DuplicatePaymentFound
from kassa.platform.secrets import ApiAccess
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from tests.support.order_scene import FakeGateway, OrderScene, charge

CHARGED_TWICE = {"id": "R1", "name": "Charged twice", "when": {"reason": ["charged_twice"]}}


def approve(scene: OrderScene, **more: Any) -> None:
    """Save a policy that approves what was charged twice; `more`: what else it says."""
    rules = [CHARGED_TWICE | {"then": "approve"}]
    document = {"effective_from": scene.clock.at.isoformat(), "rules": rules} | more
    Policies("main").save(read_policy(document, "main", 1, scene.clock.at, "finance"))


class RefundingGateway(FakeGateway):
    """A gateway that takes every refund while it answers, and notes which it was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.refunded: list[str] = []

    def refund(self, access: ApiAccess, sent: RefundSubmission) -> GatewayRefund:
        """Take a refund."""
        if self.is_out:
            raise GatewayUnavailable(f"{self.name} is silent")
        self.refunded.append(sent.submission_id)
        return GatewayRefund(refund_id=f"re_{len(self.refunded)}")


def paid_twice(scene: OrderScene) -> str:
    """Pay an order twice; return the request to give the second payment back."""
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    scene.track(*scene.capture("south", "pay_2"))
    [named] = [str(one.refund_request_id) for one in found(scene)]
    return named


def found(scene: OrderScene) -> list[DuplicatePaymentFound]:
    """Return what was published of duplicate payments; published twice counts twice."""
    facts = [AnyFact.model_validate(fact) for _, fact in scene.bus.facts]
    return [fact.data for fact in facts if isinstance(fact.data, DuplicatePaymentFound)]


def take_back(
    scene: OrderScene, payment_id: str, amount_minor: int = 100_00, gateway: str = "north"
) -> list[LedgerFact]:
    """Let a bank take a captured payment back; return the facts that it made true."""
    scene.pass_by(days=2)
    returned = charge(payment_id, amount_minor, scene.clock.at, "failed")
    returned = returned.model_copy(update={"reason": "insufficient_funds"})
    facts = scene.report(gateway, payment_id, returned)
    assert [fact.data.fact for fact in facts] == ["PaymentReversed"]
    return facts
