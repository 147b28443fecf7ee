"""Mistakes in what is booked: each function makes a wrong one of a right one."""

from typing import Any

from kassa.core.money import Money
from kassa.core.postings import PostingKind
from kassa.gateways.events import ObjectKind
from kassa.ledger import booking
from kassa.ledger.facts import PaymentCaptured
from kassa.ledger.settlement import posting


def on_both_paths(real: Any) -> Any:
    """Post a capture for the charge and for the payment intent."""

    def owed(owing: Any) -> Any:
        yield from real(owing)
        known = owing.known
        if known.kind is ObjectKind.PAYMENT and known.state == "captured" != known.published:
            money = Money(amount_minor=known.amount_minor, currency=known.currency)
            moved = (posting(owing.object_id, PostingKind.CAPTURE, money),)
            fields = booking._fields(owing.object_id, known, moved)
            yield "captured", PaymentCaptured.model_validate(fields)

    return owed


def running_total(real: Any) -> Any:
    """Post of a refund what its payment's total of refunds grew by."""

    def book(before: Any, event: Any, context: Any) -> Any:
        after, facts = real(before, event, context)
        grown = after.refunded_minor - before.refunded_minor
        return after, tuple(_with_amount(fact, grown) for fact in facts)

    return book


def _with_amount(fact: Any, grown: int) -> Any:
    if fact.data.fact != "RefundSucceeded":
        return fact
    moved = tuple(
        p.model_copy(update={"amount": p.amount.model_copy(update={"amount_minor": grown})})
        for p in fact.data.postings
        if grown > 0
    )
    return fact.model_copy(update={"data": fact.data.model_copy(update={"postings": moved})})


def last_one_wins(real: Any) -> Any:
    """Believe whatever came last instead of what ranks highest."""

    def raised(known: Any, object_report: Any) -> Any:
        read = real(None, object_report)
        if known is None:
            return read
        posted = ("published", "posted_minor", "returned_minor", "opening_minor")
        return read.model_copy(update={name: getattr(known, name) for name in posted})

    return raised
