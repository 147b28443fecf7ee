"""Lists over pages: as many as were asked for, and where the next begins."""

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple, TypeVar

import typer

from cli.output import say
from cli.whole_numbers import between
from kassa.platform.index_pages import PAGE_MAX, Wanted

Found = TypeVar("Found")
Read = Callable[[Wanted], tuple[Sequence[Found], str | None]]

Limit = Annotated[int, typer.Option(**between(1, 10_000), help="How many at most.")]
Cursor = Annotated[
    str | None, typer.Option(help="Where to go on, as a list before this one ended with.")
]


class Start(NamedTuple):
    """How many are asked for, and from where on."""

    limit: int
    cursor: str | None = None


def collected(read: Read[Found], start: Start) -> tuple[list[Found], str | None]:
    """Return what pages hold, up to the limit, and the cursor of what follows, if anything."""
    found: list[Found] = []
    cursor = start.cursor
    while len(found) < start.limit:
        page, cursor = read(Wanted(cursor, min(PAGE_MAX, start.limit - len(found))))
        found += page
        if cursor is None:
            break
    return found, cursor


def say_what_follows(cursor: str | None) -> None:
    """Say how to see more, if there is more."""
    if cursor is not None:
        say(f"There are more: --cursor {cursor}", style="dim")
