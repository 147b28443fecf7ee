"""Documents of a report that is written from texts: a page, rows for spreadsheets, JSON."""

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import PLAIN, ReportName, document_of
from kassa.core.csv_rows import Cell, csv_writer
from kassa.reports.frame import framed_in, status_name
from kassa.reports.localization import Texts

HEAD = ("period", "time_zone", "status")
WRITTEN_AS = ("html", "csv", "json")


class Texted(NamedTuple):
    """What a report says, in each way it is written."""

    body: str  # HTML
    headlines: Sequence[str]
    content: dict[str, Any]  # beside the title and the headlines
    columns: Sequence[str]
    rows: Iterable[Iterable[Cell]]


def documents_of(report: ReportName) -> tuple[str, ...]:
    """Return the names of a report's documents."""
    return tuple(document_of(report, one) for one in WRITTEN_AS)


def texted(report: ReportName, manifest: Manifest, texts: Texts, found: Texted) -> dict[str, bytes]:
    """Return every document; the same report gives the same bytes."""
    made = (
        framed_in(texts, manifest, found.body),
        _csv(manifest, found),
        _json(manifest, texts, found),
    )
    names = documents_of(report)
    return {name: text.encode() for name, text in zip(names, made, strict=True)}


def _csv(manifest: Manifest, found: Texted) -> str:
    text, period = io.StringIO(), manifest.period
    write = csv_writer(text, is_plain=manifest.layout >= PLAIN)
    write((*HEAD, *found.columns))
    head = (period.name, period.time_zone, status_name(manifest))
    for row in found.rows:
        write((*head, *row))
    return text.getvalue()


def _json(manifest: Manifest, texts: Texts, found: Texted) -> str:
    content = {
        "title": f"{texts('frame.title')}: {manifest.period.name}",
        "headlines": list(found.headlines),
        "language": texts.language,
        "merchant_id": manifest.merchant_id,
        "period": manifest.period.model_dump(mode="json"),
        "is_closed": manifest.is_closed,
        "manifest": "manifest.json",
        **found.content,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
