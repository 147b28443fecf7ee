"""Make the report of customers from what is kept of each, whoever paid and whenever."""

from datetime import date
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.reports.content import Content, Source
from kassa.reports.customers.documents import DOCUMENTS, documents
from kassa.reports.customers.read_customers import customer_rows, ends_on
from kassa.reports.customers.report import Counted, customers_of
from kassa.reports.names import ReportName, kinds_of

QUERIES = Path(__file__).with_name("queries")


def build_customers(source: Source) -> dict[str, bytes]:
    """Return the report's documents."""
    with customer_rows(source) as connection:
        counted = count_customers(connection, ends_on(source.manifest))
    return documents(source.manifest, customers_of(counted))


def count_customers(connection: Any, last: date) -> Counted:
    """Read off what is kept of customers what there is to say of them on a day."""
    _set(connection, year_from=year_from(last))
    _run(connection, "people")
    _run(connection, "silent")
    cuts = _rows(connection, "cuts")
    names = ("cut_currencies", "days", "times", "minor")
    columns = {name: [row[n] for row in cuts] for n, name in enumerate(names)}
    _set(connection, **columns)
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


def _set(connection: Any, **variables: Any) -> None:
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})


def _rows(connection: Any, name: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = _run(connection, name).fetchall()
    return rows


def _run(connection: Any, name: str) -> Any:
    return warehouse.run_file(connection, QUERIES / f"{name}.sql")


CUSTOMERS = Content(
    DOCUMENTS,
    build_customers,
    since=4,
    kinds=kinds_of(ReportName.CUSTOMERS),
    reads_customers=True,
)
