"""Publish what came of opening a checkout, for reports alone; no customer waits in vain for it.

What the bus doesn't take is lost to reports: the order itself stands in the table.
"""

from typing import Any

from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.gateways import registry
from kassa.orders.attempts import Attempt
from kassa.orders.facts import CheckoutSubmitted
from kassa.orders.order import Order
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, reason_of


def publish_submission(order: Order, attempt: Attempt, answered_ms: int | None) -> None:
    """Publish one attempt."""
    try:
        event_bus.publish([submission_fact(order, attempt, answered_ms)])
    except Exception as error:
        logger.warning("submission not published", reason=reason_of(error), attempt=attempt.number)


def submission_fact(
    order: Order, attempt: Attempt, answered_ms: int | None
) -> Fact[CheckoutSubmitted]:
    """Return the fact of an attempt; the same attempt is the same fact."""
    name, at = f"{order.order_id}.{attempt.number}", attempt.submitted_at
    methods = (order.method,) if order.method else registry.gateway(attempt.gateway).methods
    fields: dict[str, Any] = {
        "order_id": order.order_id,
        "method": order.method,
        "offered": tuple(sorted(methods)),
        "country": order.country,
        "device": order.device,
        "outcome": attempt.state,
        "answered_ms": answered_ms,
    }
    return Fact[CheckoutSubmitted](
        metadata=FactMetadata(
            fact_id=f"{order.order_id}:{name}:CheckoutSubmitted",
            event_id=name,
            merchant_id=settings().merchant_id,
            gateway=attempt.gateway,
            account=attempt.account,
            subject_kind="order",
            subject_id=order.order_id,
            version=attempt.number,
            booked_at=at,
        ),
        data=CheckoutSubmitted(
            object_id=name,
            occurred_at=at,
            amount=Money(amount_minor=0, currency=order.currency),
            **fields,
        ),
    )
