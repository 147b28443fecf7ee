"""The report of customers as documents: JSON for programs, CSV for sheets, a page for people."""

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from kassa.archive.manifests import Manifest
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal
from kassa.reports.customers.page import headlines, page
from kassa.reports.customers.report import Customers
from kassa.reports.frame import framed_in, status_name
from kassa.reports.localization import Texts, language_in

DOCUMENTS = ("customers.html", "customers.csv", "customers.json")
TEXTS = Path(__file__).with_name("texts")
COLUMNS = (
    *("period", "time_zone", "status", "currency", "section", "item", "month"),
    *("amount", "amount_minor", "count"),
)


def documents(manifest: Manifest, found: Sequence[Customers]) -> dict[str, bytes]:
    """Return every document; the same figures give the same bytes."""
    texts = Texts(language_in(manifest), TEXTS)
    made = (
        framed_in(texts, manifest, page(manifest, found, texts)),
        _csv(manifest, found),
        _json(manifest, found, texts),
    )
    return {name: text.encode() for name, text in zip(DOCUMENTS, made, strict=True)}


def _json(manifest: Manifest, found: Sequence[Customers], texts: Texts) -> str:
    content = {
        "title": f"{texts('frame.title')} {manifest.period.name}",
        "headlines": headlines(found, texts),
        "merchant_id": manifest.merchant_id,
        "period": manifest.period.model_dump(mode="json"),
        "is_closed": manifest.is_closed,
        "manifest": "manifest.json",
        "currencies": [each.model_dump(mode="json") for each in found],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _csv(manifest: Manifest, found: Sequence[Customers]) -> str:
    text, period = io.StringIO(), manifest.period
    write = csv_writer(text)
    write(COLUMNS)
    head = (period.name, period.time_zone, status_name(manifest))
    for each in found:
        for section, item, month, minor, count in _rows(each):
            money = None if minor is None else Money(amount_minor=minor, currency=each.currency)
            amount = None if money is None else str(to_decimal(money))
            write((*head, each.currency, section, item, month, amount, minor, count))
    return text.getvalue()


Row = tuple[str, Cell, Cell, int | None, int | None]


def _rows(each: Customers) -> Iterator[Row]:
    yield "customers", "all", None, each.net_minor, each.customers
    yield "customers", "active", None, None, each.active
    yield "customers", "new", None, None, each.new
    yield "customers", "nobody", None, each.nobody_minor, None
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
