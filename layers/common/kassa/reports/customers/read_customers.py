"""What is known of each customer up to the end of a period, read from few and small files.

A closed day keeps what its facts came to for each customer, and a calendar month keeps its days'.
A manifest names them, so a report of any period reads all of a customer's past and no old fact.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from kassa.archive import rollups, warehouse
from kassa.archive.manifests import Manifest
from kassa.core.periods import day_of
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
        with warehouse.connected() as connection:
            variables = {
                "own": str(own),
                "files": list(map(str, before)),
                "starts_on": period.day,
                "ends_on": ends_on(source.manifest),
            }
            warehouse.set_variables(connection, **variables)
            warehouse.run_file(connection, QUERIES / "rows.sql")
            yield connection


def ends_on(manifest: Manifest) -> date:
    """Return the last day that a report knows of: its period's, or while that goes on, today."""
    period = manifest.period
    return min(period.days[-1], day_of(manifest.built_at, period.time_zone))
