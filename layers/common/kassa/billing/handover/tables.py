"""The tables of a hand-over, as CSV: ids, dates and amounts, no name and no address.

Each amount stands twice: in minor units, for programs, and as a decimal, for people. The columns'
meaning stands in docs/hand-over.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from kassa.billing.handover.month_end import Change, MonthEnd
from kassa.billing.handover.packing import PackedFile
from kassa.billing.numbering.record import InvoiceState, IssuedDocument
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal

INDEX, TAXES, OPEN_ITEMS, CHANGES = "index.csv", "taxes.csv", "open-items.csv", "changes.csv"
_WHAT = ("number", "kind", "issued_on")
_WHOSE = ("customer_id", "order_id", "payment_id")
COLUMNS: dict[str, tuple[str, ...]] = {
    INDEX: (
        *("number", "kind", "series", "issued_on", "due_on", "state", "void_on", "void_reason"),
        *("preceding", *_WHOSE, "currency"),
        *("net_minor", "tax_minor", "gross_minor", "open_minor", "net", "tax", "gross", "open"),
        *("pdf", "pdf_sha256", "xml", "xml_sha256", "lacking"),
    ),
    TAXES: (
        *("number", "kind", "currency", "category", "rate"),
        *("net_minor", "tax_minor", "net", "tax"),
    ),
    OPEN_ITEMS: (
        *("number", "issued_on", "due_on", "days_overdue", *_WHOSE, "currency"),
        *("gross_minor", "open_minor", "credit_minor", "gross", "open", "credit"),
    ),
    CHANGES: (
        *(*_WHAT, "changed_on", "change", "source", "currency"),
        *("amount_minor", "written_off_minor", "amount", "written_off"),
        *("state", "open_minor", "open"),
    ),
}


class Stood(NamedTuple):
    """A document, and how it stood at the end of the month."""

    document: IssuedDocument
    at_end: MonthEnd

    def money(self, minor: int | None) -> Money | None:
        """Return an amount in the document's currency; none where it says nothing of it."""
        if minor is None:
            return None
        return Money(amount_minor=minor, currency=self.document.entry.currency)

    @property
    def tax_minor(self) -> int | None:
        """Return all tax that it states; none where it says nothing of tax."""
        entry = self.document.entry
        if entry.net_minor is None:
            return None
        return sum(one.tax_minor for one in entry.taxes)


