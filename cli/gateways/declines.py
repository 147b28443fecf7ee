"""`kassa gateways declines`: what gateways' codes for a no mean, and what to do about them."""

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated

import typer
from rich.markup import escape

from cli.output import AsJson, console, in_one_line, print_json, table
from cli.stack import give_up
from kassa.gateways.declines import Decline, DeclineReason, DeclineScope, Meaning, by_meaning, every
from kassa.gateways.declines import table as declines_of
from kassa.gateways.registry import GATEWAYS

Row = tuple[str, Decline]
_MEANING_WIDTH = max(len(reason) for reason in DeclineReason)  # the same in every table


@in_one_line
def declines(
    gateway: Annotated[str | None, typer.Argument(help="One gateway; all where none.")] = None,
    of: Annotated[
        DeclineScope | None, typer.Option("--of", help="Only what may be refused of this.")
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="Only this code, as the gateway spells it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show why gateways say no: each code's reason, and what a person can do about it."""
    if gateway is not None and gateway not in GATEWAYS:
        give_up(f"no gateway is called {gateway}; there are {', '.join(GATEWAYS)}")
    names = list(GATEWAYS) if gateway is None else [gateway]
    rows = [(name, row) for name in names for row in _rows(name, of, code)]
    if as_json:
        print_json([{"gateway": name, **row._asdict()} for name, row in rows])
    elif code is not None:
        _print_code(code, rows, gateway)
    elif gateway is None:
        _print_counts(rows)
    else:
        _print_rows(gateway, [row for _, row in rows])


def _rows(gateway: str, of: DeclineScope | None, code: str | None) -> Iterable[Decline]:
    listed = declines_of(gateway)
    found = listed.values() if code is None else every(listed, code)
    return (row for row in found if of in (None, row.of) or row.of is DeclineScope.ANYTHING)


def _print_counts(rows: list[Row]) -> None:
    """Print how many codes each gateway's table lists, by what they are of."""
    shown = table("Codes for a no", ["Gateway", *(f"{one.capitalize()}>" for one in DeclineScope)])
    for name, ours in groupby(rows, key=lambda row: row[0]):
        listed = [row.of for _, row in ours]
        shown.add_row(name, *(str(listed.count(scope)) for scope in DeclineScope))
    console().print(shown)
    console().print("'kassa gateways declines GATEWAY' shows them.", style="dim")


def _print_rows(gateway: str, rows: list[Decline]) -> None:
    """Print a table for each thing that may be refused, codes of one meaning in one row."""
    screen = console()
    if not rows:
        screen.print(f"{gateway} lists no such code.")
    for scope in DeclineScope:
        shown = table(f"{gateway}: codes of {_OF[scope]}", ["What it means", "Codes"])
        shown.columns[0].min_width = _MEANING_WIDTH
        for meaning, codes in by_meaning(row for row in rows if row.of is scope).items():
            shown.add_row(_meaning_cell(meaning), escape(", ".join(codes)))
            shown.add_section()
        if shown.row_count:
            screen.print(shown)


def _print_code(code: str, rows: list[Row], gateway: str | None) -> None:
    """Print all that one code means; one that isn't listed passes through and says so."""
    screen = console()
    if not rows:
        where = f"{gateway} doesn't list" if gateway else "No gateway lists"
        screen.print(f"{where} {escape(code)}: it is shown as it is, its reason is unknown.")
    for name, row in rows:
        screen.print(f"[bold]{escape(f'{name} {row.code}')}[/bold] of {_OF[row.of]}")
        screen.print(f"  reason         {row.reason}")
        screen.print(f"  other gateway  {'may do' if row.is_retryable else 'no'}")
        screen.print(f"  what to do     {row.action}")
        screen.print(f"  source         {row.source}", soft_wrap=True)


def _meaning_cell(meaning: Meaning) -> str:
    elsewhere = "another gateway may do" if meaning.is_retryable else "no other gateway"
    return f"[bold]{meaning.reason}[/bold]\n{meaning.action}\n[dim]{elsewhere}[/dim]"


_OF = {
    DeclineScope.CHECKOUT: "a page that isn't opened",
    DeclineScope.PAYMENT: "a payment",
    DeclineScope.REFUND: "a refund",
    DeclineScope.ANYTHING: "whatever is asked for",
}
