"""The summary as a workbook: numbers are numbers, texts are never formulas, the bytes are the same.

A spreadsheet holds 15 digits, so a larger amount is written as text rather than rounded.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import xlsxwriter

from kassa.core.money import Money, minor_digits, to_decimal
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.localization import Texts
from kassa.reports.breakdown.rows import rows_of
from kassa.reports.frame import status_name
from kassa.reports.report import Report
from kassa.reports.summary.summary import FIGURES

EXACT_DIGITS = 15
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class Amount(NamedTuple):
    """An amount in minor units."""

    minor: int
    currency: str


class Rate(NamedTuple):
    """A part of one, shown in percent."""

    of_one: float


Cell = str | int | Amount | Rate | None


def workbook(report: Report, found: Breakdown, texts: Texts) -> bytes:
    """Return the workbook; the same report gives the same bytes."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, SAFE) as book:
        # Who opens it is shown when its figures were as they are, and not when they were written.
        book.set_properties({"title": texts("frame.title"), "created": report.period.ends_at})
        sheets = _Sheets(book)
        status = texts(f"frame.{status_name(report)}")
        about: list[Sequence[Cell]] = [
            (report.merchant_name or report.merchant_id, report.period.name),
            (status, report.period.time_zone),
            *((texts.need(need), None) for need in found.needs),
        ]
        sheets.write(texts("frame.title"), (texts("first.needs"), ""), about)
        sheets.write(texts("sections.totals"), ("currency", *FIGURES, "payments"), _totals(report))
        heads = ("section", "currency", "item", "amount", "amount_minor", "count", "share")
        sheets.write("Figures", heads, _figures(found))
        sheets.write(
            texts("columns.action"),
            ("gateway", "code", "reason", "attempts", "action"),
            (
                (one.gateway, one.code, one.reason, one.attempts, one.action)
                for one in found.declined
            ),
        )
        sheets.write(texts("sections.ledger"), ("account", "currency", "amount"), _ledger(report))
    return file.getvalue()


class _Sheets:
    """Writes typed cells into the sheets of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._rate = book.add_format({"num_format": "0.0%"})
        self._amounts: dict[int, Any] = {}

    def write(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a sheet of rows below heads that stay where they are."""
        sheet = self._book.add_worksheet(_sheet_name(name))
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self._head)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._cell(sheet, number, column, cell)
        sheet.autofit()

    def _cell(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        match cell:
            case Amount():
                text = f"{to_decimal(Money(amount_minor=cell.minor, currency=cell.currency)):f}"
                if len(str(abs(cell.minor))) > EXACT_DIGITS:
                    sheet.write_string(row, column, text)
                else:
                    sheet.write_number(row, column, float(text), self._format(cell.currency))
            case Rate():
                sheet.write_number(row, column, cell.of_one, self._rate)
            case int():
                sheet.write_number(row, column, cell)
            case str():
                sheet.write_string(row, column, cell)
            case None:
                pass

    def _format(self, currency: str) -> Any:
        digits = minor_digits(currency)
        if digits not in self._amounts:
            decimals = "." + "0" * digits if digits else ""
            self._amounts[digits] = self._book.add_format({"num_format": f"#,##0{decimals}"})
        return self._amounts[digits]


def _totals(report: Report) -> Iterable[Sequence[Cell]]:
    for each in report.currencies:
        amounts = (Amount(getattr(each, name).amount_minor, each.currency) for name in FIGURES)
        yield (each.currency, *amounts, each.captured_payments)


def _figures(found: Breakdown) -> Iterable[Sequence[Cell]]:
    for row in rows_of(found):
        minor = row.amount_minor
        amount = Amount(minor, row.currency) if minor is not None and row.currency else None
        share = None if row.share is None else Rate(row.share)
        yield (row.section, row.currency, row.item, amount, minor, row.times, share)


def _ledger(report: Report) -> Iterable[Sequence[Cell]]:
    for each in report.currencies:
        for account, minor in each.accounts.items():
            yield account.value, each.currency, Amount(minor, each.currency)


def _sheet_name(name: str) -> str:
    """Return a name as workbooks allow it: 31 characters, without seven of them."""
    return "".join(" " if mark in "[]:*?/\\" else mark for mark in name)[:31]
