"""The forecast's documents: a page, rows for spreadsheets, and JSON."""

import io
import json
from html import escape

from kassa.archive.manifests import Manifest
from kassa.core.csv_rows import csv_writer
from kassa.core.money import Money, to_decimal
from kassa.core.money_texts import written
from kassa.reports.forecast.chart import week_bars
from kassa.reports.forecast.forecast import COVERAGE, WeekAhead
from kassa.reports.forecast.report import WORDS, ForecastReport, Line, headlines, how_far_off
from kassa.reports.frame import framed

DOCUMENTS = ("forecast.html", "forecast.csv", "forecast.json")
TITLE = "Forecast"
_COLUMNS = (
    *("currency", "figure", "week_from", "week_to", "expected", "low", "high"),
    *("expected_minor", "low_minor", "high_minor", "error_ratio"),
)
_NOTE = (
    f"An estimate from the days before, not from what anybody plans: in {COVERAGE:.0%} of weeks"
    " what happens should lie within the band. A holiday or a sale that no earlier week had isn't"
    " in it."
)


def documents(manifest: Manifest, report: ForecastReport) -> dict[str, bytes]:
    """Return every document of a forecast; the same forecast gives the same bytes."""
    return {
        "forecast.html": framed(manifest, TITLE, _page(report), _NOTE).encode(),
        "forecast.csv": _csv(report).encode(),
        "forecast.json": _json(manifest, report).encode(),
    }


def _json(manifest: Manifest, report: ForecastReport) -> str:
    content = {
        "title": f"{TITLE} after {manifest.period.name}",
        "headlines": headlines(report),
        "coverage": COVERAGE,
        **report.model_dump(mode="json"),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _csv(report: ForecastReport) -> str:
    text = io.StringIO()
    write = csv_writer(text)
    write(_COLUMNS)
    for line in report.lines:
        for week in line.forecast.weeks if line.forecast else ():
            amounts = (week.expected_minor, week.low_minor, week.high_minor)
            first, last = map(str, report.week_of(week.number))
            decimals = [
                str(to_decimal(Money(amount_minor=one, currency=line.currency))) for one in amounts
            ]
            ratio = line.forecast.error_ratio if line.forecast else None
            write((line.currency, line.figure, first, last, *decimals, *amounts, ratio))
    return text.getvalue()


def _page(report: ForecastReport) -> str:
    first = "".join(f"<p>{escape(one)}</p>" for one in headlines(report))
    cards = "".join(_card(report, line) for line in report.lines if line.forecast)
    return f'<h2>Weeks to come</h2>{first}<div class="cards">{cards}</div>'


def _card(report: ForecastReport, line: Line) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Week", "Expected", "Low", "High"))
    weeks = line.forecast.weeks if line.forecast else ()
    rows = "".join(_row(report, line.currency, week) for week in weeks)
    return (
        f'<section class="card"><div><span class="currency">{line.currency}</span>'
        f'<span class="net"><small>{WORDS[line.figure]}</small></span></div>'
        f"{week_bars(report, line)}"
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f'</div><p class="note">{escape(how_far_off(line))}</p></section>'
    )


def _row(report: ForecastReport, currency: str, week: WeekAhead) -> str:
    first, last = report.week_of(week.number)
    cells = "".join(
        f"<td>{written(one, currency)}</td>"
        for one in (week.expected_minor, week.low_minor, week.high_minor)
    )
    return f"<tr><td>{first.day} {first:%b} to {last.day} {last:%b}</td>{cells}</tr>"
