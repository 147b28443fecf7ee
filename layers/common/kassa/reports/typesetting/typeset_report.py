"""Typeset a period's reports as one PDF: once when they are closed, on request before.

It is made of the report's pages as they stand, so it says what they say. A fact that comes twice
finds the PDF noted; one that comes before its report is finished, or while another run is storing
the PDF, comes back.
"""

import hashlib
from pathlib import Path

import typst

from kassa.archive.manifests import ReportRun
from kassa.archive.report_names import PDF, ReportName, document_of
from kassa.billing.typeset.engine import ARCHIVED, FONT_PACKAGES, typesetter
from kassa.core.errors import ReportNotFound, StaleWrite
from kassa.core.facts import Fact
from kassa.core.model import Model
from kassa.core.periods import PeriodKind
from kassa.deliveries.facts import ReportClosed
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger
from kassa.reports.typesetting import store
from kassa.reports.typesetting.page import read_page
from kassa.reports.typesetting.sheet import Source, sheet_of
from kassa.reports.typesetting.store import Place

LAYOUTS = Path(__file__).with_name("layouts")


class Typeset(Model):
    """Where a report's PDF stands."""

    period: PeriodKind
    day: str  # or which week or month
    is_closed: bool
    key: str


def typeset_closed(body: str) -> Typeset:
    """Typeset the report whose `ReportClosed` stands in a message of the bus."""
    closed = event_bus.read_fact(Fact[ReportClosed], body).data
    kind = PeriodKind(closed.period)
    return typeset_report(kind, closed.object_id.removeprefix(f"report-{kind}-"))


def typeset_report(kind: PeriodKind, period: str) -> Typeset:
    """Typeset the report of the period with a name, unless a closed one's PDF stands.

    Raises ReportNotFound where none was built, ArchiveChanged where a closed one's pages aren't
    those it was closed with, and StaleWrite while it is being built or another PDF came first.
    """
    place = Place(settings().merchant_id, kind, period)
    run = store.run_of(place)
    if run is not None and not run.is_finished:
        raise StaleWrite(f"the {kind} report of {period} is being built")
    if run is None or run.pdf_sha256 is None:
        _typeset(place, run)
    return Typeset(period=kind, day=period, is_closed=run is not None, key=place.key(PDF))


def _typeset(place: Place, run: ReportRun | None) -> None:
    mark = store.mark_of(place)
    pdf = _pdf(place, run)
    if run is None and store.run_of(place) is not None:
        raise StaleWrite("the report was closed meanwhile")
    store.replace(place, pdf, mark)
    if run is not None:
        store.note_pdf(place, pdf)
    logger.info("report typeset", day=place.period, is_closed=run is not None, size=len(pdf))


def _pdf(place: Place, run: ReportRun | None) -> bytes:
    """Return the PDF, whose date is its manifest's: the same pages give the same bytes."""
    manifest, pages = store.manifest_of(place, run), store.pages_of(place, run)
    if manifest is None or ReportName.SUMMARY not in pages:
        raise ReportNotFound(f"no {place.kind} report of {place.period} was built")
    sources = [
        Source(document_of(name, "html"), hashlib.sha256(body).hexdigest())
        for name, body in pages.items()
    ]
    sheet = sheet_of({name: read_page(body) for name, body in pages.items()}, sources)
    machine = typesetter(LAYOUTS, FONT_PACKAGES)
    inputs = {"data": machine.as_json(sheet)}
    try:
        return machine.pdf("report.typ", inputs, manifest.built_at.date())
    except typst.TypstError:  # marks above letters, in a chart's Thai labels, have no text
        return machine.pdf("report.typ", inputs, manifest.built_at.date(), ARCHIVED)
