"""A numbered document as the API and the command line show it: one view of every kind."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.invoices.invoice import Invoice, InvoiceLine
from kassa.billing.numbering.record import InvoiceState, IssuedDocument, TaxSum
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.core.periods import day_of


class ShownLine(Model):
    """A line of an invoice, as the API shows it."""

    description: str
    quantity: int | str  # of a draft also part of one: "7.5"
    unit_price: Money | None  # none where the line can't be parted into equal prices
    amount: Money  # of the whole line; of a draft without tax, unless its prices include it


class ShownEntry(Model):
    """One thing that happened to an invoice."""

    kind: EntryKind
    amount: Money
    at: Instant  # when it was entered
    gateway: str | None  # of what a payment did: where it was paid, and by which payment
    account: str | None
    payment_id: str | None
    credit_note: str | None  # the number of the one that gives back


class ShownVoid(Model):
    """Why a number is void, who said so, and when."""

    reason: str
    by: str  # the id of a person, a key or an operator
    at: Instant


class InvoiceView(Model):
    """An invoice, credit note or receipt; who buys stands in its documents alone."""

    number: str  # as it is printed: 2026-00000001, CN-2026-00000001
    kind: DocumentKind
    series: str
    merchant_id: str
    state: InvoiceState
    issued_on: date  # by the merchant's calendar, like every date here
    due_on: date | None
    promised_on: date | None  # by when the customer said to pay
    paid_on: date | None  # all of it; of a capture's invoice the day of the capture
    total: Money  # with tax
    open_minor: int  # what of the total is still owed; 0 of what isn't an invoice
    taxes: tuple[TaxSum, ...]  # of each rate; none where the sale's tax isn't known
    lines: tuple[ShownLine, ...]  # of an invoice
    entries: tuple[ShownEntry, ...]  # of an invoice, as they were entered
    order_id: str | None
    customer_id: str | None
    gateway: str | None  # where it was paid, and by which payment
    account: str | None
    payment_id: str | None
    method: str | None
    language: str | None
    preceding: str | None  # the number that a credit note gives back of
    credit_notes: tuple[str, ...]  # the numbers that give back of this one
    void: ShownVoid | None
    payment_url: str | None  # where its customer pays it online
    document_sha256: str | None  # none until the document stands
    document_url: str | None = None  # of one number: opens its PDF for five minutes
    einvoice_url: str | None = None  # and its electronic invoice, where it has one


class InvoiceFilter(NamedTuple):
    """Which documents are asked for; of what is none, all."""

    kind: DocumentKind = DocumentKind.INVOICE
    year: str | None = None  # of issue
    state: InvoiceState | None = None
    customer_id: str | None = None
    order_id: str | None = None
    currency: str | None = None
    issued_from: date | None = None
    issued_until: date | None = None  # that day included
    due_before: date | None = None  # that day not included; only what something is owed of

    def keeps(self, one: InvoiceView) -> bool:
        """Tell whether a document is asked for."""
        if self.due_before and not (one.open_minor and _due_on(one) < self.due_before):
            return False
        if self.issued_from and one.issued_on < self.issued_from:
            return False
        if self.issued_until and one.issued_on > self.issued_until:
            return False
        shown = (
            one.kind,
            one.series[-4:],
            one.state,
            one.customer_id,
            one.order_id,
            one.total.currency,
        )
        asked = (self.kind, self.year, self.state, self.customer_id, self.order_id, self.currency)
        return all(want in (None, is_) for want, is_ in zip(asked, shown, strict=True))


def shown_document(
    document: IssuedDocument, invoice: Invoice | None, receivable: Receivable | None, time_zone: str
) -> InvoiceView:
    """Return a number as it is shown, with days of a time zone.

    A capture's `invoice` says more than its number's entry; what isn't an invoice has no
    `receivable`.
    """
    entry, void = document.entry, document.void
    entries = tuple(_entries(receivable, invoice)) if receivable else ()
    payer = _payer(entries)
    return InvoiceView(
        number=document.number_printed,
        kind=entry.kind,
        series=entry.series,
        merchant_id=entry.merchant_id,
        state=receivable.state if receivable else document.state,
        issued_on=entry.issued_on,
        due_on=receivable.due_on if receivable else None,
        promised_on=receivable.promised_on if receivable else None,
        paid_on=invoice.paid_on if invoice else _paid_on(receivable, entry.issued_on, time_zone),
        total=Money(amount_minor=entry.gross_minor, currency=entry.currency),
        open_minor=receivable.open_minor if receivable else 0,
        taxes=entry.taxes,
        lines=tuple(_line(one) for one in invoice.lines) if invoice else (),
        entries=entries,
        order_id=entry.order_id,
        customer_id=entry.customer_id,
        gateway=invoice.gateway if invoice else payer.gateway,
        account=invoice.account if invoice else payer.account,
        payment_id=entry.payment_id or payer.payment_id,
        method=invoice.method if invoice else None,
        language=invoice.language if invoice else document.language,
        preceding=entry.preceding,
        credit_notes=receivable.credit_notes if receivable else (),
        void=ShownVoid(reason=void.reason, by=void.by, at=void.at) if void else None,
        payment_url=document.payment_url,
        document_sha256=document.documents.get("pdf"),
    )


def _paid_on(receivable: Receivable | None, issued_on: date, time_zone: str) -> date | None:
    """Return the day from which on nothing was owed any more, never before that of its issue."""
    paid_at = receivable.paid_at if receivable else None
    return max(day_of(paid_at, time_zone), issued_on) if paid_at else None


def _due_on(one: InvoiceView) -> date:
    """Return by when to pay; what says nothing of it is due on the day of its issue."""
    return one.due_on or one.issued_on


def _line(line: InvoiceLine) -> ShownLine:
    return ShownLine(**dict(line), unit_price=line.unit_price)


def _entries(receivable: Receivable, invoice: Invoice | None) -> Iterator[ShownEntry]:
    for one in receivable.entries:
        named = _payment(one, invoice)
        yield ShownEntry(
            kind=one.kind,
            amount=Money(amount_minor=one.minor, currency=receivable.currency),
            at=one.at,
            gateway=named.gateway,
            account=named.account,
            payment_id=named.payment_id,
            credit_note=one.number,
        )


class _Payment(NamedTuple):
    """Which payment it was, as far as that is known."""

    gateway: str | None = None
    account: str | None = None
    payment_id: str | None = None


def _payer(entries: tuple[ShownEntry, ...]) -> _Payment:
    """Return the payment that settled an invoice, where it was one alone."""
    found = {
        (one.gateway, one.account, one.payment_id)
        for one in entries
        if one.kind is EntryKind.SETTLED
    }
    return _Payment(*found.pop()) if len(found) == 1 else _Payment()


def _payment(entry: Entry, invoice: Invoice | None) -> _Payment:
    """Return the payment of an entry: as it says, or as the invoice of its capture does.

    An earlier release entered its fact alone, whose id begins with the payment's; not where that
    has colons of its own.
    """
    if entry.payment is not None:
        return _Payment(*entry.payment.split("/", 2))
    if entry.kind not in _OF_PAYMENTS:
        return _Payment()
    if invoice is not None and entry.source_id == invoice.fact_id:
        return _Payment(invoice.gateway, invoice.account, invoice.payment_id)
    found = _FACT_ID.fullmatch(entry.source_id)
    return _Payment(payment_id=found[1] if found else None)


_OF_PAYMENTS = {
    EntryKind.SETTLED,
    EntryKind.REVERSED,
    EntryKind.REFUNDED,
    EntryKind.REFUND_REVERSED,
}
_FACT_ID = re.compile(r"([^:]+):[^:]+:[a-z_]+(?:[:-][^:]+)*")  # subject:object:name