class Tables:
    """Writes the four tables, row by row, into a folder."""

    def __init__(self, folder: Path) -> None:
        self.sums = Sums()
        self._files = {
            name: (folder / name).open("w", encoding="utf-8", newline="") for name in COLUMNS
        }
        self._write = {name: csv_writer(file) for name, file in self._files.items()}

    def __enter__(self) -> Self:
        for name, columns in COLUMNS.items():
            self._write[name](columns)
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()

    def add_document(
        self, stood: Stood, files: Mapping[str, PackedFile], lacking: Iterable[str]
    ) -> None:
        """Write a document of the month: its row, the tax of each rate, and what it adds up to.

        `files` are its forms in the archive, by their names (pdf, xml).
        """
        document, at_end = stood
        entry, amounts = document.entry, (stood.document.entry.net_minor, stood.tax_minor)
        money = [stood.money(one) for one in (*amounts, entry.gross_minor, at_end.open_minor)]
        forms = [files.get(form) for form in ("pdf", "xml")]
        self._write[INDEX](
            [
                *(document.number_printed, entry.kind.value, entry.series, str(entry.issued_on)),
                *(_day(at_end.due_on), at_end.state.value, _day(at_end.void_on)),
                at_end.void.reason if at_end.void else None,
                *(entry.preceding, entry.customer_id, entry.order_id, entry.payment_id),
                entry.currency,
                *(one.amount_minor if one else None for one in money),
                *(_decimal(one) for one in money),
                *(part for one in forms for part in ((one.name, one.sha256) if one else ("", ""))),
                "; ".join(lacking),
            ]
        )
        self._add_taxes(stood)
        self.sums.add_document(stood)

    def _add_taxes(self, stood: Stood) -> None:
        document = stood.document
        what = (document.number_printed, document.entry.kind.value, document.entry.currency)
        for one in document.entry.taxes:
            money = [stood.money(minor) for minor in (one.net_minor, one.tax_minor)]
            amounts = (one.net_minor, one.tax_minor, *(_decimal(each) for each in money))
            self._write[TAXES]([*what, one.category, one.rate, *amounts])

    def add_open_item(self, stood: Stood) -> None:
        """Write an invoice of which something was owed, or more was paid, at the month's end."""
        entry, at_end = stood.document.entry, stood.at_end
        item, minor = at_end.open_item, (entry.gross_minor, at_end.open_minor)
        amounts = (*minor, at_end.credit_minor)
        self._write[OPEN_ITEMS](
            [
                *(stood.document.number_printed, str(entry.issued_on)),
                *((str(item.due_on), item.days_past_due) if item else (None, None)),
                *(entry.customer_id, entry.order_id, entry.payment_id, entry.currency, *amounts),
                *(_decimal(stood.money(one)) for one in amounts),
            ]
        )
        self.sums.add_open(entry.currency, at_end.open_minor, at_end.credit_minor)

    def add_change(self, stood: Stood, change: Change) -> None:
        """Write what happened in the month to a document of an earlier one."""
        document, at_end = stood
        entry = document.entry
        self._write[CHANGES](
            [
                *(document.number_printed, entry.kind.value, str(entry.issued_on)),
                *(str(change.on), change.kind.value, change.source, entry.currency),
                *(change.minor, change.written_minor),
                *(_decimal(stood.money(one)) for one in (change.minor, change.written_minor)),
                *(at_end.state.value, at_end.open_minor),
                _decimal(stood.money(at_end.open_minor)),
            ]
        )
        self.sums.changes += 1


class Sums:
    """Counts documents and adds up what they come to, by kind and currency; void ones apart."""

    def __init__(self) -> None:
        self.changes = 0
        self._documents: dict[tuple[str, str], Counter[str]] = {}
        self._open: dict[str, Counter[str]] = {}

    def add_document(self, stood: Stood) -> None:
        """Count a document of the month."""
        entry, is_void = stood.document.entry, stood.at_end.state is InvoiceState.VOID
        self.add(
            entry.kind.value, entry.currency, is_void, (stood.tax_minor or 0, entry.gross_minor)
        )

    def add(self, kind: str, currency: str, is_void: bool, tax_and_gross: tuple[int, int]) -> None:
        """Count a document by what a row of the index says of it; amounts are minor units."""
        sums = self._documents.setdefault((kind, currency), Counter())
        sums["documents"] += 1
        sums["void"] += is_void
        if not is_void:
            tax_minor, gross_minor = tax_and_gross
            sums["net_minor"] += gross_minor - tax_minor
            sums["tax_minor"] += tax_minor
            sums["gross_minor"] += gross_minor

    def add_open(self, currency: str, open_minor: int, credit_minor: int) -> None:
        """Count an open item."""
        sums = self._open.setdefault(currency, Counter())
        sums["items"] += 1
        sums["open_minor"] += open_minor
        sums["credit_minor"] += credit_minor

    @property
    def documents(self) -> int:
        """Return how many documents the month has."""
        return sum(sums["documents"] for sums in self._documents.values())

    def as_fields(self) -> dict[str, object]:
        """Return what was counted, as the manifest says it."""
        names = ("documents", "void", "net_minor", "tax_minor", "gross_minor")
        documents = [
            {"kind": kind, "currency": currency, **{name: sums[name] for name in names}}
            for (kind, currency), sums in sorted(self._documents.items())
        ]
        items = [{"currency": one, **sums} for one, sums in sorted(self._open.items())]
        return {"documents": documents, "open_items": items, "changes": self.changes}


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _decimal(money: Money | None) -> Cell:
    return None if money is None else f"{to_decimal(money):f}"
