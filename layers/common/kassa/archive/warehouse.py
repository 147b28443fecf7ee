"""The warehouse: facts to Parquet, and Parquet to tallies, by DuckDB in memory.

DuckDB reads local files only (its S3 reader would be downloaded at run time), so whoever calls
brings the files. The SQL stands in `queries/` and would run on Athena with few changes. A process
has one database, opened when it is first needed; whoever connects has tables of their own in it.
"""

import atexit
import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from kassa.core import stored
from kassa.core.facts import Fact, MeasuredFactData, UnknownFact
from kassa.core.periods import Period

QUERIES = Path(__file__).with_name("queries")
# What DuckDB may hold before it spills to /tmp; a million payments fit in a 512 MB function.
MEMORY_LIMIT = "128MB"
# The same once a period was asked for with more bytes of files: quantiles of millions don't spill.
LARGE_MEMORY_LIMITS = ((1 << 30, "1GB"), (256 << 20, "320MB"))
# Files that are held in memory, since dozens of queries would each open them: some 50,000 facts.
HELD_BYTES = 4 << 20
# What of a fact's fields stands in columns of its own.
COLUMNS = {
    *("fact", "object_id", "occurred_at", "amount", "postings"),
    *("method", "brand", "card_country", "reason", "order_id", "customer_id", "movement"),
    *("captured_at", "recurring", "agreement_id", "was_recurring", "was_agreement_id"),
    "recurring_minor",
}
_TEXTS = tuple(
    sorted(COLUMNS - {"fact", "object_id", "occurred_at", "amount", "postings", "movement"})
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = itertools.count(1)


def to_parquet(facts: Sequence[Fact[Any]]) -> bytes:
    """Return facts as one Parquet file; the same facts give the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        lines, parquet = Path(folder, "facts.jsonl"), Path(folder, "facts.parquet")
        lines.write_text("".join(json.dumps(_row(fact)) + "\n" for fact in facts))
        with connected() as connection:
            run(connection, "archive", lines=f"'{lines}'", parquet=f"'{parquet}'")
        return parquet.read_bytes()


@contextmanager
def chosen(
    files: Sequence[Path], period: Period, merchant_id: str, seen: Sequence[Path] = ()
) -> Iterator[Any]:
    """Open a connection whose `facts` are those of a merchant's period, each once.

    Those in files seen before are left out.
    """
    with tempfile.TemporaryDirectory() as path, connected() as connection:
        size = sum(file.stat().st_size for file in files)
        limit = next((limit for least, limit in LARGE_MEMORY_LIMITS if size > least), None)
        if limit:
            connection.execute(f"SET memory_limit = '{limit}'")  # of the process
        choose(connection, files or [_empty(Path(path))], period, merchant_id, seen)
        is_held = size <= HELD_BYTES
        for name in ("arrived", *(["news"] if seen else []), "held" if is_held else "facts"):
            run(connection, name)
        with _tables(connection, ":memory:" if is_held else f"{path}/narrow.duckdb"):
            yield connection


@contextmanager
def _tables(connection: Any, where: str) -> Iterator[None]:
    """Have a connection's tables, but temporary ones, in a database of their own.

    One on disk is compressed and read by columns, unlike what spills of a temporary table.
    """
    name = f"tables_{next(_NUMBERS)}"
    connection.execute(f"ATTACH '{where}' AS {name}")
    connection.execute(f"USE {name}")
    try:
        yield
    finally:
        connection.execute("USE memory")
        connection.execute(f"DETACH {name}")


def is_any(
    files: Sequence[Path], period: Period, merchant_id: str, seen: Sequence[Path] = ()
) -> bool:
    """Say whether files hold a fact of a merchant's period that isn't in those seen before."""
    if not files:
        return False
    with connected() as connection:
        choose(connection, files, period, merchant_id, seen)
        for name in ("arrived", "news") if seen else ("arrived",):
            run(connection, name)
        return connection.execute("SELECT fact_id FROM arrived LIMIT 1").fetchone() is not None


def _empty(folder: Path) -> Path:
    """Return a file without facts, for a period in which nothing was archived."""
    path = folder / "empty.parquet"
    path.write_bytes(_no_facts())
    return path


@cache
def _no_facts() -> bytes:
    return to_parquet(())


def choose(
    connection: Any,
    files: Sequence[Path],
    period: Period,
    merchant_id: str,
    seen: Sequence[Path] = (),
) -> None:
    """Say which files, instants and merchant the queries are about."""
    variables = {
        "files": list(map(str, files)),
        "seen": list(map(str, seen)),
        "merchant_id": merchant_id,
        "starts_us": _microseconds(period.starts_at),
        "ends_us": _microseconds(period.ends_at),
    }
    set_variables(connection, **variables)


def count_rows(files: Sequence[Path]) -> int:
    """Return how many facts lie in files, each as often as it lies there."""
    if not files:
        return 0
    with _reading(files) as connection:
        [(rows,)] = fetched(connection, "rows")
    return int(rows)


def archived(
    files: Sequence[Path], begins_at: datetime, ends_at: datetime
) -> list[tuple[Any, ...]]:
    """Return id, kind, event, subject and postings of the facts booked between two instants."""
    if not files:
        return []
    edges = {"starts_us": _microseconds(begins_at), "ends_us": _microseconds(ends_at)}
    with _reading(files, **edges) as connection:
        return fetched(connection, "archived")


def found(files: Sequence[Path], fact_ids: Sequence[str]) -> set[str]:
    """Return which of some facts lie in files."""
    if not files:
        return set()
    with _reading(files, fact_ids=list(fact_ids)) as connection:
        return {fact_id for (fact_id,) in fetched(connection, "found")}


@contextmanager
def _reading(files: Sequence[Path], **variables: Any) -> Iterator[Any]:
    with connected() as connection:
        set_variables(connection, files=list(map(str, files)), **variables)
        yield connection


def set_variables(connection: Any, **variables: Any) -> None:
    """Say what queries ask for by `getvariable`."""
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = $value", {"value": value})


def fetched(connection: Any, name: str, **literals: str) -> list[tuple[Any, ...]]:
    """Run a query of `queries/` and return what it found."""
    return fetched_file(connection, QUERIES / f"{name}.sql", **literals)


def fetched_file(connection: Any, path: Path, **literals: str) -> list[tuple[Any, ...]]:
    """Run a query of any room and return what it found."""
    found: list[tuple[Any, ...]] = run_file(connection, path, **literals).fetchall()
    return found


def run(connection: Any, name: str, **literals: str) -> Any:
    """Run a query of `queries/`; `literals` are our own, where SQL takes no parameters."""
    return run_file(connection, QUERIES / f"{name}.sql", **literals)


def run_file(connection: Any, path: Path, **literals: str) -> Any:
    """Run a query of any room; `literals` are our own, where SQL takes no parameters."""
    return connection.execute(sql_of(path, **literals))


def sql_of(path: Path, **literals: str) -> str:
    """Return a query as it is run."""
    sql = path.read_text()
    for placeholder, literal in literals.items():
        sql = sql.replace(f"${placeholder}", literal)
    return sql


def connected() -> Any:
    """Connect to the process's database; tables and views of one connection end with it."""
    return _database().cursor()


@cache
def _database() -> Any:
    """Open a database in memory, once: that takes as long as the queries of a small period."""
    folder = tempfile.TemporaryDirectory()
    database = duckdb.connect(
        config={
            "threads": 1,  # a function of 512 MB has less than one processor
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(Path(folder.name, "spilled")),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    # Each query opens a day's hundreds of files; what they say of themselves is read once.
    database.execute("SET GLOBAL parquet_metadata_cache = true")
    atexit.register(folder.cleanup)  # after the next one
    atexit.register(database.close)
    return database


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _row(fact: Fact[Any]) -> dict[str, Any]:
    """Return a fact as the archive's columns; what this kind of fact doesn't have is null."""
    document = fact.model_dump(mode="json")
    metadata, data = document["metadata"], document["data"]
    movement = data.get("movement") or {}
    if fact.metadata.is_imported:  # it counts when it happened, and the table says when it came
        metadata |= {"booked_at": data["occurred_at"]}
    return {
        **metadata,
        "is_imported": metadata.get("is_imported"),
        "fact": data["fact"],
        "object_id": data["object_id"],
        "occurred_at": data["occurred_at"],
        **data["amount"],
        **{name: data.get(name) for name in _TEXTS},
        "moves": movement.get("moves"),
        "gross_minor": movement.get("gross", {}).get("amount_minor"),
        "gross_currency": movement.get("gross", {}).get("currency"),
        "fee_minor": movement.get("fee_minor"),
        "postings": [
            {**{k: v for k, v in posting.items() if k != "amount"}, **posting["amount"]}
            for posting in data["postings"]
        ],
        "details": _remainder(fact, metadata, data),
    }


def _remainder(fact: Fact[Any], metadata: dict[str, Any], data: dict[str, Any]) -> str | None:
    """Return what a fact holds beyond the columns: of a request, an answer, an invoice or an order.

    Files of earlier releases lack this column, or have none of an invoice.
    A receipt's counterfactuals stay out: they follow from the rest, and are most of its size.
    What a newer release keeps and has no place here stands whole under `kept`.
    """
    remainder: dict[str, Any] = {}
    is_detailed = metadata["subject_kind"] in ("refund_request", "invoice", "dispute")
    is_measured = isinstance(fact.data, MeasuredFactData)
    if is_detailed or is_measured or data["fact"] == "PaymentAttributed":
        remainder = {name: data[name] for name in data if name not in COLUMNS}
    if "receipt" in remainder:
        remainder["receipt"] = {
            k: v for k, v in remainder["receipt"].items() if k != "counterfactuals"
        }
    if stored.has_unknown(fact) or isinstance(fact.data, UnknownFact):
        remainder["kept"] = stored.plain(fact)
    return json.dumps(remainder) if remainder else None
