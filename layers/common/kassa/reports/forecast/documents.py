"""The forecast's documents: a page, rows for spreadsheets, and JSON."""

import io
import json
from html import escape

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import PLAIN
from kassa.core.csv_rows import csv_writer
from kassa.core.money import Money, to_decimal
from kassa.reports.forecast.chart import week_bars
from kassa.reports.forecast.forecast import COVERAGE, WeekAhead
from kassa.reports.forecast.report import TEXTS, ForecastReport, Line, headlines, how_far_off
from kassa.reports.frame import framed_in
from kassa.reports.localization import Texts, language_in

DOCUMENTS = ("forecast.html", "forecast.csv", "forecast.json")
_COLUMNS = (
    *("currency", "figure", "week_from", "week_to", "expected", "low", "high"),
    *("expected_minor", "low_minor", "high_minor", "error_ratio"),
)


def documents(manifest: Manifest, report: ForecastReport) -> dict[str, bytes]:
    """Return every document of a forecast; the same forecast gives the same bytes."""
    texts = Texts(language_in(manifest), TEXTS)
    note = texts("frame.note", coverage=texts.share(COVERAGE, 0))
    return {
        "forecast.html": framed_in(texts, manifest, _page(report, texts), note).encode(),
        "forecast.csv": _csv(manifest, report).encode(),
        "forecast.json": _json(manifest, report, texts).encode(),
    }


def _json(manifest: Manifest, report: ForecastReport, texts: Texts) -> str:
    content = {
        "title": texts("forecast.title", name=manifest.period.name),
        "headlines": headlines(report, texts),
        "coverage": COVERAGE,
        **report.model_dump(mode="json"),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _csv(manifest: Manifest, report: ForecastReport) -> str:
    text = io.StringIO()
    write = csv_writer(text, is_plain=manifest.layout >= PLAIN)
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


def _page(report: ForecastReport, texts: Texts) -> str:
    first = "".join(f"<p>{escape(one)}</p>" for one in headlines(report, texts))
    cards = "".join(_card(report, line, texts) for line in report.lines if line.forecast)
    title = escape(texts("forecast.weeks"))
    return f'<h2>{title}</h2>{first}<div class="cards">{cards}</div>'


def _card(report: ForecastReport, line: Line, texts: Texts) -> str:
    heads = "".join(
        f'<th scope="col">{escape(texts(f"columns.{name}"))}</th>'
        for name in ("week", "expected", "low", "high")
    )
    weeks = line.forecast.weeks if line.forecast else ()
    rows = "".join(_row(report, line.currency, week, texts) for week in weeks)
    figure = escape(texts(f"figures.{line.figure}"))
    return (
        f'<section class="card"><div><span class="currency">{line.currency}</span>'
        f'<span class="net"><small>{figure}</small></span></div>'
        f"{week_bars(report, line, texts)}"
        f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        f'</div><p class="note">{escape(how_far_off(line, texts))}</p></section>'
    )


def _row(report: ForecastReport, currency: str, week: WeekAhead, texts: Texts) -> str:
    first, last = map(texts.brief, report.week_of(week.number))
    cells = "".join(
        f"<td>{texts.amount(one, currency)}</td>"
        for one in (week.expected_minor, week.low_minor, week.high_minor)
    )
    return f"<tr><td>{texts('forecast.week', first=first, last=last)}</td>{cells}</tr>"
