"""Queries in Trino's dialect, which Athena speaks: sqlglot reads each as DuckDB's and writes it so.

What Trino has no word for is listed here, with what would be said instead: a new one isn't added
unseen. The ledger's totals have none, since Athena runs them as they stand
(`tests/reports/proof/test_prove_report.py`); of the others this says how far they are from it.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from sqlglot import ErrorLevel, exp, parse
from sqlglot.errors import ParseError, UnsupportedError

from tests.support.source import KASSA

QUERIES = sorted(KASSA.rglob("queries/*.sql"))
# DuckDB's words that Trino lacks, and what would be said there.
NOT_IN_TRINO = {
    "anti join": "NOT EXISTS",
    "bucket_of": "mod of xxhash64, or nothing: Athena spreads a join by itself",
    "by name": "the columns of Glue's table, which lacks none",
    "copy": "UNLOAD",
    "epoch_us": "to_unixtime",
    "getvariable": "an execution parameter",
    "group by all": "the columns, named",
    "hash": "xxhash64",
    "len": "cardinality",
    "list_sum": "reduce",
    "make_timestamptz": "from_unixtime_nanos",
    "materialized": "nothing: Trino decides",
    "order by all": "the columns, named",
    "parquet_file_metadata": "count(*) over Glue's table",
    "payment_key": "the ids, or a row of them",
    "read_json": "nothing: files are written by DuckDB alone",
    "read_parquet": "Glue's table",
    "temporary": "WITH, as nothing is kept between two queries",
}
_QUERY = re.compile(r"(UNION ALL(?: BY NAME)?\s+)\$")  # a placeholder for a whole query
_COPIED = re.compile(r"COPY \((.*)\) TO \$parquet \([^)]*\)\s*$", re.DOTALL)


@cache
def not_in_trino(sql: str) -> set[str]:
    """Return the words of a query that Trino lacks; raise what sqlglot can't read or write."""
    copied = _COPIED.search(sql)
    found = {"copy"} if copied else set()
    text = _QUERY.sub(r"\1 SELECT * FROM $", copied[1] if copied else sql)
    text = re.sub(r"\$([a-z_]+)", r"placeholder_\1", text)
    for statement in parse(text, dialect="duckdb"):
        assert statement is not None
        statement.sql(dialect="trino", unsupported_level=ErrorLevel.RAISE)
        found |= {word for node in statement.walk() for word in _words(node)}
    return found


def _words(node: exp.Expr) -> set[str]:
    if isinstance(node, exp.Anonymous):
        return {node.name.lower()}
    return {word for word, is_there in _DUCKDBS.items() if is_there(node)}


def _is_all(node: exp.Expr) -> bool:
    return "ALL" in node.sql(dialect="duckdb").upper().split()


_DUCKDBS: dict[str, Callable[[exp.Expr], bool]] = {
    "anti join": lambda node: isinstance(node, exp.Join) and "ANTI" in (node.kind, node.side),
    "by name": lambda node: isinstance(node, exp.SetOperation) and bool(node.args.get("by_name")),
    "group by all": lambda node: isinstance(node, exp.Group) and _is_all(node),
    # Of a list; Trino's length is of a text.
    "len": lambda node: isinstance(node, exp.Length) and isinstance(node.this, exp.ArrayFilter),
    "materialized": lambda node: isinstance(node, exp.CTE) and bool(node.args.get("materialized")),
    "order by all": lambda node: isinstance(node, exp.Order) and _is_all(node),
    "read_parquet": lambda node: isinstance(node, exp.ReadParquet),
    "temporary": lambda node: isinstance(node, exp.TemporaryProperty),
}


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_a_query_has_no_word_unseen_that_trino_lacks(path: Path) -> None:
    assert not_in_trino(path.read_text()) <= set(NOT_IN_TRINO)


def test_the_ledgers_totals_have_no_word_that_trino_lacks() -> None:
    [totals] = (path for path in QUERIES if path.parents[1].name == "proof")

    assert not_in_trino(totals.read_text()) == set()


def test_every_word_that_trino_lacks_is_one_that_some_query_has() -> None:
    found = {word for path in QUERIES for word in not_in_trino(path.read_text())}

    assert found == set(NOT_IN_TRINO)


def test_what_trino_has_no_word_for_is_seen() -> None:
    assert not_in_trino("SELECT a, epoch_us(b) FROM facts GROUP BY ALL") == {
        "epoch_us",
        "group by all",
    }
    assert not_in_trino("SELECT currency, sum(amount_minor) FROM facts GROUP BY currency") == set()


def test_what_is_no_sql_is_refused() -> None:
    with pytest.raises((ParseError, UnsupportedError)):
        not_in_trino("SELECT FROM WHERE (")
