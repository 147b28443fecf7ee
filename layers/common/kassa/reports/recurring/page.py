"""The page of recurring revenue: what it is, what moved it, and by which rules it is counted."""

from collections.abc import Iterator, Sequence
from html import escape

from kassa.archive.manifests import Manifest
from kassa.core.money_texts import compact
from kassa.reports.breakdown.tables import Cell, row, section, table
from kassa.reports.localization import Texts
from kassa.reports.recurring.intervals import is_known
from kassa.reports.recurring.report import SUBSCRIBERS_MIN, Closing, Recurring

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 150, 56, 12, 24  # of the chart's viewBox
INTERVALS = ("P1W", "P1M", "P3M", "P6M", "P1Y", "unsaid")
RULES = (
    *("mrr", "interval", "new", "expansion", "churn", "reactivation"),
    *("refunds", "late", "agreements", "people", "rates"),
)


def headlines(found: Sequence[Recurring], texts: Texts) -> list[str]:
    """Return what is said first of each currency."""
    return [_headline(each, texts) for each in found] or [texts("first.none")]


def _headline(each: Recurring, texts: Texts) -> str:
    change = each.closing_minor - each.opening_minor
    key = "first.more" if change > 0 else "first.less" if change < 0 else "first.same"
    return texts(
        key,
        mrr=texts.money(each.closing_minor, each.currency),
        change=texts.money(abs(change), each.currency),
        customers=texts.number(each.customers),
    )


def page(manifest: Manifest, found: Sequence[Recurring], texts: Texts) -> str:
    """Return the report's part of the page; everything from outside is escaped."""
    first = "".join(f"<li>{escape(line)}</li>" for line in headlines(found, texts))
    imported = f'<p class="note">{escape(texts("notes.imported"))}</p>'
    parts = [f"<ol>{first}</ol>", imported if manifest.is_imported else ""]
    parts += [part for each in found for part in _currency(each, texts)]
    return "\n".join([*parts, _rules(texts)])


def _currency(each: Recurring, texts: Texts) -> Iterator[str]:
    heads = [texts(f"columns.{name}") for name in ("movement", "mrr", "customers")]
    rows = [
        row(
            texts(f"movements.{one.movement}"),
            _money(one.mrr_minor, each, texts),
            texts.number(one.customers),
        )
        for one in each.movements
    ]
    ends = {"opening": each.opening_customers, "closing": each.customers}
    opening, closing = (
        row(
            texts(f"movements.{name}"),
            texts.amount(getattr(each, f"{name}_minor"), each.currency),
            texts.number(customers),
        )
        for name, customers in ends.items()
    )
    moved = _narrow(table(heads, [opening, *rows], [closing]))
    yield section(texts("sections.movements", currency=each.currency), _notes(each, texts), moved)
    yield _chart(each, texts)
    yield section(texts("sections.rates"), "", _rates(each, texts))
    yield section(texts("sections.intervals"), "", _intervals(each, texts))


def _money(minor: int, each: Recurring, texts: Texts) -> Cell:
    kind = "bad" if minor < 0 else "good" if minor else "zero"
    return Cell(texts.amount(minor, each.currency), kind)


def _notes(each: Recurring, texts: Texts) -> str:
    shown = []
    if each.assumed_minor:
        amount = texts.money(each.assumed_minor, each.currency)
        shown.append(texts("notes.assumed", amount=amount))
    if each.unassigned_payments:
        amount = texts.money(each.unassigned_minor, each.currency)
        count = texts.number(each.unassigned_payments)
        shown.append(texts("notes.unassigned", count=count, amount=amount))
    return " ".join(shown)


def _rates(each: Recurring, texts: Texts) -> str:
    rates = {
        "customer_churn": each.customer_churn,
        "revenue_churn": each.revenue_churn,
        "net_retention": each.net_retention,
    }
    few = texts("rates.too_few", least=SUBSCRIBERS_MIN)
    shown = {name: few if rate is None else texts.rate(rate) for name, rate in rates.items()}
    average = texts.money(each.each_minor, each.currency) if each.each_minor is not None else "–"
    rows = [row(texts(f"rates.{name}"), Cell(text, "words")) for name, text in shown.items()]
    rows.append(row(texts("rates.each"), average))
    return table([texts("columns.rate"), texts("columns.value")], rows)


def _intervals(each: Recurring, texts: Texts) -> str:
    heads = [texts(f"columns.{name}") for name in ("interval", "mrr", "share")]
    rows = [
        row(
            _interval(one.interval, texts),
            texts.amount(one.mrr_minor, each.currency),
            texts.rate(one.mrr_minor / each.closing_minor) if each.closing_minor else "–",
        )
        for one in each.by_interval
    ]
    return _narrow(table(heads, rows))


def _interval(interval: str, texts: Texts) -> str:
    """Return what an interval is called; one that is seldom stands as ISO 8601 writes it."""
    name = interval if is_known(interval) else "unsaid"
    return texts(f"intervals.{name}") if name in INTERVALS else name


def _narrow(listed: str) -> str:
    """Return a table of three short columns as one on a phone, too."""
    return listed.replace('<table class="stack">', "<table>")


def _chart(each: Recurring, texts: Texts) -> str:
    """Draw the ends of the months as bars; the last one is this month's."""
    high = max([1, *(one.mrr_minor for one in each.past)])
    step, room = (WIDTH - LEFT) / len(each.past), HEIGHT - TOP - BOTTOM
    bars = "".join(
        _bar(one, LEFT + n * step, (step, room * one.mrr_minor / high), each, texts)
        for n, one in enumerate(each.past)
    )
    base = HEIGHT - BOTTOM
    first, last = (f"{one.on:%Y-%m}" for one in (each.past[0], each.past[-1]))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' style="max-width:620px;margin-top:14px">'
        f"<title>{escape(texts('sections.past'))}</title>"
        f'<line class="base" x1="{LEFT}" x2="{WIDTH}" y1="{base}" y2="{base}"/>'
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{TOP}" y2="{TOP}"/>'
        f'<text x="{LEFT - 6}" y="{TOP + 5}" text-anchor="end">'
        f"{escape(compact(high, each.currency))}</text>{bars}"
        f'<text x="{LEFT}" y="{HEIGHT - 6}">{first}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{last}</text></svg>'
    )


def _bar(
    one: Closing, left: float, size: tuple[float, float], each: Recurring, texts: Texts
) -> str:
    step, height = size
    title = f"{one.on}: {texts.money(one.mrr_minor, each.currency)}"
    return (
        f"<g><title>{escape(title)}</title>"
        f'<rect class="bar" x="{left + step * 0.14:.2f}" y="{HEIGHT - BOTTOM - height:.2f}"'
        f' width="{step * 0.72:.2f}" height="{height:.2f}"/></g>'
    )


def _rules(texts: Texts) -> str:
    """Print each definition, so that nobody has to guess what a figure is."""
    rows = [(texts(f"names.{name}"), texts(f"rules.{name}")) for name in RULES]
    shown = "".join(f"<p><b>{escape(name)}</b>: {escape(rule)}</p>" for name, rule in rows)
    return f"<h2>{escape(texts('sections.rules'))}</h2>{shown}"
