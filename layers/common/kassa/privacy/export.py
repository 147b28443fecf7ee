"""All that is held of a person, in one document; and the same as lines that they can read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kassa.core.model import Instant, Model
from kassa.customers.parties import Buyer
from kassa.deliveries.delivery import Channel, Status
from kassa.ledger.payment_details import PaymentDetails
from kassa.orders.views import OrderView
from kassa.privacy.erasure import Erasure

Row = tuple[str, str]


class NamedBuyer(Model):
    """Whom an order named."""

    order_id: str
    buyer: Buyer


class ExportedRequest(Model):
    """A refund request, with what was written with it and of it."""

    refund_request_id: str
    payment_id: str
    requested_at: Instant
    amount_minor: int
    currency: str
    reason: str
    status: str
    comment: str | None = None
    notes: tuple[str, ...] = ()


class SentMessage(Model):
    """Something that was told to them."""

    delivery_id: str
    fact: str
    channel: Channel
    message: str
    status: Status
    created_at: Instant


class Consent(Model):
    """Whether an address of theirs may be written to; the address is known by its digest alone."""

    address_digest: str
    suppressed: str | None = None  # why nothing is sent there: it bounced, or complained
    unsubscribed: tuple[str, ...] = ()  # kinds of messages that they want no more


class RawEvent(Model):
    """Something that a gateway sent of a payment of theirs."""

    event_id: str
    gateway_type: str
    booked_at: Instant
    raw: str | None = None  # where its bytes are archived; none once they are erased or dropped


class ExportedNote(Model):
    """What somebody who works at the merchant noted on a payment of theirs."""

    payment_id: str
    text: str
    written_at: Instant
    written_by: str


class CustomerExport(Model):
    """Everything that Kassa holds of a customer (GDPR, articles 15 and 20)."""

    customer_id: str
    made_at: Instant
    buyers: tuple[NamedBuyer, ...] = ()
    orders: tuple[OrderView, ...] = ()
    payments: tuple[PaymentDetails, ...] = ()
    payment_notes: tuple[ExportedNote, ...] = ()
    refund_requests: tuple[ExportedRequest, ...] = ()
    documents: tuple[str, ...] = ()  # numbers of invoices and credit notes
    messages: tuple[SentMessage, ...] = ()
    consents: tuple[Consent, ...] = ()
    events: tuple[RawEvent, ...] = ()
    erasure: Erasure | None = None  # the last one


_PARTS = {
    "buyers": "Names and addresses",
    "orders": "Orders",
    "payments": "Payments",
    "payment_notes": "Notes on payments",
    "refund_requests": "Refund requests",
    "documents": "Invoices and credit notes",
    "messages": "Messages",
    "consents": "What they want no messages of",
    "events": "What payment providers sent",
}


def printed(export: CustomerExport) -> dict[str, Any]:
    """Return an export as its layout reads it: parts of entries of rows, each a name and a text."""
    held = export.model_dump(mode="json", exclude_none=True)
    parts = [
        {
            "title": title,
            "none": "Nothing is held.",
            "entries": [list(_rows(one)) for one in held.get(name, ())],
        }
        for name, title in _PARTS.items()
    ]
    return {
        "title": f"What is held of customer {export.customer_id}",
        "subtitle": f"As of {export.made_at:%Y-%m-%d %H:%M} UTC. The same stands in JSON.",
        "parts": parts,
    }


def _rows(entry: Any, within: str = "") -> Iterator[Row]:
    if isinstance(entry, Mapping):
        for name, value in entry.items():
            yield from _rows(value, f"{within} {name}".strip().replace("_", " "))
    elif isinstance(entry, list):
        if all(not isinstance(one, Mapping | list) for one in entry):
            yield from _row(within, ", ".join(map(str, entry)))
            return
        for one in entry:
            yield from _rows(one, within)
    else:
        yield from _row(within, str(entry))


def _row(name: str, text: str) -> Iterable[Row]:
    return [(name or "number", text)] if text else []
