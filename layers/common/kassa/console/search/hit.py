"""What a search finds: one thing, and where it is shown."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from kassa.billing.numbering.record import printed
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.console.pages.payments.listed import path_of
from kassa.core.money import Money
from kassa.gateways.events import Subject
from kassa.ledger.payment_details import PaymentDetails
from kassa.refunds.lifecycle.cases import RefundView


class Hit(NamedTuple):
    """One thing that was found."""

    kind: str  # a table of the console's texts names it
    name: str  # its id, as people know it
    path: str
    money: Money | None = None
    at: datetime | None = None


def of_payment(one: PaymentDetails) -> Hit:
    """Return a payment as it was found."""
    path = path_of(one.gateway, one.account, one.payment_id)
    return Hit("payment", one.payment_id, path, one.captured, one.captured_at)


def of_refund(one: RefundView) -> Hit:
    """Return a refund request as it was found."""
    request = one.request
    path = f"/console/refunds/{quote(request.refund_request_id, safe='')}"
    return Hit("refund", request.refund_request_id, path, request.amount, request.requested_at)


def of_receivable(one: KeptReceivable) -> Hit:
    """Return an invoice of which something is owed."""
    number = printed(one.of.series, one.of.number)
    return of_invoice(number, Money(amount_minor=one.of.gross_minor, currency=one.of.currency))


def of_invoice(number: str, total: Money) -> Hit:
    """Return a numbered document as it was found."""
    return Hit("invoice", number, f"/console/invoices/{number}", total)


def of_customer(customer_id: str) -> Hit:
    """Return a customer as they were found."""
    return Hit("customer", customer_id, f"/console/customers/{quote(customer_id, safe='')}")


def of_event(event_id: str, subject: Subject, at: datetime) -> Hit:
    """Return an event, which is shown with its payment."""
    path = path_of(subject.gateway, subject.account, subject.subject_id)
    return Hit("event", event_id, path, None, at)


def of_payout(subject: Subject) -> Hit:
    """Return a payout as it was found."""
    named = (subject.gateway, subject.account, subject.subject_id)
    where = "/".join(quote(one, safe="") for one in named)
    return Hit("payout", subject.subject_id, f"/console/payouts/{where}")
