"""Lists of the reports that were built, with links to their documents.

What was built stands in the bucket, by kind of period and by name; whether it is closed says its
run record. A period since the books began that
ended long enough ago and has neither is listed as missing.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal, NamedTuple

from kassa.archive import runs as report_runs
from kassa.archive.manifests import ReportRun
from kassa.archive.report_names import PDF, document_key
from kassa.core.errors import ReportNotFound
from kassa.core.model import Model
from kassa.core.periods import Calendar, Period, PeriodKind
from kassa.platform import aws, clock, documents, index_pages
from kassa.platform.index_pages import PAGE_MAX, Page, PageRequest
from kassa.platform.settings import settings
from kassa.reports.reading.progress_store import BuildProgress, read_progress
from kassa.reports.reading.store import absent

LOOKED_BACK = 31  # periods in which one that is missing is looked for
_UNBOUNDED = "~"  # sorts after every day

ReportState = Literal["closed", "building", "preliminary", "imported", "missing"]


class ReportDocument(Model):
    """One document of a report."""

    name: str
    url: str  # opens it for five minutes, for whoever has it


class ListedReport(Model):
    """One report, with what there is of it."""

    period: PeriodKind
    name: str
    first_day: date
    last_day: date
    state: ReportState
    documents: tuple[ReportDocument, ...]
    progress: BuildProgress | None = None  # while it is being built, and that takes a while


class ReportPage(Page):
    """Some reports, newest first."""

    reports: tuple[ListedReport, ...]


class Merchants(NamedTuple):
    """Whose reports, and how they divide time."""

    merchant_id: str
    calendar: Calendar


def listed(kind: PeriodKind, request: PageRequest, now: datetime) -> ReportPage:
    """Return a page of the reports of one kind of period."""
    merchant, limit = _merchant(), min(request.limit, PAGE_MAX)
    of_list = f"reports {merchant.merchant_id} {kind}"
    before = index_pages.position(request.cursor, of_list) if request.cursor else _UNBOUNDED
    zone = merchant.calendar.time_zone
    built = {Period.named(kind, name, zone) for name in _names(merchant.merchant_id, kind)}
    begun_on = report_runs.begun_on(merchant.calendar, now)
    is_looked_for = built and kind is not PeriodKind.WINDOW  # which nobody misses
    closed = merchant.calendar.closed(kind, now, LOOKED_BACK) if is_looked_for else ()
    every = {_place(one): one for one in built}
    every |= {_place(one): one for one in closed if one.days[-1] >= begun_on}
    left = sorted((place for place in every if place < before), reverse=True)
    periods, has_more = [every[place] for place in left[:limit]], len(left) > limit
    next_cursor = index_pages.spelled(left[limit - 1], of_list) if has_more else None
    runs = report_runs.named(merchant.merchant_id, [one.name for one in periods], kind)
    names = {one.name for one in built}
    return ReportPage(
        reports=tuple(
            _listed(one, runs.get(one.name), begun_on if one.name in names else None)
            for one in periods
        ),
        has_more=has_more,
        next_cursor=next_cursor,
    )


def named(kind: PeriodKind, name: str) -> ListedReport:
    """Return one report; raise ReportNotFound while there is nothing of it to be read."""
    merchant = _merchant()
    period = Period.named(kind, name, merchant.calendar.time_zone)
    run = report_runs.named(merchant.merchant_id, [name], kind).get(name)
    found = _listed(period, run, report_runs.begun_on(merchant.calendar, clock.now()))
    if found.documents:
        return found
    if run is not None:
        raise ReportNotFound(
            f"the {kind} report of {name} is being built: ask again in a minute;"
            f" 'kassa report {kind} {name}' finishes one that was left"
        )
    raise absent(kind, name, clock.now())


def standing(period: Period, now: datetime) -> ListedReport:
    """Return how a period's report stands, also where nothing stands of it yet."""
    merchant = _merchant()
    run = report_runs.named(merchant.merchant_id, [period.name], period.kind).get(period.name)
    begun_on = report_runs.begun_on(merchant.calendar, now)
    found = _listed(period, run, begun_on)
    progress = read_progress(merchant.merchant_id, period.kind, period.name, now)
    if progress is not None:
        return found.model_copy(update={"state": "building", "progress": progress})
    is_absent = run is None and not found.documents
    return found.model_copy(update={"state": "missing"}) if is_absent else found


def _place(period: Period) -> str:
    """Return what periods of a kind are listed by: several windows may share their first day."""
    return f"#{period.name if period.last else period.day}"


def _listed(period: Period, run: ReportRun | None, begun_on: date | None) -> ListedReport:
    """Return a report with its documents; `begun_on` is where the books begin, if it was built."""
    merchant_id = _merchant().merchant_id
    if run is not None and run.is_finished:
        pdf = [PDF] if run.pdf_sha256 is not None else []
        names: Iterable[str] = sorted([*run.digests, *pdf])
    else:
        names = _documents(merchant_id, period) if begun_on and run is None else ()
    return ListedReport(
        period=period.kind,
        name=period.name,
        first_day=period.day,
        last_day=period.days[-1],
        state=_state(run, period, begun_on),
        documents=tuple(
            ReportDocument(
                name=name,
                url=documents.link(document_key(merchant_id, period.kind, period.name, name)),
            )
            for name in names
        ),
    )


def _state(run: ReportRun | None, period: Period, begun_on: date | None) -> ReportState:
    if run is not None:
        return "closed" if run.is_finished else "building"
    if begun_on is None:
        return "missing"
    return "imported" if period.days[-1] < begun_on else "preliminary"


def _names(merchant_id: str, kind: PeriodKind) -> Iterator[str]:
    """Return what reports of a kind are called that something stands of."""
    prefix = f"reports/{merchant_id}/{kind}/"
    for page in _pages(prefix, Delimiter="/"):
        yield from (one["Prefix"].split("/")[-2] for one in page.get("CommonPrefixes", []))


def _documents(merchant_id: str, period: Period) -> list[str]:
    """Return the documents of a report that isn't closed."""
    prefix = document_key(merchant_id, period.kind, period.name, "")
    pages = _pages(prefix, Delimiter="/")
    return [one["Key"].removeprefix(prefix) for page in pages for one in page.get("Contents", [])]


def _pages(prefix: str, **more: str) -> Iterator[dict[str, list[dict[str, str]]]]:
    lists = aws.client("s3").get_paginator("list_objects_v2")
    yield from lists.paginate(Bucket=settings().bucket_name, Prefix=prefix, **more)


def _merchant() -> Merchants:
    known = settings()
    calendar = Calendar(known.merchant_time_zone, known.week_starts_on, known.month_starts_on)
    return Merchants(known.merchant_id, calendar)
