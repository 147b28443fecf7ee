"""Placed: where payments came from and what they were for, by country, channel and product."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.archive.report_names import LAYOUT
from kassa.archive.tallies import Placed

CUTS = ("countries", "channels", "products")
QUERIES = Path(__file__).with_name("queries")
_WHOLE = """SELECT file_index, file_row_number, card_country, currency, amount_minor
    FROM narrow WHERE fact = 'PaymentCaptured'"""
LINES_MAX = 1_000  # of one cut and currency; what has less of the gross is one line together
OTHERS = "(others)"
# Names that a channel or a product may have as well as Kassa's own lines: then it stands in quotes,
# and so does what stands in quotes already, so that no two have one name.
RESERVED = r"^'*(unknown|\(others\))'*$"
QUOTED = 5  # the first layout that has it so


def placed(connection: Any, layout: int = LAYOUT) -> tuple[Placed, ...]:
    """Count the chosen facts of a period."""
    reserved = {"value": reserved_in(layout)}
    connection.execute("SET VARIABLE reserved = $value::VARCHAR", reserved)
    literals = {"cleared": _cleared(connection), "is_attributed": _is_attributed(connection)}
    rows = warehouse.fetched_file(connection, QUERIES / "placed.sql", **literals)
    names = tuple(Placed.model_fields)
    return tuple(Placed.model_validate(dict(zip(names, row, strict=True))) for row in rows)


def _cleared(connection: Any) -> str:
    """Return SQL for what was captured; postings are read for it where they say anything else."""
    if warehouse.fetched_file(connection, QUERIES / "unlike.sql"):
        return warehouse.sql_of(QUERIES / "cleared.sql")
    return _WHOLE


def _is_attributed(connection: Any) -> str:
    """Return SQL for whether any payment is one of an order; else ids needn't be read for it."""
    attributed = "SELECT 1 FROM counted WHERE fact = 'PaymentAttributed' LIMIT 1"
    return "false" if connection.execute(attributed).fetchone() is None else "true"


def reserved_in(layout: int) -> str | None:
    """Return a pattern of the names that stand in quotes: none in earlier layouts."""
    return RESERVED if layout >= QUOTED else None


def called_by_orders(product: str | None, layout: int) -> str | None:
    """Return what orders call the product of a line; none for Kassa's own line."""
    if product is None or layout < QUOTED or not re.fullmatch(RESERVED, product):
        return product
    return product[1:-1] if product.startswith("'") and product.endswith("'") else None


def of_cut(rows: Iterable[Placed], cut: str, currency: str) -> list[Placed]:
    """Return the rows of a cut in one currency, the greatest first, and the rest as one."""
    found = [row for row in rows if (row.cut, row.currency) == (cut, currency)]
    found.sort(key=lambda row: (-row.amount_minor, -row.failed, row.name))
    first, rest = found[:LINES_MAX], found[LINES_MAX:]
    if not rest:
        return first
    sums = {
        name: sum(getattr(row, name) for row in rest)
        for name in ("amount_minor", "captures", "failed")
    }
    return [*first, Placed(cut=cut, currency=currency, name=OTHERS, **sums)]
