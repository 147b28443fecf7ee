"""The report of recurring revenue as documents: JSON for programs, CSV for sheets, a page."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import ReportName
from kassa.core.csv_rows import Cell
from kassa.core.money import Money, to_decimal
from kassa.reports.localization import Texts, language_in
from kassa.reports.recurring.page import headlines, page
from kassa.reports.recurring.report import Recurring
from kassa.reports.texted import Texted, documents_of, texted

DOCUMENTS = documents_of(ReportName.RECURRING)
TEXTS = Path(__file__).with_name("texts")
COLUMNS = ("currency", "section", "item", "amount", "amount_minor", "count", "rate")
RATES = ("customer_churn", "revenue_churn", "net_retention")


def documents(manifest: Manifest, found: Sequence[Recurring]) -> dict[str, bytes]:
    """Return every document; the same figures give the same bytes."""
    texts = Texts(language_in(manifest), TEXTS, manifest.layout)
    derived = (*RATES, "each_minor")
    currencies = [
        each.model_dump(mode="json") | {name: getattr(each, name) for name in derived}
        for each in found
    ]
    rows = ((each.currency, *row) for each in found for row in _rows(each))
    body, content = page(manifest, found, texts), {"currencies": currencies}
    made = Texted(body, headlines(found, texts), content, COLUMNS, rows)
    return texted(ReportName.RECURRING, manifest, texts, made)


def _rows(each: Recurring) -> Iterator[tuple[Cell, ...]]:
    def money(section: str, item: str, minor: int, count: int | None = None) -> tuple[Cell, ...]:
        amount = to_decimal(Money(amount_minor=minor, currency=each.currency))
        return section, item, str(amount), minor, count, None

    yield money("mrr", "opening", each.opening_minor, each.opening_customers)
    for one in each.movements:
        yield money("mrr", one.movement, one.mrr_minor, one.customers)
    yield money("mrr", "closing", each.closing_minor, each.customers)
    yield money("mrr", "assumed", each.assumed_minor)
    for line in each.by_interval:
        yield money("interval", line.interval, line.mrr_minor)
    for past in each.past:
        yield money("past", str(past.on), past.mrr_minor, past.customers)
    for name in RATES:
        rate = getattr(each, name)
        yield "rate", name, None, None, None, None if rate is None else f"{rate:.6f}"
    yield money("unassigned", "payments", each.unassigned_minor, each.unassigned_payments)
