"""Placed: where payments came from and what they were for, by country, channel and product."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.archive.tallies import Placed

CUTS = ("countries", "channels", "products")
QUERY = Path(__file__).with_name("queries") / "placed.sql"
LINES_MAX = 1_000  # of one cut and currency; what has less of the gross is one line together
OTHERS = "(others)"


def placed(connection: Any) -> tuple[Placed, ...]:
    """Count the chosen facts of a period."""
    rows = warehouse.run_file(connection, QUERY).fetchall()
    names = tuple(Placed.model_fields)
    return tuple(Placed.model_validate(dict(zip(names, row, strict=True))) for row in rows)


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
