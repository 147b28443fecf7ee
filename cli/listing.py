"""Lists: tables whose ids can be copied, and pages, as many as were requested.

A table stands side by side where the screen is wide enough, else in blocks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.output import console, print_json, say, table
from cli.whole_numbers import between
from kassa.platform.index_pages import PAGE_MAX, PageRequest

Found = TypeVar("Found")
Read = Callable[[PageRequest], tuple[Sequence[Found], str | None]]

Limit = Annotated[int, typer.Option(**between(1, 10_000), help="How many at most.")]
Cursor = Annotated[
    str | None, typer.Option(help="Where to go on, as a list before this one ended with.")
]

_UNBOUNDED = 10_000  # as wide as any row
_SHORT = 16  # a day, a state, an amount: folded, it says something else


class Listing:
    """Rows of which some columns are never folded or cut, whatever the width."""

    def __init__(self, title: str, columns: Sequence[str], whole: Collection[str]) -> None:
        """Begin without rows; a column whose name ends in ">" is set to the right."""
        self._title, self._columns, self._whole = title, columns, set(whole)
        self._rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        """Add a row; a cell may hold markup and several lines."""
        self._rows.append(cells)

    def print(self, screen: Console | None = None) -> None:
        """Print the rows in the order they were added."""
        screen = screen or console()
        made = self._table()
        unbounded = screen.options.update_width(_UNBOUNDED)
        if made.__rich_measure__(screen, unbounded).minimum <= screen.width:
            screen.print(made)
        else:
            self._print_blocks(screen)

    def _table(self) -> Table:
        made = table(self._title, self._columns)
        for row in self._rows:
            made.add_row(*row)
        for column in made.columns:
            lines = [line for cell in column.cells for line in str(cell).splitlines()]
            width = max((_width(line) for line in lines), default=0)
            if column.header in self._whole or width <= _SHORT:
                column.no_wrap, column.min_width = True, width
        return made

    def _print_blocks(self, screen: Console) -> None:
        """Print each row as some lines, the first whole cell in front; ids stand by themselves."""
        if self._title:
            screen.print(f"[bold]{self._title}[/bold]", soft_wrap=True)
        for row in self._rows:
            named = [*zip_longest((one.removesuffix(">") for one in self._columns), row)]
            whole = [cell for name, cell in named if name in self._whole and cell]
            others = [(name, cell) for name, cell in named if name not in self._whole and cell]
            first, *rest = [line for cell in whole for line in cell.splitlines()]
            screen.print(f"  [bold]{first}[/bold]", soft_wrap=True)
            for line in rest:
                screen.print(f"    {line}", soft_wrap=True)
            labeled = (f"[dim]{name}[/dim] {', '.join(cell.splitlines())}" for name, cell in others)
            for line in _filled(list(labeled), screen.width - 4):
                screen.print(f"    {line}", soft_wrap=True)
        screen.print()


def _width(line: str) -> int:
    return Text.from_markup(line).cell_len


def _filled(parts: list[str], width: int) -> list[str]:
    """Put as many parts on a line as fit; a part is never broken."""
    lines: list[str] = []
    for part in parts:
        if lines and _width(lines[-1]) + 3 + _width(part) <= width:
            lines[-1] = f"{lines[-1]}   {part}"
        else:
            lines.append(part)
    return lines


class Start(NamedTuple):
    """How many are requested, and from where on."""

    limit: int
    cursor: str | None = None


def _collected(read: Read[Found], start: Start) -> tuple[list[Found], str | None]:
    """Return what pages hold, up to the limit, and the cursor of what follows, if anything."""
    found: list[Found] = []
    cursor = start.cursor
    while len(found) < start.limit:
        page, cursor = read(PageRequest(cursor, min(PAGE_MAX, start.limit - len(found))))
        found += page
        if cursor is None:
            break
    return found, cursor


class Shown(NamedTuple):
    """How a list is shown: under which name in JSON, as which rows, and if there is nothing."""

    name: str
    listing: Callable[[Sequence[Any]], Listing]
    nothing: str
    fields: Mapping[str, Any] = MappingProxyType({})  # that stand beside the list in JSON


def show_list(read: Read[Found], start: Start, shown: Shown, as_json: bool) -> None:
    """Print what pages hold, up to the limit, and how to see more."""
    found, following = _collected(read, start)
    if as_json:
        print_json({**shown.fields, shown.name: found, "next_cursor": following})
        return
    if found:
        shown.listing(found).print()
    else:
        say(shown.nothing)
    if following is not None:
        say(f"There are more: --cursor {following}", style="dim")
