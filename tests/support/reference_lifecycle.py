"""The reference life of payments, over which what booking costs is counted.

As Stripe tells it with today's API version and ids of today's length: every payment has intent
created, charge succeeded, intent succeeded, charge updated and a balance transaction; one in ten
is refunded (refund created, charge refunded, refund updated, balance transaction); one in a
hundred is disputed and lost (created, funds withdrawn, closed, balance transaction). A customer
is known, so payments stand in the customer index; each event stands in the day's index.
"""

from collections.abc import Iterator
from typing import Any

from tests.support import stripe_events as s

PI, CH = "pi_3QxGgW2eZvKYlo2C0Gk4aYtD", "ch_3QxGgW2eZvKYlo2C0Gk4aYtE"
CUSTOMER = "cus_RZ8cXkW1bTq9Lm"


def ids(number: int) -> Iterator[str]:
    """Return event ids of Stripe's length, apart for each number."""
    for step in range(100):
        yield f"evt_1QxGgW2eZvKYlo2C{number:02d}{step:06d}"


def captured(event_id: Iterator[str]) -> list[dict[str, Any]]:
    """Return the events of a payment that is paid and settled."""
    charge = s.charge(CH, PI, customer=CUSTOMER)
    named = {"latest_charge": CH, "customer": CUSTOMER}
    created = s.payment_intent(PI, "requires_payment_method", customer=CUSTOMER)
    return [
        s.event("payment_intent.created", created, next(event_id)),
        s.event("charge.succeeded", charge, next(event_id)),
        s.event("payment_intent.succeeded", s.payment_intent(PI, **named), next(event_id)),
        s.event("charge.updated", charge | {"balance_transaction": "txn_3Qx"}, next(event_id)),
        s.pulled(s.balance_transaction("txn_3QxGgW2eZvKYlo2C0Gk4aYtF", charge)),
    ]


def refunded(event_id: Iterator[str]) -> list[dict[str, Any]]:
    """Return the events of its refund in part."""
    refund = s.refund("re_3QxGgW2eZvKYlo2C0Gk4aYtG", charge=CH, payment_intent=PI)
    charge = s.charge(CH, PI, customer=CUSTOMER, amount_refunded=10_00)
    moved = s.balance_transaction(
        "txn_3QxGgW2eZvKYlo2C0Gk4aYtH", refund, amount=-10_00, fee=0, type="refund"
    )
    return [
        s.event("refund.created", refund, next(event_id)),
        s.event("charge.refunded", charge, next(event_id)),
        s.event("refund.updated", refund | s.traced("24011346326000000000001"), next(event_id)),
        s.pulled(moved),
    ]


def disputed(event_id: Iterator[str]) -> list[dict[str, Any]]:
    """Return the events of its dispute, lost."""
    named = {"dispute_id": "du_1QxGgW2eZvKYlo2C0Gk4aYtI", "charge": CH, "payment_intent": PI}
    lost = s.dispute(status="lost", **named)
    moved = s.balance_transaction(
        "txn_3QxGgW2eZvKYlo2C0Gk4aYtJ", lost, amount=-100_00, fee=15_00, type="adjustment"
    )
    opened = s.dispute(**named)
    return [
        s.event("charge.dispute.created", opened, next(event_id)),
        s.event("charge.dispute.funds_withdrawn", opened, next(event_id)),
        s.event("charge.dispute.closed", lost, next(event_id)),
        s.pulled(moved),
    ]


def nth_refund(number: int) -> dict[str, Any]:
    """Return the event of one of very many refunds of the same payment."""
    refund_id = f"re_3QxGgW2eZvKYlo2C{number:06d}"
    refund = s.refund(refund_id, charge=CH, payment_intent=PI, amount=1)
    return s.event("refund.created", refund, f"evt_refund_{number}")


def mean(paid: float, refund: float, dispute: float) -> float:
    """Return the mean over a hundred payments' events of what each part of a lifecycle sums up
    to.
    """
    parts = len(captured(ids(0))), len(refunded(ids(0))), len(disputed(ids(0)))
    events = 100 * parts[0] + 10 * parts[1] + parts[2]
    return (100 * paid + 10 * refund + dispute) / events
