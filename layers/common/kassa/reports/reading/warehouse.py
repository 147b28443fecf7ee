"""The rows that a figure is made of: chosen by queries over the files of the report's manifest."""

import tempfile
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import Manifest
from kassa.reports.fees.report import Entered
from kassa.reports.fees.warehouse import charges_sql
from kassa.reports.reading.figures import (
    CHARGED,
    FAILED,
    FigurePosting,
    FigureRequest,
    FigureTotal,
    literals,
)

QUERIES = Path(__file__).with_name("queries")
_CAPTURE = "gateway, account, subject_id, object_id"


def figure_queries(manifest: Manifest, request: FigureRequest) -> list[str]:
    """Return the queries that choose a figure's rows, as they are run, one after the other."""
    if request.figure == FAILED:
        chosen = [_sql("explained_failures")]
    elif request.figure == CHARGED:
        chosen = [charges_sql(Entered.of(manifest).country), _sql("explained_charges")]
    else:
        chosen = [_sql("explained", **literals(request.figure))]
    return [*chosen, _sql("narrowed")] if _source(request) == "narrowed" else chosen


def figure_rows(
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
                warehouse.run(connection, "descriptions", facts="facts", of=_CAPTURE)
            for query in figure_queries(manifest, request):
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
