"""`kassa digest`: what a table's books come to, as one hash, and where two tables' books differ."""

from typing import Annotated

import typer

from cli.connection import connect
from cli.output import AsJson, console, in_one_line, print_json
from kassa.recovery import digest_store as book_digests
from kassa.recovery.digest import VOLATILE
from kassa.recovery.digest_store import BookDigest

SHOWN_MAX = 20


@in_one_line
def command(
    table: Annotated[str | None, typer.Option(help="Of this table, not the stack's own.")] = None,
    against: Annotated[str | None, typer.Option(help="Compare with this table's books.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hash what a table's books say, its events and payments; with --against, two tables'."""
    stack = connect()
    first = book_digests.digest(table or stack.table)
    second = book_digests.digest(against) if against else None
    differing = _differing(first, second) if second else []
    if as_json:
        print_json(
            {"table": _fields(first), "against": second and _fields(second), "differing": differing}
        )
    else:
        _show(table or stack.table, first)
        if against and second:
            _show(against, second)
            _show_differing(differing)
        console().print(f"[dim]Not compared: {', '.join(VOLATILE)}.[/dim]")
    if differing:
        raise typer.Exit(1)


def _differing(first: BookDigest, second: BookDigest) -> list[str]:
    names = first.subjects.keys() | second.subjects.keys()
    return sorted(n for n in names if first.subjects.get(n) != second.subjects.get(n))


def _fields(one: BookDigest) -> dict[str, object]:
    return {"sha256": one.sha256, "events": one.events, "subjects": len(one.subjects)}


def _show(name: str, one: BookDigest) -> None:
    screen = console()
    screen.print(f"[bold]{name}[/bold]: {one.events:,} events, {len(one.subjects):,} subjects")
    screen.print(one.sha256)


def _show_differing(differing: list[str]) -> None:
    screen = console()
    screen.print(f"{len(differing):,} differ." if differing else "They say the same.")
    for name in differing[:SHOWN_MAX]:
        screen.print(f"  {name}", soft_wrap=True)
