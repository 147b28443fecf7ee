"""The breakdown of a period's summary, made of its facts and of the history its manifest names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from pydantic import Field

from kassa.archive.manifests import FactFile
from kassa.archive.tallies import Placed, Rollup
from kassa.core.model import Model
from kassa.core.periods import Period
from kassa.reports.breakdown.attention import Lately, Need, needs
from kassa.reports.breakdown.compared import Compared, compared
from kassa.reports.breakdown.declines import Declined, declined
from kassa.reports.breakdown.inputs import Inputs
from kassa.reports.breakdown.lines import AMOUNTS, Lines, is_absent, lines_of
from kassa.reports.breakdown.normal import NO_HISTORY, History, like
from kassa.reports.rates.rates import Conversion, conversion
from kassa.reports.summary.summary import CurrencySummary

BY = ("day", "gateway", "account", "method", "brand", "reason")  # of the period itself
HISTORY_BY = ("day", "gateway", "account", "method")


class Breakdown(Model):
    """What the summary says beyond its totals."""

    language: str
    needs: tuple[Need, ...]  # at most three, the worst first
    like_periods: int  # that are known, of which is said what is normal
    currencies: tuple[Lines, ...]
    compared: tuple[Compared, ...]
    declined: tuple[Declined, ...]
    unproven: dict[str, int]  # by currency, how far tables are from totals; zero
    conversion: Conversion | None  # none where one currency is all there is
    findings: int | None = Field(None, exclude_if=is_absent)  # of anomalies, that aren't expected
    layout: int = Field(3, exclude_if=lambda layout: layout <= 3)


class Known(NamedTuple):
    """What is known beside a period's facts."""

    history: History
    inputs: Inputs = Inputs()
    is_imported: bool = False  # the period itself, of before the books
    placed: tuple[Placed, ...] | None = None  # none before the fourth layout


NOTHING = Known(NO_HISTORY)


def history_of(files: Iterable[FactFile], rows: Iterable[Rollup]) -> History:
    """Return what earlier days came to, of the rollups that a manifest names."""
    by_day: dict[date, list[Rollup]] = defaultdict(list)
    for row in rows:
        if row.day:
            by_day[row.day].append(row)
    files = tuple(files)
    imported = {_day(file) for file in files if file.is_imported}
    return History(by_day, frozenset(map(_day, files)), frozenset(imported))


def _day(file: FactFile) -> date:
    return date.fromisoformat(PurePath(file.key).parent.name)


def breakdown_of(
    rows: Sequence[Rollup],
    period: Period,
    summaries: Sequence[CurrencySummary],
    known: Known = NOTHING,
    is_closed: bool = True,
) -> Breakdown:
    """Break a period's summary down; `rows` are its facts by BY."""
    lines, of_period = lines_of(rows, known.placed), {each.currency: each for each in summaries}
    unproven = {
        each.currency: each.unproven(of_period[each.currency].gross.amount_minor)
        + sum(abs(_difference(each, of_period[each.currency], name)) for name in _PROVEN)
        + abs(of_period[each.currency].imbalance)
        for each in lines
        if each.currency in of_period
    }
    found, no = compared(rows, known.history, period, is_closed), declined(rows)
    if known.is_imported:
        lines = tuple(each.imported() for each in lines)
        found = tuple(one for one in found if one.figure != "failure_rate" or one.value)
    wrong = [currency for currency, difference in unproven.items() if difference]
    return Breakdown(
        language=known.inputs.language,
        needs=needs(found, no, Lately.of(rows, known.history, period), wrong),
        like_periods=sum(known.history.of(one) is not None for one in like(period)),
        currencies=lines,
        compared=found,
        declined=no,
        unproven=unproven,
        conversion=_converted(summaries, known.inputs),
    )


def _converted(summaries: Sequence[CurrencySummary], inputs: Inputs) -> Conversion | None:
    """Convert every currency's figures, where there is another than the reporting currency."""
    found = {each.currency for each in summaries}
    if inputs.currency is None or found <= {inputs.currency}:
        return None
    amounts = {
        each.currency: {name: getattr(each, name).amount_minor for name in AMOUNTS}
        for each in summaries
    }
    return conversion(amounts, inputs.currency, inputs.rates)


_PROVEN = ("reversals", "refunds", "disputes", "fees", "net", "payouts")


def _difference(lines: Lines, summary: CurrencySummary, name: str) -> int:
    """Return how far the gateways' lines are from a figure of the totals."""
    of_lines = sum((line.amounts or {}).get(name, 0) for line in lines.gateways)
    total: int = getattr(summary, name).amount_minor
    return of_lines - total
