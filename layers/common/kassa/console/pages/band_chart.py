"""An anomaly's figure on like days beside the band that it usually lies in, as SVG drawn by hand.

It holds no colour of its own: the style sheet has them, for light and dark. Every value also
stands in the table below it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from typing import Any, NamedTuple

from markupsafe import Markup

from kassa.reports.anomalies.finding import Finding, Kind
from kassa.reports.breakdown.normal import Band, band
from kassa.reports.localization import Texts

FIGURE_OF = {  # which figure of a day's summary a kind is about
    Kind.UNUSUAL_FOR_HOUR: "gross",
    Kind.REFUND_BURST: "refunds",
    Kind.DISPUTE_RATIO: "disputes",
    Kind.FEE_DRIFT: "fees",
    Kind.CAPTURED_WITHOUT_PAYOUT: "payouts",
}
WIDTH, HEIGHT, LEFT, BOTTOM = 640, 200, 8, 24


class Value(NamedTuple):
    """What the figure was on a day."""

    label: str
    minor: int
    shown: str


class Usual(NamedTuple):
    """Summaries of days like an anomaly's, and of its own day where one was built."""

    before: tuple[dict[str, Any], ...]  # oldest first
    own: dict[str, Any] | None


def chart(one: Finding, usual: Usual, texts: Texts) -> dict[str, Any] | None:
    """Return the chart of the anomaly's figure beside its band; none where it has no figure."""
    figure = FIGURE_OF.get(one.kind)
    if figure is None or one.currency is None or usual.own is None:
        return None
    before = list(_minors(usual.before, figure, one.currency))
    own = list(_minors([usual.own], figure, one.currency))
    found = band([minor for _, minor in before], 0.0)
    if found is None or not own:
        return None
    values = [
        Value(texts.brief(day), minor, texts.money(minor, one.currency))
        for day, minor in (*before, *own)
    ]
    low, high = (texts.money(round(each), one.currency) for each in (found.low, found.high))
    title = texts("alerts.chart", figure=texts(f"figures.{figure}"), low=low, high=high)
    return {
        "title": title,
        "svg": band_chart(values, found, title),
        "values": [(each.label, each.shown) for each in values],
    }


def _minors(
    summaries: Iterable[dict[str, Any]], figure: str, currency: str
) -> Iterator[tuple[date, int]]:
    rows = ((one["period"]["day"], each) for one in summaries for each in one["currencies"])
    for day, each in rows:
        if each["currency"] == currency and figure in each:
            yield date.fromisoformat(day), int(each[figure]["amount_minor"])


def band_chart(values: Sequence[Value], usual: Band, title: str) -> Markup:
    """Draw the days in their order, the last of which stands out, and the band behind them."""
    reached = [0.0, usual.low, usual.high, *(float(one.minor) for one in values)]
    low, high = min(reached), max(reached)
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return round(10 + (HEIGHT - BOTTOM - 20) * (high - value) / span, 1)

    step = (WIDTH - 2 * LEFT) / max(1, len(values))
    places = [
        (round(LEFT + step * (n + 0.5), 1), y(one.minor), one) for n, one in enumerate(values)
    ]
    line = " ".join(f"{x},{at}" for x, at, _ in places)
    points = "".join(
        f'<circle class="{"odd" if n == len(places) - 1 else "point"}" cx="{x}" cy="{at}" r="5">'
        f"<title>{escape(one.label)}: {escape(one.shown)}</title></circle>"
        f'<text x="{x}" y="{HEIGHT - 6}" text-anchor="middle">{escape(one.label)}</text>'
        for n, (x, at, one) in enumerate(places)
    )
    band = y(usual.high), max(1.0, round(y(usual.low) - y(usual.high), 1))
    return Markup(
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(title)}'
        f'</title><rect class="band" x="0" y="{band[0]}" width="{WIDTH}" height="{band[1]}"/>'
        f'<line class="middle" x1="0" x2="{WIDTH}" y1="{y(usual.middle)}" y2="{y(usual.middle)}"/>'
        f'<polyline class="line" points="{line}"/>{points}</svg>'
    )
