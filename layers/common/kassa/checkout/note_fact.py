"""Note what a fact says of an order in the order's lifecycle."""

from kassa.checkout.apply_fact import (
    after_money,
    applied,
    is_capture,
    moves_money,
    takes_back,
)
from kassa.checkout.payment_attribution import payment_attributed
from kassa.gateways import registry
from kassa.gateways.registry import Ability
from kassa.ledger.facts import LedgerFact, fact_subject
from kassa.orders.lifecycle import DiscrepancyKind, OrderLifecycle
from kassa.orders.payments import Name
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.store import RefundRequests


def note_fact(
    fact: LedgerFact, order_id: str, orders: Orders, requests: RefundRequests
) -> OrderLifecycle | None:
    """Write what a fact changes and return the order's lifecycle; none for an order nobody sent.

    What the order says of its payment is published with it. Raises StaleWrite where the order moved
    on meanwhile.
    """
    case = orders.find(order_id)
    if case is None:
        logger.info("order never sent", order_id=order_id, fact=fact.data.fact)
        return None
    if moves_money(fact):
        state = requests.payment(fact_subject(fact.metadata))
        after = after_money(
            case, fact, state, duplicates_kept(case.lifecycle, requests), clock.now()
        )
    else:
        can_find = registry.can(fact.metadata.gateway, Ability.FIND_CHECKOUT)
        after = applied(case.lifecycle, fact, can_find, clock.now())
    orders.keep(case.lifecycle, after)
    attributed = payment_attributed(fact, case.order)
    if attributed is not None:
        event_bus.publish([attributed])
    if after.version != case.lifecycle.version:
        logger.info("order tracked", order_id=order_id, fact=fact.data.fact, status=after.status)
    if takes_back(fact) or after.reopened_at != case.lifecycle.reopened_at:
        _count_reopened(after)
    if after.discrepancy != case.lifecycle.discrepancy or is_capture(fact):
        _count(after)
    return after


def duplicates_kept(lifecycle: OrderLifecycle, requests: RefundRequests) -> frozenset[Name]:
    """Return the duplicate payments of which nothing was promised or given back yet."""
    kept = set()
    for one in lifecycle.duplicate_payments:
        state = requests.payment(one.subject)
        if state.available_minor == state.captured_minor:
            kept.add(one.name)
    return frozenset(kept)


def _count_reopened(lifecycle: OrderLifecycle) -> None:
    """Count for an alarm an order that was paid and isn't any more; goods may have been sent."""
    if lifecycle.reopened_at is None:
        return
    metrics.add_metric(name="OrderReopened", unit="Count", value=1)
    logger.error(
        "order reopened after it was paid", order_id=lifecycle.order_id, status=lifecycle.status
    )


def _count(lifecycle: OrderLifecycle) -> None:
    """Count for an alarm an order that was paid otherwise than it was ordered.

    One that was paid in part alarms later, if it stays so; what is received again counts again.
    """
    if lifecycle.discrepancy is None:
        return
    if lifecycle.discrepancy.kind is DiscrepancyKind.LESS:
        metrics.add_metric(name="OrderPaidInPart", unit="Count", value=1)
        return
    metrics.add_metric(name="OrderDiscrepancy", unit="Count", value=1)
    kind = lifecycle.discrepancy.kind
    logger.error("order paid otherwise than ordered", order_id=lifecycle.order_id, kind=kind)
