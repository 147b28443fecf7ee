"""The report of recurring revenue as documents: JSON for programs, CSV for sheets, a page."""

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from kassa.archive.manifests import Manifest
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal
from kassa.reports.frame import framed_in, status_name
from kassa.reports.localization import Texts, language_in
from kassa.reports.recurring.page import headlines, page
from kassa.reports.recurring.report import Recurring

DOCUMENTS = ("recurring.html", "recurring.csv", "recurring.json")
TEXTS = Path(__file__).with_name("texts")
COLUMNS = (
    *("period", "time_zone", "status", "currency", "section", "item"),
    *("amount", "amount_minor", "count", "rate"),
)
RATES = ("customer_churn", "revenue_churn", "net_retention")


def documents(manifest: Manifest, found: Sequence[Recurring]) -> dict[str, bytes]:
    """Return every document; the same figures give the same bytes."""
    texts = Texts(language_in(manifest), TEXTS)
    made = (
        framed_in(texts, manifest, page(manifest, found, texts)),
        _csv(manifest, found),
        _json(manifest, found, texts),
    )
    return {name: text.encode() for name, text in zip(DOCUMENTS, made, strict=True)}


def _json(manifest: Manifest, found: Sequence[Recurring], texts: Texts) -> str:
    content = {
        "title": f"{texts('frame.title')} {manifest.period.name}",
        "headlines": headlines(found, texts),
        "merchant_id": manifest.merchant_id,
        "period": manifest.period.model_dump(mode="json"),
        "is_closed": manifest.is_closed,
        "manifest": "manifest.json",
        "currencies": [
            each.model_dump(mode="json")
            | {name: getattr(each, name) for name in (*RATES, "each_minor")}
            for each in found
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _csv(manifest: Manifest, found: Sequence[Recurring]) -> str:
    text, period = io.StringIO(), manifest.period
    write = csv_writer(text)
    write(COLUMNS)
    head = (period.name, period.time_zone, status_name(manifest))
    for each in found:
        for row in _rows(each):
            write((*head, each.currency, *row))
    return text.getvalue()


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
