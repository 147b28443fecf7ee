"""What the forecast says: of each currency, the net and the cash of the weeks to come."""

from datetime import date, timedelta
from pathlib import Path

from kassa.core.model import Model
from kassa.reports.forecast.forecast import COVERAGE, DAYS_MIN, WEEK, Forecast, forecast
from kassa.reports.forecast.series import Series
from kassa.reports.localization import Texts

TEXTS = Path(__file__).with_name("texts")


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


def headlines(report: ForecastReport, texts: Texts) -> tuple[str, ...]:
    """Return what is said first, in words: next week's net of each currency."""
    if report.until is None or report.days < DAYS_MIN:
        return (texts.counted("forecast.not_enough", report.days, least=DAYS_MIN),)
    found = [_headline(report, line, texts) for line in report.lines if line.figure == "net"]
    return tuple(found) or (texts("forecast.nothing"),)


def _headline(report: ForecastReport, line: Line, texts: Texts) -> str:
    assert line.forecast, "with enough days each series is forecast"
    week, (first, last) = line.forecast.weeks[0], report.week_of(1)
    return texts(
        "forecast.headline",
        currency=line.currency,
        expected=texts.amount(week.expected_minor, line.currency),
        first=texts.short_day(first),
        last=texts.short_day(last),
        low=texts.amount(week.low_minor, line.currency),
        high=texts.amount(week.high_minor, line.currency),
        coverage=f"{COVERAGE * 10:g}",
    )


def how_far_off(line: Line, texts: Texts) -> str:
    """Say how such forecasts did on the series' own past, beside what anybody could say."""
    made = line.forecast
    if made is None or made.error_ratio is None:
        return texts("forecast.no_errors")
    return texts.counted("forecast.off", made.origins, ratio=texts.share(made.error_ratio, 0))


def _weeks(days: list[int]) -> list[int]:
    ends = range(len(days), WEEK - 1, -WEEK)
    return [sum(days[end - WEEK : end]) for end in reversed(ends)]
