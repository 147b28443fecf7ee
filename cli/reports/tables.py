"""How figures stand in a terminal: a line a figure, a column a currency, which never add up."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from cli.output import amount, table
from kassa.reports.summary.summary import FIGURES


def figures_table(columns: Sequence[str], figures: Sequence[Mapping[str, int]]) -> Table:
    """Start a table of every figure, in minor units, of currencies side by side."""
    shown = table("", ["", *(f"{currency}>" for currency in columns)])
    shown.title = None
    for name in FIGURES:
        cells = [money(each[name], at) for at, each in zip(columns, figures, strict=True)]
        shown.add_row(name, *cells, style="bold" if name == "net" else "")
    return shown


def money(amount_minor: int, currency: str) -> str:
    """Return an amount without its currency, which stands above; nothing is a dash."""
    written = amount({"amount_minor": amount_minor, "currency": currency})
    return written.removesuffix(f" {currency}") if amount_minor else "–"


def rate(share: float | None) -> str:
    """Return a share for people."""
    return "–" if share is None else f"{share:.1%}"
