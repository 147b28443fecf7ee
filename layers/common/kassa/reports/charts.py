"""Charts of a report as SVG drawn by hand: no script, sharp on paper, also described in text.

Every bar's figure also stands in the tables or in the title of the bar.
"""

from collections import Counter
from collections.abc import Sequence
from html import escape

from kassa.archive.report_names import UNKNOWN
from kassa.core.money_texts import compact, written
from kassa.core.periods import Period, PeriodKind
from kassa.reports.localization import Texts
from kassa.reports.summary.summary import CurrencySummary

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

LOCALIZED_SINCE = 5  # the first layout whose charts speak the report's language
LABEL = 30  # of a window's day: half its width
LABELS_MAX = 9  # with months, beside each other

Colors = dict[str, str]


def step_noun(period: Period) -> str:
    """Return what a chart of a period is drawn by."""
    return "hour" if period.kind is PeriodKind.DAILY else "day"


def step_bars(summary: CurrencySummary, period: Period, texts: Texts | None = None) -> str:
    """Draw the gross of each hour of a day, or of each day of a longer period.

    Without texts it is said in English, as in layouts before LOCALIZED_SINCE.
    """
    top, names = _nice(max(summary.steps, default=0)), _names(period, texts)
    step = (WIDTH - LEFT - RIGHT) / len(names)
    bars = "".join(
        _bar(LEFT + n * step, step, amount / top, _text(summary.currency, amount, name, texts))
        for n, (amount, name) in enumerate(zip(summary.steps, names, strict=True))
        if amount > 0
    )
    lines = "".join(_line(summary.currency, top * part // 2, part / 2) for part in range(3))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(_peak_title(summary, period, texts))}</title>"
        f"{lines}{bars}{_labels(period, step, texts)}</svg>"
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


def _names(period: Period, texts: Texts | None) -> list[str]:
    """Return what each step of the period is called."""
    if period.kind is PeriodKind.DAILY:
        return [f"{hour:%H:%M}" for hour in period.hours]
    if texts:
        return [texts.chart_day(day) for day in period.days]
    return [f"{day:%a} {day.day} {day:%b}" for day in period.days]


def _labels(period: Period, step: float, texts: Texts | None) -> str:
    """Label the steps that are marked."""
    return "".join(
        f'<text x="{x}" y="{HEIGHT - 8}" text-anchor="{anchor}">{label}</text>'
        for n, label in _marked(period, texts)
        for x, anchor in [_placed(period, LEFT + (n + 0.5) * step)]
    )


def _placed(period: Period, x: float) -> tuple[str, str]:
    """Return where a label stands: below its step, or within the edge that it would run past."""
    if period.kind is PeriodKind.WINDOW and x > WIDTH - LABEL:
        return str(WIDTH), "end"
    return f"{x:.2f}", "middle"


def _marked(period: Period, texts: Texts | None) -> list[tuple[int, str]]:
    """Choose the steps to label: every third hour, each day of a week, every third of a month.

    Of a window, days as far apart as there is room for.

    Where clocks change, an hour is missing or stands twice.
    """
    if period.kind is PeriodKind.WEEKLY:
        return [
            (n, texts.chart_weekday(day) if texts else f"{day:%a} {day.day}")
            for n, day in enumerate(period.days)
        ]
    if period.kind is PeriodKind.MONTHLY:
        return [(n, f"{day.day}") for n, day in enumerate(period.days) if n % 3 == 0]
    if period.kind is PeriodKind.WINDOW:
        apart = -(-len(period.days) // LABELS_MAX)
        days = enumerate(period.days)
        return [
            (n, texts.brief(day) if texts else f"{day.day} {day:%b}")
            for n, day in days
            if n % apart == 0
        ]
    hours = period.hours
    return [
        (n, f"{hour:%H}")
        for n, hour in enumerate(hours)
        if hour.hour % 3 == 0 and hour.minute == 0 and (n == 0 or hours[n - 1].hour != hour.hour)
    ]


def _peak_title(summary: CurrencySummary, period: Period, texts: Texts | None) -> str:
    if not any(summary.steps):
        currency = summary.currency
        return texts("chart.none", currency=currency) if texts else f"No captures in {currency}."
    names, noun = _names(period, texts), step_noun(period)
    peak = max(range(len(names)), key=summary.steps.__getitem__)
    peak_text = _text(summary.currency, summary.steps[peak], names[peak], texts)
    if texts:
        key = "chart.by_hour" if period.kind is PeriodKind.DAILY else "chart.by_day"
        return texts(key, currency=summary.currency, peak=peak_text)
    each = f"{noun} of the {period.kind.noun}"
    return f"Gross in {summary.currency} by {each}; the strongest {noun} is {peak_text}."


def _text(currency: str, amount_minor: int, name: str, texts: Texts | None) -> str:
    if texts:
        return f"{name}: {texts.money(amount_minor, currency)}"
    return f"{name}, {written(amount_minor, currency)} {currency}"


def _nice(amount_minor: int) -> int:
    """Return the next round amount, so that the axis and its middle read well."""
    power: int = 10 ** max(len(str(amount_minor)) - 1, 0)
    return next(n * power for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * power >= amount_minor)
