"""Note what a fact says of an order in the order's life."""

from kassa.adapters import clock
from kassa.adapters.gateways import registry
from kassa.adapters.gateways.registry import Ability
from kassa.adapters.orders import Orders
from kassa.adapters.refund_requests import RefundRequests
from kassa.domain.facts import Fact
from kassa.domain.order_hearing import captured, captured_payment, heard, subject_of
from kassa.domain.order_life import OrderLife
from kassa.observability import logger, metrics


def note_fact(
    fact: Fact, order_id: str, orders: Orders, requests: RefundRequests
) -> OrderLife | None:
    """Write what a fact changes and return the order's life; none for an order nobody sent.

    Raises StaleWrite where the order moved on meanwhile.
    """
    case = orders.find(order_id)
    if case is None:
        logger.info("order never sent", order_id=order_id, fact=fact.data.fact)
        return None
    payment = captured_payment(fact)
    if payment is not None:
        after = captured(case, payment, requests.payment(subject_of(fact)), clock.now())
    else:
        can_find = registry.can(fact.metadata.gateway, Ability.FIND_CHECKOUT)
        after = heard(case.life, fact, can_find, clock.now())
    orders.keep(case.life, after)
    if after.version != case.life.version:
        _account(after, fact)
    return after


def _account(life: OrderLife, fact: Fact) -> None:
    """Log what was noted; count an order that was paid less than it costs."""
    logger.info("order tracked", order_id=life.order_id, fact=fact.data.fact, status=life.status)
    if life.part_payments and captured_payment(fact) is not None:
        metrics.add_metric(name="OrderPaidInPart", unit="Count", value=1)
