"""What the forecast says: of each currency, the net and the cash of the weeks to come."""

from datetime import date, timedelta

from kassa.core.model import Model
from kassa.core.money_texts import written
from kassa.reports.forecast.forecast import COVERAGE, DAYS_MIN, WEEK, Forecast, forecast
from kassa.reports.forecast.series import Series

WORDS = {"net": "Net", "payouts": "Paid out to the bank"}
_OUT_OF_TEN = f"{COVERAGE * 10:g} of 10 weeks"


class Line(Model):
    """One figure of one currency: what is known of it, and what is expected."""

    currency: str
    figure: str  # net or payouts
    known: tuple[int, ...]  # sums of the last whole weeks, oldest first, minor units
    forecast: Forecast | None  # none: not enough data


class ForecastReport(Model):
    """A forecast made of the days up to one."""

    until: date | None  # the last day that is known; none: no day is closed yet
    days: int  # that are known without a gap
    lines: tuple[Line, ...]

    def week_of(self, number: int) -> tuple[date, date]:
        """Return the first and last day of one of the weeks to come."""
        assert self.until, "nothing is forecast without days"
        first = self.until + timedelta(days=1 + WEEK * (number - 1))
        return first, first + timedelta(days=WEEK - 1)


def forecast_report(series: Series, until: date | None, days: int) -> ForecastReport:
    """Forecast every series."""
    lines = [
        Line(
            currency=currency,
            figure=figure,
            known=tuple(_weeks(amounts)),
            forecast=forecast(amounts),
        )
        for currency, figures in series.items()
        for figure, amounts in figures.items()
    ]
    return ForecastReport(until=until, days=days, lines=tuple(lines))


def headlines(report: ForecastReport) -> tuple[str, ...]:
    """Return what is said first, in words: next week's net of each currency."""
    if report.until is None or report.days < DAYS_MIN:
        return (
            f"Not enough data: {_days(report.days, 'closed day')} without a gap, of the"
            f" {DAYS_MIN} (eight weeks) that a forecast needs.",
        )
    found = [_headline(report, line) for line in report.lines if line.figure == "net"]
    return tuple(found) or ("Nothing moved in the days that are known.",)


def _headline(report: ForecastReport, line: Line) -> str:
    assert line.forecast, "with enough days each series is forecast"
    week, (first, last) = line.forecast.weeks[0], report.week_of(1)
    expected, low, high = (
        written(one, line.currency)
        for one in (week.expected_minor, week.low_minor, week.high_minor)
    )
    return (
        f"{line.currency}: net of {expected} from {first} to {last}; between {low} and {high} in"
        f" {_OUT_OF_TEN}."
    )


def how_far_off(line: Line) -> str:
    """Say how such forecasts did on the series' own past, beside what anybody could say."""
    made = line.forecast
    if made is None or made.error_ratio is None:
        return "Nothing moved, so there was nothing to be wrong about."
    tried = f"Tried from {_days(made.origins)} of the past, such forecasts were off by"
    return f"{tried} {made.error_ratio:.0%} of what “as in the last week” was off by."


def _days(count: int, noun: str = "day") -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _weeks(days: list[int]) -> list[int]:
    ends = range(len(days), WEEK - 1, -WEEK)
    return [sum(days[end - WEEK : end]) for end in reversed(ends)]
