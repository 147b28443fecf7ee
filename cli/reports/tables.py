"""How figures stand in a terminal: a line a figure, a column a currency, which never add up.

Currencies that don't fit beside each other stand below each other. No number is ever folded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.console import Group
from rich.table import Table

from cli.output import amount, console, table
from kassa.reports.summary.summary import FIGURES

_BESIDE = 3  # a column's padding, and the gap before it


class Figures(NamedTuple):
    """What one currency came to: figures in minor units, and attempts."""

    currency: str
    figures: Mapping[str, int]
    captured_payments: int
    failed_attempts: int
    success_rate: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the currency's column below its name."""
        return (
            *(money(self.figures[name], self.currency) for name in FIGURES),
            f"{self.captured_payments:,}",
            f"{self.failed_attempts:,}",
            rate(self.success_rate),
        )


LABELS = (*FIGURES, "captured payments", "failed attempts", "success rate")


def figures_tables(currencies: Iterable[Figures]) -> Group:
    """Return every figure of currencies side by side, in as many tables as the screen needs."""
    return Group(*(_table(block) for block in _blocks(tuple(currencies), console().width)))


def _blocks(currencies: Sequence[Figures], width: int) -> Iterator[Sequence[Figures]]:
    """Divide currencies into what fits beside each other, one at least."""
    label = max(map(len, LABELS)) + _BESIDE + 1
    block, used = list[Figures](), label
    for each in currencies:
        column = max(map(len, (each.currency, *each.cells))) + _BESIDE
        if block and used + column > width:
            yield block
            block, used = [], label
        block.append(each)
        used += column
    yield block


def _table(block: Sequence[Figures]) -> Table:
    shown = table("", ["", *(f"{each.currency}>" for each in block)])
    shown.title = None
    for label, *cells in zip(LABELS, *(each.cells for each in block), strict=True):
        shown.add_row(label, *cells, style="bold" if label == "net" else "")
    return whole_numbers(shown)


def whole_numbers(shown: Table) -> Table:
    """Let the numbers of a table stand in one line; what stands beside them gives way."""
    for column in (one for one in shown.columns if one.justify == "right"):
        column.no_wrap = True
        column.min_width = max((len(str(cell)) for cell in column.cells), default=0)
    return shown


def money(amount_minor: int, currency: str) -> str:
    """Return an amount without its currency, which stands above; nothing is a dash."""
    written = amount({"amount_minor": amount_minor, "currency": currency})
    return written.removesuffix(f" {currency}") if amount_minor else "–"


def rate(share: float | None) -> str:
    """Return a share for people."""
    return "–" if share is None else f"{share:.1%}"
