"""The summary's page: its first screen answers, what is below it proves."""

from collections.abc import Iterator
from html import escape

from kassa.archive.report_names import UNKNOWN
from kassa.reports.breakdown.attention import WORSE
from kassa.reports.breakdown.breakdown import Breakdown
from kassa.reports.breakdown.compared import RATES, Compared
from kassa.reports.breakdown.journal import converted, corrections, invoices, ledger
from kassa.reports.breakdown.lines import AMOUNTS, Line, Lines
from kassa.reports.breakdown.localization import Texts
from kassa.reports.breakdown.normal import ATTEMPTS_MIN, LIKE_MIN, TIMES_MIN, Band
from kassa.reports.breakdown.tables import (
    LOST,
    Cell,
    Cells,
    amount_cell,
    amount_cells,
    figure_heads,
    lost,
    row,
    section,
    table,
)
from kassa.reports.charts import LOCALIZED_SINCE, step_bars
from kassa.reports.report import Report
from kassa.reports.summary.summary import CurrencySummary

DECLINED_MAX = 12  # report.csv has all of them
CAPPED = ("countries", "channels", "products")
LINES_MAX = 20  # of each of those and currency; report.csv has more
CUT_COLUMNS = {  # the tables beside that of gateways, and what heads the first column
    "methods": "method",
    "brands": "brand",
    "countries": "country",
    "channels": "channel",
    "products": "product",
}
PAID = ("gross", "share", "captures", "failed", "success_rate", "average")


def body(report: Report, found: Breakdown, texts: Texts) -> str:
    """Return what stands in the page's frame."""
    parts = [
        _first(report, found, texts),
        _totals(report, texts),
        converted(found, texts),
        _compared(found, texts),
        _gateways(found, texts),
        _cuts(found, texts),
        _places(found, texts),
        _declined(found, texts),
        _charts(report, texts),
        _elsewhere(found, texts),
        corrections(report, texts),
        ledger(report, found, texts),
        invoices(report, texts),
    ]
    return "\n".join(part for part in parts if part)


def _first(report: Report, found: Breakdown, texts: Texts) -> str:
    if not report.currencies and not found.needs:
        return f'<p class="empty">{escape(texts("first.empty"))}</p>'
    nets = "".join(_net(each, report, found, texts) for each in report.currencies)
    if found.needs:
        items = "".join(f"<li>{escape(texts.need(need))}</li>" for need in found.needs)
        needs = f"<ol>{items}</ol>"
    else:
        is_known = any(one.normal for one in found.compared)
        needs = f"<p>{escape(texts.nothing(is_known, found.findings))}</p>"
    title = escape(texts("first.needs"))
    return f'<h2>{title}</h2>{needs}{_others(report, texts)}<div class="cards">{nets}</div>'


def _others(report: Report, texts: Texts) -> str:
    """Lead to the period's other reports, which lie beside this one."""
    links = " · ".join(
        f'<a href="{name}.html">{escape(texts(f"reports.{name}"))}</a>' for name in report.others
    )
    return f'<p class="note">{escape(texts("reports.also"))} {links}</p>'


def _net(each: CurrencySummary, report: Report, found: Breakdown, texts: Texts) -> str:
    net = next(
        (one for one in found.compared if (one.currency, one.figure) == (each.currency, "net")),
        None,
    )
    payouts = texts.money(each.payouts.amount_minor, each.currency)
    lines = [texts("first.to_bank", amount=payouts), *against(net, report, found, texts)]
    below = "".join(f'<p class="soft">{escape(line)}</p>' for line in lines)
    return (
        f'<section class="card"><div><span class="currency">{escape(each.currency)}</span>'
        f'<span class="net"><small>{escape(texts("first.net"))}</small>'
        f"{escape(texts.amount(each.net.amount_minor, each.currency))}</span></div>"
        f"{below}</section>"
    )


