"""Invoices in the table, owed from when they are issued, and what becomes of them."""

from datetime import date, datetime

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.record import Statement, printed
from kassa.billing.numbering.series import next_entry
from kassa.billing.numbering.store import Move, Numbers
from kassa.billing.receivables.items import fields_of, issued_entry
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.platform import keys
from tests.support.aws_stack import NOW

CUSTOMER = "customer-1"


def issue(
    minor: int,
    source: str,
    customer_id: str | None = CUSTOMER,
    at: datetime = NOW,
    language: str = "en",
    **fields: object,
) -> str:
    """Issue an invoice at an instant, whose date is UTC's, and return its number."""
    known = {"currency": "EUR", "due_on": date(2026, 12, 5)} | fields
    statement = Statement(
        kind=DocumentKind.INVOICE,
        source_id=source,
        currency=str(known["currency"]),
        gross_minor=minor,
        customer_id=customer_id,
        order_id=f"order-of-{source}",
    )
    before = Numbers().series("main", f"{at.year}")
    of, after = next_entry(statement, before, at.date())
    receivable = Receivable.model_validate(known).with_entry(issued_entry(of, at))
    beside = {"documents": {}, "language": language} | fields_of(of, receivable)
    Numbers().keep(of, Move(before, after), beside)
    Numbers().lead_to(of, keys.of_order("main", str(of.order_id)))
    return printed(of.series, of.number)


def enter(
    invoice: str, kind: EntryKind, minor: int, source: str, at: datetime = NOW, **fields: str
) -> None:
    """Enter what became of an invoice."""
    entry = Entry(kind=kind, source_id=source, minor=minor, at=at, **fields)
    Receivables("main").add(invoice, entry)


def pay(number: str, minor: int, source: str, at: datetime = NOW) -> None:
    """Settle an invoice, or a part of it."""
    enter(number, EntryKind.SETTLED, minor, source, at)
