"""A report's documents: JSON for programs, CSV for spreadsheets, HTML for people."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence

from kassa.archive.report_names import PLAIN
from kassa.core.csv_rows import Cell, csv_writer
from kassa.core.money import Money, to_decimal
from kassa.core.periods import Period, PeriodKind
from kassa.reports.breakdown.compared import TIMES
from kassa.reports.breakdown.rows import rows_of
from kassa.reports.frame import status_name
from kassa.reports.report import PLACED, Report
from kassa.reports.summary.accrual import Accrual
from kassa.reports.summary.page import page
from kassa.reports.summary.summary import FIGURES, CurrencySummary

COLUMNS = (
    "day",
    "time_zone",
    "status",
    "section",
    "of_day",
    "currency",
    "item",
    "amount",
    "amount_minor",
    "count",
    "share",
    "postings",  # from the fourth layout; earlier ones counted those
)


def documents(report: Report) -> dict[str, bytes]:
    """Return every document of a report; the same report gives the same bytes."""
    return {
        "report.html": page(report).encode(),
        "report.csv": _csv(report).encode(),
        "report.json": _json(report).encode(),
    }


def _json(report: Report) -> str:
    """Return every figure with the events it is traced to."""
    later = {"accrual", "corrections"} if report.accrual is None else set()
    content = report.model_dump(mode="json", exclude=later)
    if later:
        corrections = [
            one.model_dump(mode="json", exclude={"accrual"}) for one in report.corrections
        ]
        content["corrections"] = corrections
    document = {"manifest": "manifest.json", **content}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _csv(report: Report) -> str:
    text = io.StringIO()
    write = csv_writer(text, is_plain=report.layout >= PLAIN)
    columns = COLUMNS if report.layout >= PLACED else COLUMNS[:-1]
    write(columns)
    head = (report.period.name, report.period.time_zone, status_name(report))
    for row in _rows(report):
        write((*head, *row, None)[: len(columns)])
    return text.getvalue()


def _rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    steps = _steps(report.period)
    for each in report.currencies:
        yield from _figure_rows("totals", report.period.name, each, _times(report, each))
        yield from _detail_rows(report.period.name, each, steps)
    for correction in report.corrections:
        for each in correction.currencies:
            times = {} if report.layout >= PLACED else _postings(each)
            yield from _figure_rows("corrections", correction.day, each, times)
    yield from _accrual_rows("accrual", report.period.name, report.accrual)
    for correction in report.corrections:
        yield from _accrual_rows("accrual_corrections", correction.day, correction.accrual)
    if report.breakdown is not None:
        for section, currency, item, minor, count, share in rows_of(report.breakdown):
            amount = _amount(currency, minor) if currency and minor is not None else (None, minor)
            yield (section, report.period.name, currency, item, *amount, count, share)
    for fact, count in report.facts.items():
        yield ("facts", report.period.name, None, fact, None, None, count, None)


def _times(report: Report, each: CurrencySummary) -> Mapping[str, int]:
    """Return how many payments, reversals, refunds, disputes and payouts there were.

    Earlier layouts counted postings, of which a refund that came back has two. Of fees and of the
    net there are postings alone.
    """
    if report.layout < PLACED or report.breakdown is None:
        return _postings(each)
    volumes = {
        one.figure: one.volume for one in report.breakdown.compared if one.currency == each.currency
    }
    times = {name: volumes.get(name, 0) for name in TIMES}
    return times | {"gross": volumes.get("captures", 0), "opening": each.opening.postings}


def _postings(each: CurrencySummary) -> Mapping[str, int]:
    return {name: getattr(each, name).postings for name in FIGURES}


def _figure_rows(
    section: str, day: str, each: CurrencySummary, times: Mapping[str, int]
) -> Iterator[tuple[Cell, ...]]:
    for name, postings in _postings(each).items():
        amount = _amount(each.currency, getattr(each, name).amount_minor)
        count = times.get(name)
        yield (section, day, each.currency, name, *amount, count, None, postings)
    attempts = (("captured_payments", each.captured_payments, each.success_rate),)
    failed = None if each.success_rate is None else round(1 - each.success_rate, 6)
    for name, count, rate in (*attempts, ("failed_attempts", each.failed_attempts, failed)):
        yield (section, day, each.currency, name, None, None, count, rate)


def _detail_rows(day: str, each: CurrencySummary, steps: list[str]) -> Iterator[tuple[Cell, ...]]:
    currency = each.currency
    for method in each.methods:
        amount = _amount(currency, method.amount_minor)
        yield ("methods", day, currency, method.method, *amount, method.captures, method.share)
    for failure in each.failures:
        yield ("failures", day, currency, failure.reason, None, None, failure.attempts, None)
    section = "hours" if each.hours else "days"
    for step, amount_minor in zip(steps, each.steps, strict=True):
        yield (section, day, currency, step, *_amount(currency, amount_minor), None, None)
    for account, amount_minor in each.accounts.items():
        yield ("ledger", day, currency, account, *_amount(currency, amount_minor), None, None)


def _steps(period: Period) -> list[str]:
    if period.kind is PeriodKind.DAILY:
        return [hour.isoformat(timespec="minutes") for hour in period.hours]
    return list(map(str, period.days))


def _accrual_rows(
    section: str, day: str, accrual: Sequence[Accrual] | None
) -> Iterator[tuple[Cell, ...]]:
    for each in accrual or ():
        amounts: dict[str, int] = {account.value: minor for account, minor in each.accounts.items()}
        amounts |= {"open_invoices": each.opened_minor, "unapplied": each.unapplied_minor}
        for name, minor in amounts.items():
            yield (section, day, each.currency, name, *_amount(each.currency, minor), None, None)


def _amount(currency: str, amount_minor: int) -> tuple[str, int]:
    """Return an amount in major units, exactly, and in minor units."""
    return str(to_decimal(Money(amount_minor=amount_minor, currency=currency))), amount_minor
