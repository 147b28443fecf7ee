"""The report of customers as documents: JSON for programs, CSV for sheets, a page for people."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import ReportName
from kassa.core.csv_rows import Cell
from kassa.core.money import Money, to_decimal
from kassa.reports.customers.page import headlines, page
from kassa.reports.customers.receivables import SHOWN, Owed
from kassa.reports.customers.report import Customers
from kassa.reports.localization import Texts, language_in
from kassa.reports.texted import Texted, documents_of, texted

DOCUMENTS = documents_of(ReportName.CUSTOMERS)
TEXTS = Path(__file__).with_name("texts")
COLUMNS = ("currency", "section", "item", "month", "amount", "amount_minor", "count")


def documents(
    manifest: Manifest, found: Sequence[Customers], owed: Owed | None = None
) -> dict[str, bytes]:
    """Return every document; the same figures give the same bytes."""
    texts = Texts(language_in(manifest), TEXTS)
    content: dict[str, Any] = {"currencies": [each.model_dump(mode="json") for each in found]}
    if owed is not None:
        content["receivables"] = owed.model_dump(mode="json")
    body, rows = page(manifest, found, owed, texts), (*_cells(found), *_owed_cells(owed))
    made = Texted(body, headlines(found, texts), content, COLUMNS, rows)
    return texted(ReportName.CUSTOMERS, manifest, texts, made)


def _cells(found: Sequence[Customers]) -> Iterator[tuple[Cell, ...]]:
    for each in found:
        for section, item, month, minor, count in _rows(each):
            money = None if minor is None else Money(amount_minor=minor, currency=each.currency)
            amount = None if money is None else str(to_decimal(money))
            yield each.currency, section, item, month, amount, minor, count


def _owed_cells(owed: Owed | None) -> Iterator[tuple[Cell, ...]]:
    for each in (owed.ageing if owed else None) or ():
        for name in SHOWN:
            minor = getattr(each, f"{name}_minor")
            amount = str(to_decimal(Money(amount_minor=minor, currency=each.currency)))
            yield each.currency, "receivables", name, None, amount, minor, None


Row = tuple[str, Cell, Cell, int | None, int | None]


def _rows(each: Customers) -> Iterator[Row]:
    yield "customers", "all", None, each.net_minor, each.customers
    yield "customers", "active", None, None, each.active
    yield "customers", "new", None, None, each.new
    yield "customers", "nobody", None, each.nobody_minor, None
    yield "customers", "elsewhere", None, each.elsewhere_minor, None
    yield "worth", "mean", None, each.mean_minor, each.customers
    yield "worth", "median", None, each.median_minor, each.customers
    for aged in each.worth:
        yield "worth", f"after {aged.months} months", None, aged.mean_minor, aged.customers
    for cohort in each.cohorts:
        for one in cohort.months:
            yield "cohort", one.age, f"{cohort.month:%Y-%m}", one.net_minor, one.customers
    for name in ("segments", "risks"):
        for group in getattr(each, name):
            yield name, group.name, None, group.year_minor, group.customers
    for silent in each.at_risk:
        yield "at_risk", silent.customer_id, None, silent.year_minor, silent.silent_days
    for span in ("month", "year"):
        refunded = getattr(each, span)
        yield "captured", span, None, refunded.captured_minor, refunded.payments
        yield "refunded", span, None, refunded.refunded_minor, refunded.refunds
