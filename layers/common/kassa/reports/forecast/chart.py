"""The forecast's chart: weeks that were, and the weeks to come with their bands, as SVG."""

from html import escape

from kassa.core.money_texts import compact
from kassa.reports.forecast.forecast import WeekAhead
from kassa.reports.forecast.report import ForecastReport, Line
from kassa.reports.localization import Texts

WIDTH, HEIGHT = 560, 180  # of the viewBox
LEFT, RIGHT, TOP, BOTTOM = 56, 4, 12, 26
SHOWN = 22  # weeks that were, beside the four to come
_BAND, _MIDDLE = "var(--line)", "var(--amber)"


def week_bars(report: ForecastReport, line: Line, texts: Texts) -> str:
    """Draw the last weeks as bars, the next as bands with what is expected as a line."""
    weeks = line.forecast.weeks if line.forecast else ()
    known = line.known[-SHOWN:]
    edges = [0, *known, *(at for week in weeks for at in (week.low_minor, week.high_minor))]
    low, high = min(edges), max(edges)
    spread = max(high - low, 1)

    def y(amount_minor: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - amount_minor) / spread

    step = (WIDTH - LEFT - RIGHT) / (len(known) + len(weeks))
    bars = [
        _titled(
            texts.money(one, line.currency),
            _box(LEFT + n * step, step, y(max(one, 0)), y(min(one, 0)), "var(--green)"),
        )
        for n, one in enumerate(known)
    ]
    for n, week in enumerate(weeks, len(known)):
        title = _week_title(report, line.currency, week, texts)
        left, middle = LEFT + n * step, y(week.expected_minor)
        band = _box(left, step, y(week.high_minor), y(week.low_minor), _BAND)
        bars.append(_titled(title, band + _box(left, step, middle - 1, middle + 1, _MIDDLE)))
    ticks = "".join(_tick(at, y(at), line.currency) for at in sorted({low, 0, high}))
    until = f'<text x="{LEFT + len(known) * step:.2f}" y="{HEIGHT - 8}">'
    until += f"{escape(texts('forecast.next'))}</text>"
    title = escape(texts("forecast.chart", currency=line.currency))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{title}</title>{ticks}{''.join(bars)}{until}</svg>"
    )


def _titled(title: str, shapes: str) -> str:
    return f"<g><title>{escape(title)}</title>{shapes}</g>"


def _box(left: float, step: float, top: float, bottom: float, color: str) -> str:
    height = max(bottom - top, 1.0)
    return (
        f'<rect x="{left + step * 0.14:.2f}" y="{top:.2f}" width="{step * 0.72:.2f}"'
        f' height="{height:.2f}" fill="{color}"/>'
    )


def _tick(amount_minor: int, y: float, currency: str) -> str:
    kind = "grid" if amount_minor else "base"
    return (
        f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.2f}" y2="{y:.2f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 5:.2f}" text-anchor="end">'
        f"{escape(compact(amount_minor, currency))}</text>"
    )


def _week_title(report: ForecastReport, currency: str, week: WeekAhead, texts: Texts) -> str:
    first, last = map(texts.short_day, report.week_of(week.number))
    return texts(
        "forecast.week_title",
        first=first,
        last=last,
        expected=texts.amount(week.expected_minor, currency),
        low=texts.amount(week.low_minor, currency),
        high=texts.amount(week.high_minor, currency),
        currency=currency,
    )
