"""Charts of a report as SVG drawn by hand: no script, sharp on paper, also described in text.

Every bar's figure also stands in the tables or in the title of the bar.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from html import escape

from kassa.archive.tallies import UNKNOWN
from kassa.core.money_texts import compact, written
from kassa.reports.summary import CurrencySummary

WIDTH, HEIGHT = 560, 170  # of the viewBox
LEFT, RIGHT, TOP, BOTTOM = 56, 4, 12, 26
GAP = 1.5  # between the parts of a bar
METHOD_COLORS = (
    "#1f6f5c",
    "#c8873a",
    "#3f6ea8",
    "#a5526b",
    "#7a6aa8",
    "#7d8b2f",
    "#3c9aa6",
    "#d9b44a",
    "#8c5a3c",
    "#5c7d99",
)
OTHER_COLOR = "#9aa5ad"

Colors = dict[str, str]


def hour_bars(summary: CurrencySummary, hours: Sequence[datetime]) -> str:
    """Draw the gross of each hour of the day."""
    top = _nice(max(summary.hours, default=0))
    step = (WIDTH - LEFT - RIGHT) / len(hours)
    bars = "".join(
        _bar(LEFT + n * step, step, amount / top, _hour_text(summary.currency, amount, hour))
        for n, (amount, hour) in enumerate(zip(summary.hours, hours, strict=True))
        if amount > 0
    )
    lines = "".join(_line(summary.currency, top * part // 2, part / 2) for part in range(3))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(_peak_title(summary, hours))}</title>"
        f"{lines}{bars}{_hour_labels(hours, step)}</svg>"
    )


def method_bar(summary: CurrencySummary, colors: Colors) -> str:
    """Draw the methods' shares of the gross as one bar."""
    shares = ", ".join(f"{each.method} {each.share or 0:.1%}" for each in summary.methods)
    left, parts = 0.0, []
    for each in summary.methods:
        width = (each.share or 0) * WIDTH
        parts.append(
            f'<rect x="{left:.2f}" y="0" width="{max(width - GAP, 0.5):.2f}" height="14"'
            f' fill="{colors[each.method]}"/>'
        )
        left += width
    return (
        f'<svg class="share" viewBox="0 0 {WIDTH - GAP} 14" preserveAspectRatio="none" role="img">'
        f"<title>{escape(f'Gross by method: {shares}')}</title>{''.join(parts)}</svg>"
    )


def method_colors(summaries: Sequence[CurrencySummary]) -> Colors:
    """Give each method its colour, the same in every currency; rare ones and unknown share one."""
    counts: Counter[str] = Counter()
    for summary in summaries:
        counts.update({each.method: each.captures for each in summary.methods})
    known = sorted(counts.keys() - {UNKNOWN}, key=lambda method: (-counts[method], method))
    given = dict(zip(known, METHOD_COLORS, strict=False))
    return {method: given.get(method, OTHER_COLOR) for method in counts}


def _bar(left: float, step: float, part: float, title: str) -> str:
    height = max(part * (HEIGHT - TOP - BOTTOM), 1.0)
    return (
        f'<rect class="bar" x="{left + step * 0.14:.2f}" y="{HEIGHT - BOTTOM - height:.2f}"'
        f' width="{step * 0.72:.2f}" height="{height:.2f}" rx="1.5">'
        f"<title>{escape(title)}</title></rect>"
    )


def _line(currency: str, amount_minor: int, part: float) -> str:
    y = HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)
    kind = "grid" if part else "base"
    return (
        f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.2f}" y2="{y:.2f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 5:.2f}" text-anchor="end">'
        f"{escape(compact(amount_minor, currency))}</text>"
    )


def _hour_labels(hours: Sequence[datetime], step: float) -> str:
    """Label every third hour; where clocks change, an hour is missing or stands twice."""
    return "".join(
        f'<text x="{LEFT + (n + 0.5) * step:.2f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{hour:%H}</text>"
        for n, hour in enumerate(hours)
        if hour.hour % 3 == 0 and hour.minute == 0 and (n == 0 or hours[n - 1].hour != hour.hour)
    )


def _peak_title(summary: CurrencySummary, hours: Sequence[datetime]) -> str:
    if not any(summary.hours):
        return f"No captures in {summary.currency}."
    peak = max(range(len(hours)), key=summary.hours.__getitem__)
    peak_text = _hour_text(summary.currency, summary.hours[peak], hours[peak])
    return f"Gross in {summary.currency} by hour of the day; the strongest hour is {peak_text}."


def _hour_text(currency: str, amount_minor: int, hour: datetime) -> str:
    return f"{hour:%H:%M}, {written(amount_minor, currency)} {currency}"


def _nice(amount_minor: int) -> int:
    """Return the next round amount, so that the axis and its middle read well."""
    power: int = 10 ** max(len(str(amount_minor)) - 1, 0)
    return next(n * power for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * power >= amount_minor)
