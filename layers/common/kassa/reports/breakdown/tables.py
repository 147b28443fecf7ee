"""Tables of a summary's page: everything in a cell is escaped here."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from kassa.reports.breakdown.lines import AMOUNTS
from kassa.reports.breakdown.localization import Texts

LOST = ("reversals", "refunds", "disputes", "fees")
_COUNTED = dict.fromkeys(LOST, "− ") | {"net": "= "}


class Cell(NamedTuple):
    """A cell's text, and the class it is styled by."""

    text: str
    kind: str = ""


Cells = Sequence[str | Cell]


def row(*cells: str | Cell) -> Cells:
    """Return a row of texts and cells."""
    return cells


def table(heads: Sequence[str], rows: Iterable[Cells], foot: Iterable[Cells] = ()) -> str:
    """Return a table whose rows are cards on a phone; nothing without rows."""
    body = "".join(_row(cells, heads) for cells in rows)
    if not body:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    sums = "".join(_row(cells, heads) for cells in foot)
    return (
        f'<div class="scroll"><table class="stack"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody>"
        f"{f'<tfoot>{sums}</tfoot>' if sums else ''}</table></div>"
    )


def section(title: str, note: str, content: str) -> str:
    """Return a headed part of the page; nothing without content."""
    if not content:
        return ""
    note = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<h2>{escape(title)}</h2>{note}{content}"


def _row(cells: Cells, heads: Sequence[str]) -> str:
    first, *rest = cells
    head = first.text if isinstance(first, Cell) else first
    named = "".join(map(_cell, rest, heads[1:]))
    return f'<tr><th scope="row">{escape(head)}</th>{named}</tr>'


def _cell(cell: str | Cell, head: str) -> str:
    text, kind = cell if isinstance(cell, Cell) else (cell, "")
    kind = f' class="{kind}"' if kind else ""
    return f'<td{kind} data-head="{escape(head)}">{escape(text)}</td>'


def figure_heads(names: Iterable[str], texts: Texts) -> list[str]:
    """Return what figures are called, with how each is counted in the net: − Refunds, = Net."""
    return [
        f"{_COUNTED.get(name, '') if texts.is_deducted else ''}{texts(f'columns.{name}')}"
        for name in names
    ]


def lost(minor: int, texts: Texts) -> int:
    """Return what was lost as it is written: as what is taken off, or before that below zero."""
    return minor if texts.is_deducted else -minor


def amount_cells(amounts: Mapping[str, int], currency: str, texts: Texts) -> list[Cell]:
    """Return figures as a row has them."""
    cells = []
    for name in AMOUNTS:
        minor = lost(amounts[name], texts) if name in LOST else amounts[name]
        cells.append(amount_cell(minor, currency, texts, "strong" if name == "net" else ""))
    return cells


def amount_cell(minor: int, currency: str, texts: Texts, kind: str = "") -> Cell:
    """Return an amount's cell; nothing is written faintly."""
    return Cell(texts.amount(minor, currency), kind if minor else f"{kind} zero".strip())
