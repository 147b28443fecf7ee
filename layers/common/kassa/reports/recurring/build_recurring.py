"""Make the report of recurring revenue from what is kept of customers, agreement by agreement."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.archive.report_names import LAYOUT, ReportName, kinds_of
from kassa.core.periods import DAY, Period
from kassa.reports.breakdown.normal import previous
from kassa.reports.content import Content, Source
from kassa.reports.customers.read_customers import customer_rows, ends_on
from kassa.reports.recurring.documents import DOCUMENTS, documents
from kassa.reports.recurring.intervals import Interval
from kassa.reports.recurring.report import Counted, Moved, Movement, Total, recurring_of

QUERIES = Path(__file__).with_name("queries")
BY_PAYMENT = 5  # the first layout that knows which payment was taken back
MONTHS = 12  # before the period, whose ends are shown


def build_recurring(source: Source) -> dict[str, bytes]:
    """Return the report's documents."""
    with customer_rows(source) as connection:
        closings = closings_of(source.manifest.period, ends_on(source.manifest))
        counted = count_recurring(connection, closings, source.manifest.layout)
    return documents(source.manifest, recurring_of(counted))


def count_recurring(connection: Any, closings: tuple[date, ...], layout: int = LAYOUT) -> Counted:
    """Read off what is kept of customers what recurs at the end of each of some days."""
    by = "" if layout >= BY_PAYMENT else "_by_day"
    warehouse.run_file(connection, QUERIES / f"renewals{by}.sql")
    _set_coverage(connection, closings)
    warehouse.run_file(connection, QUERIES / f"standing{by}.sql")
    return Counted(
        closings=closings,
        totals=tuple(Total(*row) for row in _rows(connection, "totals")),
        subscribers=tuple(_rows(connection, "subscribers")),
        moved=tuple(
            Moved(currency, Movement(movement), year_minor, customers)
            for currency, movement, year_minor, customers in _rows(connection, "movements")
        ),
        unassigned=tuple(_rows(connection, "unassigned")),
    )


def closings_of(period: Period, last: date) -> tuple[date, ...]:
    """Return the last days of the periods before, oldest first, and the last of this one."""
    found, one = [last], period
    for _ in range(MONTHS):
        found.append(one.day - DAY)
        one = previous(one)
    return tuple(reversed(found))


def _set_coverage(connection: Any, closings: Sequence[date]) -> None:
    """Say until when a payment of each day counts, by how often its agreement collects."""
    rows = connection.execute(
        "SELECT DISTINCT day, recurring FROM renewals WHERE renewals > 0 ORDER BY day, recurring"
    ).fetchall()
    intervals = {text: Interval.read(text) for _, text in rows}
    variables = {
        "closings": list(closings),
        "opens_on": closings[-2],
        "paid_on": [day for day, _ in rows],
        "intervals": [text for _, text in rows],
        "until": [intervals[text].until(day) for day, text in rows],
        "times": [intervals[text].times for _, text in rows],
        "of": [intervals[text].of for _, text in rows],
    }
    warehouse.set_variables(connection, **variables)


def _rows(connection: Any, name: str) -> list[tuple[Any, ...]]:
    return warehouse.fetched_file(connection, QUERIES / f"{name}.sql")


RECURRING = Content(
    DOCUMENTS,
    build_recurring,
    since=4,
    kinds=kinds_of(ReportName.RECURRING),
    reads_customers=True,
)
