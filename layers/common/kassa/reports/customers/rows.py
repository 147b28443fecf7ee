"""What is known of each customer up to the end of a period, read from few and small files.

A closed day keeps what its facts came to for each customer, and a calendar month keeps its days'.
A manifest names them, so a report of any period reads all of a customer's past and no old fact.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kassa.archive import rollups, warehouse
from kassa.reports.content import Source

QUERIES = Path(__file__).with_name("queries")


@contextmanager
def customer_rows(source: Source) -> Iterator[Any]:
    """Open a connection whose view `customers` has a row for each customer, day and agreement."""
    period = source.manifest.period
    with tempfile.TemporaryDirectory() as path:
        own = Path(path, "own.parquet")
        rollups.customers_of_facts(source.facts, period, own)
        before = source.folder.paths(source.manifest.customers) or [own]
        with warehouse.connected(Path(path)) as connection:
            variables = {
                "own": str(own),
                "files": list(map(str, before)),
                "starts_on": period.day,
                "ends_on": period.days[-1],
            }
            for name, value in variables.items():
                connection.execute(f"SET VARIABLE {name} = $value", {"value": value})
            warehouse.run_file(connection, QUERIES / "rows.sql")
            yield connection
