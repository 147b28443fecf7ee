"""Make the report of customers from what is kept of each, whoever paid and whenever."""

from datetime import date
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.archive.report_names import ReportName, kinds_of
from kassa.reports.content import Content, Source
from kassa.reports.customers.documents import DOCUMENTS, documents
from kassa.reports.customers.read_customers import customer_rows, ends_on
from kassa.reports.customers.receivables import owed_in
from kassa.reports.customers.report import Counted, customers_of
from kassa.reports.customers.store import inputs

QUERIES = Path(__file__).with_name("queries")


def build_customers(source: Source) -> dict[str, bytes]:
    """Return the report's documents."""
    with customer_rows(source) as connection:
        counted = count_customers(connection, ends_on(source.manifest))
    return documents(source.manifest, customers_of(counted), owed_in(source.manifest))


def count_customers(connection: Any, last: date) -> Counted:
    """Read off what is kept of customers what there is to say of them on a day."""
    warehouse.set_variables(connection, year_from=year_from(last))
    for name in ("people", "silent"):
        warehouse.run_file(connection, QUERIES / f"{name}.sql")
    cuts = _rows(connection, "cuts")
    names = ("cut_currencies", "days", "times", "minor")
    columns = {name: [row[n] for row in cuts] for n, name in enumerate(names)}
    warehouse.set_variables(connection, **columns)
    return Counted(
        ends_on=last,
        totals=_rows(connection, "totals"),
        worth=_rows(connection, "worth"),
        cohorts=_rows(connection, "cohorts"),
        scores=_rows(connection, "scores") if cuts else (),
        risks=_rows(connection, "risks"),
        at_risk=_rows(connection, "at_risk"),
    )


def year_from(last: date) -> date:
    """Return the first day of the twelve calendar months that end with a day's."""
    months = last.year * 12 + last.month - 12
    return date(months // 12, months % 12 + 1, 1)


def _rows(connection: Any, name: str) -> list[tuple[Any, ...]]:
    return warehouse.fetched_file(connection, QUERIES / f"{name}.sql")


CUSTOMERS = Content(
    DOCUMENTS,
    build_customers,
    inputs=inputs,
    since=4,
    kinds=kinds_of(ReportName.CUSTOMERS),
    reads_customers=True,
)
