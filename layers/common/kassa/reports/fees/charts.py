"""Bars of the fee analysis as SVG drawn by hand; each bar's figure stands beside it as text."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import NamedTuple

WIDTH, ROW = 380, 44  # of the viewBox; a row is a line of text and a bar
BAR, BASELINE = 14, 16


class Bar(NamedTuple):
    """One bar: what it is of, how long (below zero: none), and its figure in words."""

    name: str
    length: Decimal
    figure: str
    is_other: bool = False  # drawn paler: what would have been


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Draw bars below each other, the longest across the whole width."""
    longest = max((row.length for row in rows), default=Decimal(0)) or Decimal(1)
    drawn = "".join(_bar(number, row, row.length / longest) for number, row in enumerate(rows))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {max(len(rows), 1) * ROW}" role="img">'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )


def _bar(number: int, row: Bar, part: Decimal) -> str:
    top = number * ROW
    width = max(part * WIDTH, Decimal(2))
    look = ' opacity="0.45"' if row.is_other else ""
    return (
        f'<text x="0" y="{top + BASELINE}">{escape(row.name)}</text>'
        f'<text x="{WIDTH}" y="{top + BASELINE}" text-anchor="end">{escape(row.figure)}</text>'
        f'<rect class="bar" x="0" y="{top + BASELINE + 6}" width="{width:.2f}" height="{BAR}"'
        f' rx="2"{look}/>'
    )
