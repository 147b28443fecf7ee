"""The series that are forecast: net and cash of each day and currency, read off rollups."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from kassa.archive.tallies import Flow, Rollup, Tally
from kassa.core.periods import Period
from kassa.reports.breakdown.lines import flows_of
from kassa.reports.forecast.forecast import DAYS_MAX
from kassa.reports.summary.summary import summarise

FIGURES = ("net", "payouts")
DAY = timedelta(days=1)

Series = dict[str, dict[str, list[int]]]  # minor units by currency and figure, a day each


def days_needed(period: Period) -> tuple[date, ...]:
    """Return the days that end with a period's last one, as many as a forecast takes."""
    last = period.days[-1]
    return tuple(last - n * DAY for n in reversed(range(DAYS_MAX)))


def unbroken(closed: Iterable[date], period: Period) -> tuple[date, ...]:
    """Return the newest days without a gap that are closed; a day that is missing isn't zero."""
    found: list[date] = []
    for day in sorted(set(closed) & set(days_needed(period)), reverse=True):
        if found and found[-1] - DAY != day:
            break
        found.append(day)
    return tuple(reversed(found))


def series_of(
    rows: Mapping[date, Sequence[Rollup]], days: Sequence[date], period: Period
) -> Series:
    """Return what each day came to, by the summary's own figures."""
    flows = [flows_of(rows.get(day, ())) for day in days]
    currencies = sorted({flow.currency for moved in flows for flow in moved})
    figures = [_figures(moved, period) for moved in flows]
    return {
        currency: {name: [day.get((currency, name), 0) for day in figures] for name in FIGURES}
        for currency in currencies
    }


def _figures(flows: list[Flow], period: Period) -> dict[tuple[str, str], int]:
    """Return a day's figures, in minor units, by currency and name."""
    return {
        (each.currency, name): getattr(each, name).amount_minor
        for each in summarise(Tally(flows=tuple(flows)), period)
        for name in FIGURES
    }
