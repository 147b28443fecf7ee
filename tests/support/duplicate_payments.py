"""Payments of an order that come twice or go back, and what Kassa publishes of them."""

from typing import Any

from kassa.fact_catalog import AnyFact
from kassa.ledger.facts import LedgerFact
from kassa.orders.facts import DuplicatePaymentFound
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from tests.support.order_scene import OrderScene, charge

CHARGED_TWICE = {"id": "R1", "name": "Charged twice", "when": {"reason": ["charged_twice"]}}


def approve(scene: OrderScene, **more: Any) -> None:
    """Save a policy that approves what was charged twice; `more`: what else it says."""
    rules = [CHARGED_TWICE | {"then": "approve"}]
    document = {"effective_from": scene.clock.at.isoformat(), "rules": rules} | more
    Policies("main").save(read_policy(document, "main", 1, scene.clock.at, "finance"))


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
