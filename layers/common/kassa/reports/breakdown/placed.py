"""Placed: where payments came from and what they were for, by country, channel and product."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kassa.archive import warehouse
from kassa.core.model import Model

CUTS = ("countries", "channels", "products")
QUERY = Path(__file__).with_name("queries") / "placed.sql"
LINES_MAX = 1_000  # of one cut and currency; what has less of the gross is one line together
OTHERS = "(others)"


class Placed(Model):
    """What one country, channel or product has of a currency's captures and failed attempts.

    A payment of two products counts for both, and its amount is shared by them.
    """

    cut: str
    currency: str
    name: str
    amount_minor: int
    captures: int
    failed: int


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
