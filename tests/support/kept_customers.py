"""Customers for tests: a report's source, of facts kept by month as closed days keep theirs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kassa.archive import counting, rollups, warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import FactFile, Manifest
from kassa.archive.report_names import LAYOUT
from kassa.core.periods import Period, PeriodKind, day_of
from kassa.fact_catalog import AnyFact
from kassa.reports.content import Source

BUILT_AT = datetime(2026, 12, 1, 6, tzinfo=UTC)


class LocalFolder(FactFolder):
    """Files that lie here already."""

    def paths(self, files: Any) -> list[Path]:
        """Return where the files lie."""
        return [Path(file.key) for file in files]


@contextmanager
def customers_source(
    facts: Sequence[AnyFact], period: Period, inputs: dict[str, Any] | None = None
) -> Iterator[Source]:
    """Lend what a closed report is made of: its facts, and what is kept of those before."""
    months: dict[Period, list[AnyFact]] = defaultdict(list)
    for one in facts:
        day = day_of(one.metadata.booked_at, period.time_zone)
        months[Period.of(day.replace(day=1), period.time_zone, PeriodKind.MONTHLY)].append(one)
    with TemporaryDirectory() as path:
        folder = Path(path)
        kept = [
            _kept(folder, month, some) for month, some in months.items() if month.day < period.day
        ]
        manifest = Manifest(
            layout=LAYOUT, merchant_id="main", merchant_name="My Shop", period=period,
            is_closed=True, built_at=BUILT_AT, files=(), customers=tuple(kept),
            inputs=inputs or {},
        )  # fmt: skip
        file = _written(folder, "own", months[period])
        with counting.counted([file], period, "main") as chosen:
            yield Source(manifest, chosen, LocalFolder(folder))


def _kept(folder: Path, month: Period, facts: Sequence[AnyFact]) -> FactFile:
    to = folder / f"kept-{month.name}.parquet"
    file = _written(folder, month.name, facts)
    with counting.counted([file], month, "main") as chosen:
        rollups.customers_of_facts(chosen, month, to)
    return FactFile(key=str(to), sha256="", size=0)


def _written(folder: Path, name: str, facts: Sequence[AnyFact]) -> Path:
    file = folder / f"facts-{name}.parquet"
    file.write_bytes(warehouse.to_parquet(facts))
    return file
