"""Track an order by what the books say of its hosted checkouts and its payments.

A payment that is captured after another has paid the order is a duplicate payment: it is booked
already, and is put up for refund here, as anybody could. Nothing is posted, no gateway called.
"""

from kassa.checkout.apply_fact import (
    has_come_back,
    is_applicable,
    is_capture,
    is_of_payment,
    is_won,
    moves_money,
    payment_of,
    takes_back,
)
from kassa.checkout.duplicate_payment_refund import to_refund
from kassa.checkout.note_fact import note_fact, note_refund_over
from kassa.checkout.refund_duplicate_payment import (
    keep_payment,
    notice_duplicate_payment,
    refund_duplicate_payment,
)
from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import LedgerFact, fact_subject
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.orders.payments import is_payer, is_second
from kassa.orders.store import Orders
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.facts import RefundEscalated, RefundFact, RefundRejected, RefundResolved
from kassa.refunds.store import RefundRequests

# What was promised of a payment may be there again.
OF_REFUND_OVER = (RefundEscalated, RefundRejected, RefundResolved)
RESERVE_S = 3.0  # kept back for a duplicate payment's refund


def track_order(
    fact: LedgerFact, orders: Orders, requests: RefundRequests, time_left_s: TimeLeft
) -> None:
    """Note a fact in its order's lifecycle; put a duplicate payment up for refund.

    Raises StaleWrite where others kept changing the order until the time ran out, NotPublished
    where the bus refused; the message must come back. Received again, it changes nothing.
    """
    if not is_applicable(fact):
        raise UnreadableEvent(f"{fact.data.fact} says nothing of an order")
    metrics.add_metric(name="OrderFactReceived", unit="Count", value=1)
    order_id = _order_of(fact, requests)
    if order_id is None:
        return
    logger.append_keys(correlation_id=fact.metadata.event_id)
    lifecycle = retry_on_conflict(
        lambda: note_fact(fact, order_id, orders, requests), time_left_s, RESERVE_S
    )
    if lifecycle is not None:
        for second in _to_refund(lifecycle, fact):
            refund_duplicate_payment(lifecycle, second, requests, time_left_s)
        for payment in lifecycle.payers if takes_back(fact) else ():
            keep_payment(payment, requests, time_left_s)
    elif is_capture(fact):
        notice_duplicate_payment(payment_of(fact), order_id)


def track_refund(
    fact: RefundFact, orders: Orders, requests: RefundRequests, time_left_s: TimeLeft
) -> None:
    """Look at an order again where a refund of one of its payments isn't made now.

    Where nothing that is there pays the order, a duplicate payment that was to go back does now.
    Raises as `track_order` does. Received again, it changes nothing.
    """
    metrics.add_metric(name="OrderFactReceived", unit="Count", value=1)
    logger.append_keys(correlation_id=fact.metadata.event_id)
    payment = Subject(
        gateway=fact.data.gateway,
        account=fact.data.account,
        kind=SubjectKind.PAYMENT,
        subject_id=fact.data.payment_id,
    )
    lifecycle = retry_on_conflict(
        lambda: note_refund_over(payment, orders, requests), time_left_s, RESERVE_S
    )
    for payer in lifecycle.payers if lifecycle is not None else ():
        keep_payment(payer, requests, time_left_s)


def _to_refund(lifecycle: OrderLifecycle, fact: LedgerFact) -> tuple[OrderPayment, ...]:
    """Return what has to go back; after a refund only what it made second by being no surplus.

    And a duplicate payment of which a refund came to nothing, made past Kassa: it is here again.
    One that was disputed when it was found has to go back once the dispute is won.
    """
    payment = payment_of(fact)
    if is_capture(fact) or (moves_money(fact) and is_payer(lifecycle, payment)):
        return to_refund(lifecycle, payment)
    known = lifecycle.named(payment.name)
    if known is None or not is_second(lifecycle, known):
        return ()
    if not has_come_back(fact):
        return (known,) if is_won(fact) else ()
    here_again = {"last_fact": fact.metadata, "object_id": fact.data.object_id}
    return (known.model_copy(update=here_again),)


def _order_of(fact: LedgerFact, requests: RefundRequests) -> str | None:
    """Return the order a fact is about: as it says, or as its payment does."""
    order_id: str | None = getattr(fact.data, "order_id", None)
    if order_id is not None or not is_of_payment(fact):
        return order_id
    return requests.payment(fact_subject(fact.metadata)).order_id
