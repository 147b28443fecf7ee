"""Explain a figure: its postings, from the files of the report's manifest and from nothing else.

So what they add up to is what the report says, and says as long as it is kept.
"""

import tempfile
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import Manifest
from kassa.archive.report_names import document_key
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY
from kassa.core.periods import Period
from kassa.gateways import registry
from kassa.platform import aws, clock, index_pages
from kassa.platform.settings import settings
from kassa.reports.fees.report import Entered
from kassa.reports.fees.warehouse import charges_sql
from kassa.reports.reading.figures import (
    CHARGED,
    ExplainedFigure,
    FigurePosting,
    FigureRequest,
    FigureTotal,
    literals,
)
from kassa.reports.reading.store import absent

MANIFEST = "manifest.json"
NO_CURRENCY = {"XTS", "XXX"}  # of ISO 4217: for tests, and where there is none
QUERIES = Path(__file__).with_name("queries")


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
    totals, rows = _postings(manifest, request, offset)
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
        query="\n".join(_queries(manifest, request)),
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


def _queries(manifest: Manifest, request: FigureRequest) -> list[str]:
    """Return the queries that choose the postings, as they are run, one after the other."""
    match request.figure:
        case "failed":
            chosen = [_sql("explained_failures")]
        case "charged":
            chosen = [charges_sql(Entered.of(manifest).country), _sql("explained_charges")]
        case _:
            chosen = [_sql("explained", **literals(request.figure))]
    return [*chosen, _sql("narrowed")] if _source(request) == "narrowed" else chosen


def _postings(
    manifest: Manifest, request: FigureRequest, offset: int
) -> tuple[tuple[FigureTotal, ...], tuple[FigurePosting, ...]]:
    """Return what all of a figure's postings add up to, and a page of them."""
    source = _source(request)
    with tempfile.TemporaryDirectory() as path:
        paths = FactFolder(Path(path)).paths(manifest.files)
        with warehouse.chosen(paths, manifest.period, manifest.merchant_id) as connection:
            for name, value in request.variables(manifest.layout).items():
                connection.execute(f"SET VARIABLE {name} = $value::VARCHAR", {"value": value})
            if source == "narrowed":
                warehouse.run(connection, "descriptions")
            for query in _queries(manifest, request):
                connection.execute(query)
            sums = _run(connection, "explained_totals", source=source).fetchall()
            limits = {"limit": str(request.limit), "offset": str(offset), "source": source}
            rows = _run(connection, "explained_page", **limits).fetchall()
    totals = (FigureTotal(currency=name, amount_minor=a, postings=n) for name, a, n in sums)
    return tuple(totals), tuple(map(FigurePosting.of, rows))


def _source(request: FigureRequest) -> str:
    """Return what the rows are read from: lines of the breakdown take a step more."""
    return "narrowed" if request.line and request.figure != CHARGED else "explained"


def _run(connection: Any, name: str, **literals: str) -> Any:
    return connection.execute(_sql(name, **literals))


def _sql(name: str, **literals: str) -> str:
    return warehouse.sql_of(QUERIES / f"{name}.sql", **literals)


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