def against(net: Compared | None, report: Report, found: Breakdown, texts: Texts) -> Iterator[str]:
    """Say where a currency's net lies."""
    if report.is_imported:
        yield texts("first.imported")
    elif net is None or net.normal is None:
        known = {"known": found.like_periods, "least": LIKE_MIN}
        yield texts("first.no_band", **known) if report.is_closed else texts("first.going_on")
    else:
        low, high = (texts.money(x, net.currency or "") for x in (net.normal.low, net.normal.high))
        usual = texts("first.usual", low=low, high=high, periods=net.normal.periods)
        yield f"{texts(f'first.{_side(net.value, net.normal)}')}: {usual}"
    earlier = (("before", net.previous), ("year", net.year_before)) if net else ()
    for name, value in earlier:
        if net and value is not None:
            yield texts(f"first.{name}", amount=texts.money(value, net.currency or ""))


def _side(value: float, band: Band) -> str:
    if band.has(value):
        return "inside"
    return "above" if value > band.high else "below"


def _totals(report: Report, texts: Texts) -> str:
    heads = [texts("columns.currency"), *figure_heads(AMOUNTS, texts)]
    rows = [
        row(each.currency, *amount_cells(_amounts(each), each.currency, texts))
        for each in report.currencies
    ]
    opened = [
        texts.money(each.opening.amount_minor, each.currency)
        for each in report.currencies
        if each.opening.postings
    ]
    note = texts("sections.opening", amounts=", ".join(opened)) if opened else ""
    content = table(heads, rows) + (f'<p class="note">{escape(note)}</p>' if note else "")
    return section(texts("sections.totals"), texts("sections.totals_note"), content if rows else "")


def _amounts(each: CurrencySummary) -> dict[str, int]:
    return {name: getattr(each, name).amount_minor for name in AMOUNTS}


def _compared(found: Breakdown, texts: Texts) -> str:
    names = ("figure", "now", "usual", "previous", "year_before")
    heads = [texts(f"columns.{name}") for name in names]
    rows = [_compared_row(one, texts) for one in found.compared if one.currency and _is_any(one)]
    note = texts("sections.compared_note", attempts=ATTEMPTS_MIN, times=TIMES_MIN, least=LIKE_MIN)
    return section(texts("sections.compared"), note, table(heads, rows))


def _is_any(one: Compared) -> bool:
    """Whether a figure ever was anything."""
    return any((one.value, one.previous, one.year_before, one.normal and one.normal.middle))


def _compared_row(one: Compared, texts: Texts) -> list[str | Cell]:
    named = f"{texts(f'columns.{one.figure}')} · {one.currency}"
    values = [_value(one, value, texts) for value in (one.value, one.previous, one.year_before)]
    return [named, Cell(values[0], "strong"), _usual(one, texts), *values[1:]]


def _usual(one: Compared, texts: Texts) -> Cell:
    if one.normal is None:
        return Cell("–", "zero")
    low, high = (_value(one, x, texts) for x in (one.normal.low, one.normal.high))
    side = _side(one.value, one.normal)
    usual = f"{low} – {high}"
    return Cell(
        usual if side == "inside" else f"{usual} · {texts(f'columns.{side}')}",
        "bad" if one.figure in WORSE else "",
    )


def _value(one: Compared, value: float | None, texts: Texts) -> str:
    if value is None:
        return "–"
    if one.figure in RATES:
        return texts.rate(max(value, 0.0))
    if one.figure == "captures" or one.currency is None:
        return texts.number(max(round(value), 0))
    return texts.amount(value, one.currency)


def _gateways(found: Breakdown, texts: Texts) -> str:
    """Show what was paid, and below it what is left of it: all in one row is no page's width."""
    paid: list[Cells] = []
    left: list[Cells] = []
    is_known = True
    for lines in found.currencies:
        for line in lines.gateways:
            amounts = line.amounts or {}
            gross = amount_cell(line.gross_minor, lines.currency, texts)
            taken = [lost(amounts[name], texts) for name in LOST]
            cells = [amount_cell(minor, lines.currency, texts) for minor in taken]
            net = amount_cell(amounts["net"], lines.currency, texts, "strong")
            name = f"{texts.gateway(line.name)} · {lines.currency}"
            paid.append((name, *_line(line, lines, texts)))
            left.append((name, gross, *cells, net))
            is_known = is_known and line.is_failing_known
    gateway, left_of = texts("columns.gateway"), ("gross", *LOST, "net")
    first = [gateway, *(texts(f"columns.{name}") for name in PAID)]
    then = [gateway, *figure_heads(left_of, texts)]
    note = "" if is_known else texts("sections.failures_note")
    return section(texts("sections.gateways"), note, table(first, paid) + table(then, left))


