"""Tables of the fee analysis as HTML."""

from collections.abc import Iterable, Sequence
from html import escape

Row = tuple[str, tuple[str, ...]]


def table(heads: Sequence[str], rows: Iterable[Row]) -> str:
    """Return a table whose rows are cards on a phone: each cell has its head."""
    body = "".join(_row(first, zip(others, heads[1:], strict=True)) for first, others in rows)
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="scroll"><table class="stack"><thead><tr>{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def row(first: str, others: Iterable[str]) -> Row:
    """Return a row: its head, which is escaped later, and cells of HTML."""
    return first, tuple(others)


def _row(first: str, others: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f'<td data-head="{head}">{other}</td>' for other, head in others)
    return f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
