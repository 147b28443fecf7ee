"""Mistakes in what is booked: each function makes a wrong one of a right one."""

from typing import Any

from kassa.adapters.books import Books, Commit
from kassa.domain import booking
from kassa.domain.events import GatewayEvent, ObjectKind
from kassa.domain.fact_kinds import PaymentCaptured
from kassa.domain.ledger import PostingKind
from kassa.domain.money import Money
from kassa.domain.settlement import posting
from kassa.operations import book_event as operation


def on_both_paths(real: Any) -> Any:
    """Post a capture for the charge and for the payment intent."""

    def owed(owing: Any) -> Any:
        yield from real(owing)
        known = owing.known
        if known.kind is ObjectKind.PAYMENT and known.state == "captured" != known.told:
            money = Money(amount_minor=known.amount_minor, currency=known.currency)
            moved = (posting(owing.object_id, PostingKind.CAPTURE, money),)
            said = booking._said(owing.object_id, known, moved)
            yield "captured", PaymentCaptured.model_validate(said)

    return owed


def dropping_early(real: Any) -> Any:
    """Acknowledge a refund or dispute of a payment that isn't captured yet, and forget it."""

    def once(event: Any, delivery: Any, raw: str, shelf: Books, left: Any) -> Any:
        if isinstance(event, GatewayEvent) and event.standings[0].kind in _AFTER_CAPTURE:
            before, known = shelf.read(event.subject, event.event_id)
            if not before.captured_minor and known is None:
                booked = operation._commit(event, before, delivery, raw, _Blank())[1]
                return Commit.REPEATED, booked.model_copy(update={"facts": ()})
        return real(event, delivery, raw, shelf, left)

    return once


_AFTER_CAPTURE = (ObjectKind.REFUND, ObjectKind.DISPUTE)


class _Blank(Books):
    """Books in which nothing is written."""

    def commit(self, *arguments: Any) -> Commit:
        return Commit.BOOKED


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

    def raised(known: Any, standing: Any) -> Any:
        told = real(None, standing)
        if known is None:
            return told
        posted = ("told", "posted_minor", "returned_minor", "opening_minor")
        return told.model_copy(update={name: getattr(known, name) for name in posted})

    return raised
