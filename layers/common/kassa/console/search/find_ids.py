"""Find what an id names, or a mail address: by keys and by indexes, each read once."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from kassa.api import payment_lists
from kassa.api.payment_lists import PaymentFilter
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.view import InvoiceFilter
from kassa.console.search.hit import Hit, of_customer, of_event, of_invoice, of_payment, of_refund
from kassa.core.errors import EventNotFound, InvoiceNotFound
from kassa.customers.addresses import address_digest, mailbox
from kassa.customers.store import Customers
from kassa.ledger.lists.events import EventLists
from kassa.orders import lists as order_lists
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds.store import RefundRequests

NUMBER = re.compile(r"(?:[A-Z]{1,3}-)?[0-9]{4}-[0-9]{1,12}")
DAYS_BACK = 7  # of which an event is looked for: each day is a list of its own
EVERYWHERE = PaymentFilter()


def find_payments(text: str) -> Iterator[Hit]:
    """Yield the payments of an id, of a charge's, or of an order's."""
    found = payment_lists.named(text, EVERYWHERE).payments
    yield from map(of_payment, found or payment_lists.of_order(text, EVERYWHERE).payments)


def find_refund(text: str) -> Iterator[Hit]:
    """Yield the refund request of an id."""
    case = RefundRequests().find(text)
    if case is not None:
        yield of_refund(case)


def find_invoice(text: str) -> Iterator[Hit]:
    """Yield the invoice, credit note or receipt of a printed number; of an order, its invoice."""
    merchant_id = settings().merchant_id
    if NUMBER.fullmatch(text.upper()):
        with suppress(InvoiceNotFound):
            shown, _ = invoice_lists.found(merchant_id, text.upper())
            yield of_invoice(shown.number, shown.total)
    elif shown_of := invoice_lists.of_order(merchant_id, text):
        yield of_invoice(shown_of.number, shown_of.total)


def find_customers(text: str) -> Iterator[Hit]:
    """Yield the customer of an id, or those who are reached at a mail address."""
    merchant_id = settings().merchant_id
    if address := mailbox(text):
        reached = Customers(merchant_id).reached_at(address_digest(merchant_id, address))
        yield from (of_customer(one.customer_id) for one in reached)
        return
    first = PageRequest(None, 1)
    ordered = order_lists.of_customer(merchant_id, text, first).orders
    if ordered or invoice_lists.of_customer(merchant_id, text, InvoiceFilter(), first).invoices:
        yield of_customer(text)


def find_event(text: str) -> Iterator[Hit]:
    """Yield the event of an id, of the last days."""
    today, lists = clock.now().date(), EventLists()
    for ago in range(DAYS_BACK):
        with suppress(EventNotFound):
            event = lists.find(text, today - timedelta(days=ago))
            yield of_event(event.event_id, event.subject, event.booked_at)
            return