def _cuts(found: Breakdown, texts: Texts) -> str:
    """Show methods and brands, and where payments came from and what they were for."""
    of_cuts: dict[str, list[Cells]] = {}
    for lines in found.currencies:
        for cut, of_cut in lines.cuts.items():
            rows = of_cuts.setdefault(cut, [])
            shown = of_cut[:LINES_MAX] if cut in CAPPED else of_cut
            rows += [_cut_row(cut, line, lines, texts) for line in shown]
    heads = [texts(f"columns.{name}") for name in PAID]
    return "".join(
        section(
            texts(f"sections.{cut}"),
            texts("sections.products_note", most=LINES_MAX) if cut == "products" else "",
            table([texts(f"columns.{column}"), *heads], of_cuts.get(cut, ())),
        )
        for cut, column in CUT_COLUMNS.items()
    )


def _cut_row(cut: str, line: Line, lines: Lines, texts: Texts) -> Cells:
    return (f"{texts.line(cut, line.name)} · {lines.currency}", *_line(line, lines, texts))


def _elsewhere(found: Breakdown, texts: Texts) -> str:
    """Say what isn't here, and where it is."""
    is_placed = any(lines.countries is not None for lines in found.currencies)
    unknown = "" if is_placed else f"{texts('sections.unknown_note')} "
    return f'<p class="note">{escape(unknown + texts("sections.receivables"))}</p>'


def _line(line: Line, lines: Lines, texts: Texts) -> list[str | Cell]:
    share, rate = line.share, line.success_rate
    mean = line.average_minor
    currency = lines.currency
    return [
        amount_cell(line.gross_minor, currency, texts),
        "–" if share is None else texts.rate(share),
        texts.number(line.captures),
        texts.number(line.failed) if line.is_failing_known else "–",
        "–" if rate is None else texts.rate(rate),
        "–" if mean is None else texts.amount(mean, currency),
    ]


def _places(found: Breakdown, texts: Texts) -> str:
    """Show how each method does at each gateway, over all currencies."""
    heads = [texts(f"columns.{name}") for name in ("method", "captures", "failure_rate", "usual")]
    by_place: dict[tuple[str, str], dict[str, Compared]] = {}
    for one in found.compared:
        if one.gateway:
            by_place.setdefault((one.gateway, one.method or UNKNOWN), {})[one.figure] = one
    rows = []
    for (gateway, method), figures in by_place.items():
        captures, rate = figures.get("captures"), figures.get("failure_rate")
        rows.append(
            (
                f"{texts.name('methods', method)} · {texts.gateway(gateway)}",
                _value(captures, captures.value, texts) if captures else "–",
                _value(rate, rate.value, texts) if rate else "–",
                _usual(rate, texts) if rate else "–",
            )
        )
    return section(texts("sections.places"), "", table(heads, rows))


def _declined(found: Breakdown, texts: Texts) -> str:
    names = ("reason", "attempts", "gateway", "code", "action")
    heads = [texts(f"columns.{name}") for name in names]
    rows = [
        (
            one.reason.replace("_", " "),
            texts.number(one.attempts),
            texts.gateway(one.gateway),
            one.code,
            Cell(texts.name("actions", one.action or "none"), "words"),
        )
        for one in found.declined[:DECLINED_MAX]
    ]
    return section(texts("sections.declined"), texts("sections.declined_note"), table(heads, rows))


def _charts(report: Report, texts: Texts) -> str:
    localized = texts if report.layout >= LOCALIZED_SINCE else None
    charts = "".join(
        f'<section class="card"><div><span class="currency">{escape(each.currency)}</span></div>'
        f"{step_bars(each, report.period, localized)}</section>"
        for each in report.currencies
        if any(each.steps)
    )
    return section(texts("sections.chart"), "", charts and f'<div class="cards">{charts}</div>')
