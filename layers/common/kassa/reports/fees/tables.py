"""Tables of the fee analysis as HTML."""

from collections.abc import Iterable
from html import escape


def table(heads: Iterable[str], rows: str) -> str:
    """Return a table that is scrolled where it is wider than the page."""
    cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="scroll"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def row(first: str, others: Iterable[str]) -> str:
    """Return a row: its head, which is escaped, and cells of HTML."""
    cells = "".join(f"<td>{other}</td>" for other in others)
    return f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
