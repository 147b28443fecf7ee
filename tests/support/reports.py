"""Reports for tests: the documents of one, made of facts in one file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kassa.archive import counting, warehouse
from kassa.archive.files import FactFolder
from kassa.archive.manifests import Manifest
from kassa.archive.report_names import LAYOUT
from kassa.core.periods import Period
from kassa.fact_catalog import AnyFact
from kassa.reports.content import Source

BUILT_AT = datetime(2026, 12, 1, 6, tzinfo=UTC)


@contextmanager
def source_of(
    facts: Sequence[AnyFact], period: Period, inputs: dict[str, Any] | None = None
) -> Iterator[Source]:
    """Archive facts, and lend what a closed report of their period is made of."""
    manifest = Manifest(
        layout=LAYOUT, merchant_id="main", merchant_name="My Shop", period=period,
        is_closed=True, built_at=BUILT_AT, files=(), inputs=inputs or {},
    )  # fmt: skip
    with TemporaryDirectory() as path:
        file = Path(path, "facts.parquet")
        file.write_bytes(warehouse.to_parquet(facts))
        with counting.counted([file], period, "main") as chosen:
            yield Source(manifest, chosen, FactFolder(Path(path)))


def made_of(
    make: Callable[[Source], dict[str, bytes]],
    facts: Sequence[AnyFact],
    period: Period,
    inputs: dict[str, Any] | None = None,
) -> dict[str, str]:
    """Return a report's documents as texts."""
    with source_of(facts, period, inputs) as source:
        return {name: body.decode() for name, body in make(source).items()}
