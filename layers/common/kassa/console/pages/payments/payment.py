"""What a payment's page shows: how it stands, its objects, its events, and what they moved."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from kassa.console.pages.payments.listed import amount_of, path_of
from kassa.core.errors import Conflict
from kassa.core.money import Money, to_decimal
from kassa.gateways.events import Subject
from kassa.ledger.facts import LedgerFact
from kassa.ledger.history import ObjectStanding, booked_postings, payment_state
from kassa.ledger.payment_details import payment_details
from kassa.ledger.state import SubjectState
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.request.body import RefundRequestBody
from kassa.reports.localization import Texts

EVENTS_MAX = 60  # the newest; a page is to stay small


class Booked(Protocol):
    """An event as the books hold it, as far as a page shows it."""

    @property
    def event_id(self) -> str: ...
    @property
    def gateway_type(self) -> str: ...
    @property
    def booked_at(self) -> datetime: ...
    @property
    def is_ignored(self) -> bool: ...
    @property
    def facts(self) -> tuple[LedgerFact, ...]: ...


class PaymentRead(NamedTuple):
    """What was read of a payment: how it stands, and its events as they were booked."""

    subject: Subject
    state: SubjectState
    headroom_minor: int
    events: Sequence[Booked]


def shown(read: PaymentRead, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the page is filled in with."""
    subject, details = read.subject, payment_details(read.subject, read.state)
    stands = payment_state(subject, read.state, read.headroom_minor)
    left = details.refundable
    return {
        "path": path_of(subject.gateway, subject.account, subject.subject_id),
        "id": subject.subject_id,
        "gateway": texts.gateway(f"{subject.gateway}/{subject.account}"),
        "standing": details.status,
        "order": details.order_id or "",
        "customer": details.customer_id or "",
        "method": texts.name("methods", details.method) if details.method else "",
        "brand": (details.brand or "").replace("_", " "),
        "sums": [
            ("captured", amount_of(stands.captured, texts)),
            ("refunded", amount_of(stands.refunded, texts)),
            ("disputed", amount_of(stands.disputed, texts)),
            ("left", amount_of(left, texts)),
        ],
        "plain_left": f"{to_decimal(left):f}" if left and left.amount_minor else "",
        "currency": left.currency if left else "",
        "reasons": [one.value for one in Reason],
        "objects": [object_row(one, texts, zone) for one in stands.objects],
        "events": [event_row(read, number, texts, zone) for number in _newest(read)],
        "is_shortened": len(read.events) > EVENTS_MAX,
    }


def confirming(asked: RefundRequestBody, texts: Texts) -> dict[str, Any]:
    """Return what a refund is shown with once more, before it is asked for."""
    amount = Money(amount_minor=asked.amount_minor or 0, currency=asked.currency or "")
    return {
        "amount": texts.money(amount.amount_minor, amount.currency),
        "plain_amount": f"{to_decimal(amount):f}",
        "reason": asked.reason,
        "comment": asked.comment,
        "claim_id": asked.claim_id,
    }


def currency_of(state: SubjectState) -> str:
    """Return the currency that a payment is refunded in; raise Conflict where it has none."""
    for known in state.objects.values():
        if known.currency and known.state == "captured":
            return known.currency
    raise Conflict("nothing of this payment was captured: there is nothing to give back")


def _newest(read: PaymentRead) -> range:
    count = len(read.events)
    return range(count - 1, max(-1, count - 1 - EVENTS_MAX), -1)


def object_row(one: ObjectStanding, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return one of a gateway's objects as a page shows it."""
    return {
        "kind": one.kind,
        "state": one.state.replace("_", " "),
        "amount": amount_of(one.amount, texts),
        "id": one.object_id,
        "at": _instant(one.happened_at, texts, zone),
        "request": one.refund_request_id or "",
    }


def event_row(read: PaymentRead, number: int, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return an event with what it moved, as a page shows it."""
    event = read.events[number]
    return {
        "at": _instant(event.booked_at, texts, zone),
        "type": event.gateway_type,
        "id": event.event_id,
        "is_ignored": event.is_ignored,
        "postings": postings_rows(event.facts, texts),
    }


def postings_rows(facts: Iterable[LedgerFact], texts: Texts) -> list[dict[str, Any]]:
    """Return what facts moved from and to which account, as a page shows it."""
    return [
        {
            "kind": one.kind,
            "source": one.source,
            "destination": one.destination,
            "amount": amount_of(one.amount, texts),
        }
        for one in booked_postings(facts)
    ]


def _instant(at: datetime, texts: Texts, zone: ZoneInfo) -> str:
    return texts.instant(at.astimezone(zone))
