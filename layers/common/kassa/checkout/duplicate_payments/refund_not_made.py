"""An order whose payment isn't refunded, or not yet: what was promised of it may be there again.

Where nothing else that is there pays the order, a duplicate payment that was to go back does now.
"""

from kassa.checkout.apply_fact import after_refund_over
from kassa.checkout.duplicate_payments.refund_duplicate_payment import keep_payment
from kassa.checkout.note_fact import duplicates_kept
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import LedgerFact
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.facts import RefundEscalated, RefundFact, RefundRejected, RefundResolved
from kassa.refunds.store import RefundRequests

NOT_MADE = (RefundEscalated, RefundRejected, RefundResolved)
RESERVE_S = 3.0  # kept back for what waits for a person

OrderFact = LedgerFact | RefundFact


def read_order_fact(body: str) -> OrderFact:
    """Return the fact in a message of OrdersQueue; raise UnreadableItem where it can't be read."""
    if event_bus.kind_of(body) in {kind.__name__ for kind in NOT_MADE}:
        return event_bus.read_fact(RefundFact, body)
    return event_bus.read_fact(LedgerFact, body)


def track_refund(
    fact: RefundFact, orders: Orders, requests: RefundRequests, time_left_s: TimeLeft
) -> None:
    """Look at the order of a payment again whose refund isn't made now.

    Raises StaleWrite where others kept changing the order until the time ran out. Received again,
    it changes nothing.
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
        lambda: _look_again(payment, orders, requests), time_left_s, RESERVE_S
    )
    for payer in lifecycle.payers if lifecycle is not None else ():
        keep_payment(payer, requests, time_left_s)


def _look_again(
    payment: Subject, orders: Orders, requests: RefundRequests
) -> OrderLifecycle | None:
    """Write what changes, and return the lifecycle; none where no order here knows the payment."""
    state = requests.payment(payment)
    case = orders.find(state.order_id) if state.order_id is not None else None
    named = (payment.gateway, payment.account, payment.subject_id)
    known = case.lifecycle.named(named) if case is not None else None
    if case is None or known is None:
        return None
    kept = duplicates_kept(case.lifecycle, requests)
    after = after_refund_over(case, known, state, kept, clock.now())
    orders.keep(case.lifecycle, after)
    if after.version != case.lifecycle.version:
        logger.info("order tracked", order_id=after.order_id, status=after.status)
    return after
