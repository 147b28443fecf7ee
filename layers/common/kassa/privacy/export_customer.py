"""Export a customer: everything that is held of them, over all rooms, read and not changed."""

from collections.abc import Iterable, Iterator
from datetime import date

from kassa.core.errors import CustomerNotFound
from kassa.customers.addresses import address_digest
from kassa.customers.store import Customers, OrderBuyer
from kassa.ledger.items import BookedEvent, partition, read_state
from kassa.ledger.payment_details import payment_details
from kassa.messages.contacts.contact_store import ContactStore
from kassa.orders.views import shown_order
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.privacy import erasure_store
from kassa.privacy.erase_raw import events_of
from kassa.privacy.export import (
    Consent,
    CustomerExport,
    ExportedRequest,
    NamedBuyer,
    RawEvent,
    SentMessage,
)
from kassa.privacy.find_holdings import Holdings, find_holdings
from kassa.privacy.lists import days_of, deliveries_of, notes_on, refund_requests_of
from kassa.refunds.lifecycle.cases import RefundCase


def export_customer(customer_id: str) -> CustomerExport:
    """Return everything that is held of a customer.

    Raises CustomerNotFound where nothing was ever known of them.
    """
    holdings, erasure = find_holdings(customer_id), erasure_store.find(customer_id)
    buyers = Customers(settings().merchant_id).buyers(customer_id)
    if not (buyers or erasure or holdings.orders or holdings.payments or holdings.documents):
        raise CustomerNotFound(f"nothing is held of a customer {customer_id}")
    events = [one for of in holdings.payments for one in events_of(partition(of))]
    days = list(_days(holdings, events))
    theirs = frozenset(map(partition, holdings.payments))
    requests = (one for day in days for one in refund_requests_of(day, customer_id, theirs))
    sent = (one for day in days for one in deliveries_of(day, customer_id))
    return CustomerExport(
        customer_id=customer_id,
        made_at=clock.now(),
        buyers=tuple(NamedBuyer(order_id=one.order_id, buyer=one.buyer) for one in buyers),
        orders=tuple(map(shown_order, holdings.orders)),
        payments=tuple(payment_details(one, read_state(one)) for one in holdings.paid),
        payment_notes=tuple(notes_on(holdings.paid)),
        refund_requests=tuple(map(_request, requests)),
        documents=holdings.documents,
        messages=tuple(
            SentMessage.model_validate(one.model_dump(include=set(SentMessage.model_fields)))
            for one in sent
        ),
        consents=tuple(consents_of(buyers)),
        events=tuple(map(_event, events)),
        erasure=erasure.model_copy(update={"marks": ()}) if erasure else None,
    )


def consents_of(buyers: Iterable[OrderBuyer]) -> Iterator[Consent]:
    """Yield what is known of a customer's mail addresses and phones."""
    merchant_id = settings().merchant_id
    addresses = {text for one in buyers for text in (one.buyer.email, one.buyer.phone) if text}
    for digest in sorted(address_digest(merchant_id, one) for one in addresses):
        known = ContactStore(merchant_id).read(digest)
        yield Consent(
            address_digest=digest,
            suppressed=str(known.cause) if known.cause else None,
            unsubscribed=tuple(sorted(known.unsubscribed)),
        )


def _days(holdings: Holdings, events: Iterable[BookedEvent]) -> Iterator[date]:
    """Yield the days since anything is known of them."""
    today = clock.now().date()
    known = [one.booked_at.date() for one in events]
    known += [holdings.since] if holdings.since else []
    yield from days_of(min(known, default=today), today)


def _request(case: RefundCase) -> ExportedRequest:
    request, lifecycle = case.request, case.lifecycle
    return ExportedRequest(
        refund_request_id=request.refund_request_id,
        payment_id=request.payment.subject_id,
        requested_at=request.requested_at,
        amount_minor=request.amount.amount_minor,
        currency=request.amount.currency,
        reason=str(request.reason),
        status=str(lifecycle.state),
        comment=case.comment or None,
        notes=tuple(one.note for one in lifecycle.changes if one.note),
    )


def _event(booked: BookedEvent) -> RawEvent:
    return RawEvent.model_validate(booked.model_dump(include=set(RawEvent.model_fields)))
