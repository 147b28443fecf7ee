"""A filter's payments as files for spreadsheets, and what they come to by currency.

Texts are never formulas: neither in CSV nor in a workbook.
"""

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from kassa.core.csv_rows import csv_writer
from kassa.core.money import Money, to_decimal
from kassa.ledger.payment_details import PaymentDetails
from kassa.reports.localization import Texts

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
HEADS = (
    *("payment_id", "gateway", "account", "status", "currency", "captured", "left_to_refund"),
    *("captured_at", "order_id", "customer_id", "method", "brand", "invoice_number"),
)
EXACT_DIGITS = 15  # a spreadsheet holds no more, so a larger amount is text
Cell = str | Money


def totals(payments: Iterable[PaymentDetails], texts: Texts) -> list[dict[str, str]]:
    """Return how many payments there are and what they come to, by currency."""
    counts: dict[str, int] = defaultdict(int)
    captured: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    for one in payments:
        currency = one.currency or ""
        counts[currency] += 1
        captured[currency] += one.captured.amount_minor if one.captured else 0
        left[currency] += one.refundable.amount_minor if one.refundable else 0
    return [
        {
            "currency": currency or "–",
            "count": texts.number(counts[currency]),
            "captured": texts.money(captured[currency], currency) if currency else "–",
            "left": texts.money(left[currency], currency) if currency else "–",
        }
        for currency in sorted(counts)
    ]


def as_csv(payments: Iterable[PaymentDetails]) -> bytes:
    """Return the payments as CSV, in UTF-8 with the mark by which spreadsheets know it."""
    file = io.StringIO(newline="")
    write = csv_writer(file)
    write(HEADS)
    for one in payments:
        write([_decimal(cell) if isinstance(cell, Money) else cell for cell in _cells(one)])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def as_workbook(payments: Iterable[PaymentDetails]) -> bytes:
    """Return the payments as a workbook: amounts are numbers, all else is text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, SAFE) as book:
        sheet, bold = book.add_worksheet("payments"), book.add_format({"bold": True})
        for column, head in enumerate(HEADS):
            sheet.write_string(0, column, head, bold)
        for number, one in enumerate(payments, start=1):
            for column, cell in enumerate(_cells(one)):
                _write(sheet, (number, column), cell)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return file.getvalue()


def _write(sheet: Any, at: tuple[int, int], cell: Cell) -> None:
    if isinstance(cell, Money) and len(str(abs(cell.amount_minor))) <= EXACT_DIGITS:
        sheet.write_number(*at, float(_decimal(cell)))
    else:
        sheet.write_string(*at, _decimal(cell) if isinstance(cell, Money) else cell)


def _cells(one: PaymentDetails) -> tuple[Cell, ...]:
    at = one.captured_at
    return (
        *(one.payment_id, one.gateway, one.account, one.status.value, one.currency or ""),
        *(one.captured or "", one.refundable or "", at.isoformat() if at else ""),
        *(one.order_id or "", one.customer_id or "", one.method or "", one.brand or ""),
        one.invoice_number or "",
    )


def _decimal(money: Money) -> str:
    return f"{to_decimal(money):f}"
