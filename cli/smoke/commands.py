"""`kassa smoke`: asks a deployed stack what only a real account can tell, and cleans up."""

import typer
from rich.markup import escape
from rich.table import Table

from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json
from cli.smoke.rights import Outcome, Verdict, look_at_rights
from cli.smoke.traffic import look_at_traffic

COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.UNKNOWN: "yellow"}


@in_one_line
def command(as_json: AsJson = False) -> None:
    """Try rights, one event and one refund on a deployed stack; exit with 1 if one failed."""
    stack = connect_as_merchant()
    found = look_at_rights(stack) + look_at_traffic(stack)
    if as_json:
        print_json([outcome._asdict() for outcome in found])
    else:
        console().print(_shown(found))
    if any(outcome.verdict is Verdict.FAILED for outcome in found):
        raise typer.Exit(1)


def _shown(found: list[Outcome]) -> Table:
    lines = Table.grid(padding=(0, 2))
    for one in found:
        colour = COLOURS[one.verdict]
        advice = f"\n[bold]{escape(one.what_to_do)}[/bold]" if one.what_to_do else ""
        lines.add_row(
            f"[{colour}]{one.verdict}[/{colour}]", f"{escape(one.name)}\n{escape(one.seen)}{advice}"
        )
    return lines
