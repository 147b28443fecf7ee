"""Explain a figure: its postings, from the files of the report's manifest and from nothing else.

So what they add up to is what the report says, and says as long as it is kept.
"""

from kassa.archive.manifests import Manifest
from kassa.archive.report_names import document_key
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY
from kassa.core.periods import Period
from kassa.gateways import registry
from kassa.platform import aws, clock, index_pages
from kassa.platform.settings import settings
from kassa.reports.reading.figures import ExplainedFigure, FigureRequest
from kassa.reports.reading.store import absent
from kassa.reports.reading.warehouse import figure_queries, figure_rows

MANIFEST = "manifest.json"
NO_CURRENCY = {"XTS", "XXX"}  # of ISO 4217: for tests, and where there is none


def explain_figure(request: FigureRequest) -> ExplainedFigure:
    """Return a figure with a page of its postings.

    Raises InvalidRequest for a gateway or currency that there isn't, ReportNotFound where no report
    was built, ArchiveChanged where a file is no longer what the manifest says, and ArchiveTooLarge
    where the period's files don't fit.
    """
    _refuse_unknown(request)
    period = Period.named(request.period, request.day, settings().merchant_time_zone)
    key = document_key(settings().merchant_id, request.period, period.name, MANIFEST)
    manifest, offset = _manifest(key, request), _offset(request)
    request.refuse_absent(manifest.layout)
    totals, rows = figure_rows(manifest, request, offset)
    following = offset + len(rows)
    has_more = following < sum(each.postings for each in totals)
    return ExplainedFigure(
        period=request.period,
        name=manifest.period.name,
        figure=request.figure,
        is_closed=manifest.is_closed,
        is_imported=manifest.is_imported,
        totals=totals,
        postings=rows,
        manifest_key=key,
        files=len(manifest.files),
        query="\n".join(figure_queries(manifest, request)),
        has_more=has_more,
        next_cursor=index_pages.spelled(f"#{following}", request.of_list) if has_more else None,
    )


def _refuse_unknown(request: FigureRequest) -> None:
    """Refuse what no posting can have, which would read as a figure of nothing."""
    gateways = (*registry.GATEWAYS, registry.MANUAL, "kassa")
    if request.gateway is not None and request.gateway not in gateways:
        there = ", ".join(gateways)
        raise InvalidRequest(f"gateway: none is called {request.gateway}; there are {there}")
    if request.currency is not None and request.currency not in EVERY_CURRENCY - NO_CURRENCY:
        raise InvalidRequest(f"currency: {request.currency} is no currency of ISO 4217")


def _manifest(key: str, request: FigureRequest) -> Manifest:
    s3 = aws.client("s3")
    try:
        found = s3.get_object(Bucket=settings().bucket_name, Key=key)
    except s3.exceptions.NoSuchKey as error:
        raise absent(request.period, request.day, clock.now()) from error
    return stored.read_text(Manifest, found["Body"].read())


def _offset(request: FigureRequest) -> int:
    if request.cursor is None:
        return 0
    return int(index_pages.position(request.cursor, request.of_list).removeprefix("#"))
