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
from kassa.checkout.duplicate_payments.duplicate_payment_refund import to_refund
from kassa.checkout.duplicate_payments.refund_duplicate_payment import (
    keep_payment,
    notice_duplicate_payment,
    refund_duplicate_payment,
)
from kassa.checkout.duplicate_payments.refund_not_made import OrderFact, track_refund
from kassa.checkout.note_fact import note_fact
from kassa.core.errors import UnreadableEvent
from kassa.ledger.facts import LedgerFact, fact_subject
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.orders.payments import is_payer, is_second
from kassa.orders.store import Orders
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.facts import RefundFact
from kassa.refunds.store import RefundRequests

RESERVE_S = 3.0  # kept back for a duplicate payment's refund


def track_order(
    fact: OrderFact, orders: Orders, requests: RefundRequests, time_left_s: TimeLeft
) -> None:
    """Note a fact in its order's lifecycle; put a duplicate payment up for refund.

    Raises StaleWrite where others kept changing the order until the time ran out, NotPublished
    where the bus refused; the message must come back. Received again, it changes nothing.
    """
    if isinstance(fact, RefundFact):
        track_refund(fact, orders, requests, time_left_s)
        return
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
