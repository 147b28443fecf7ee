"""`kassa audit`: what people and operators did, and whether the trail of it is whole."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli.audit import files, reading
from cli.audit.exported import ExportedTrail
from cli.connection import connect
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from cli.whole_numbers import between
from kassa.audit import store as audit_trail
from kassa.audit.trail import AuditItem, Outcome

app = typer.Typer(no_args_is_help=True, help="Audit trail: list, verify, export who did what.")

COLOURS = {Outcome.DONE: "green", Outcome.BEGUN: "yellow", Outcome.FAILED: "red"}
DAY = {"formats": ["%Y-%m-%d"], "metavar": "YYYY-MM-DD"}

First = Annotated[datetime | None, typer.Option("--from", **DAY, help="The first UTC day.")]
Last = Annotated[datetime | None, typer.Option("--to", **DAY, help="The last UTC day.")]


@app.command("list")
@in_one_line
def listed(
    day: Annotated[datetime | None, typer.Option(**DAY, help="Only this UTC day.")] = None,
    first: First = None,
    last: Last = None,
    person: Annotated[str, typer.Option(help="Only whose person, key or ARN holds this.")] = "",
    about: Annotated[str, typer.Option("--object", help="Only what is named so.")] = "",
    limit: Annotated[int, typer.Option(**between(1, 10_000), help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List acts, newest first; those of the last week, if no day is said."""
    connect()
    span = reading.span(_date(day or first), _date(day or last))
    found, has_more = reading.acts(span, person, about, limit)
    if as_json:
        print_json(found)
        return
    for item in found:
        _print(item)
    screen = console()
    if not found:
        screen.print(f"No such act from {span[0]} to {span[1]} (UTC).")
    if has_more:
        screen.print(f"There are more: --to {found[-1].day}, or a larger --limit.", style="yellow")


@app.command("export")
@in_one_line
def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where the days are written.")],
) -> None:
    """Write the whole trail as files, a day in each, which 'verify --folder' needs alone."""
    connect()
    items, days = reading.exported(folder)
    counted = "a day" if days == 1 else f"{days} days"
    say(f"{items} items of {counted} are in {folder}: 'kassa audit verify --folder {folder}'.")


@app.command("verify")
@in_one_line
def verify(
    first: First = None,
    last: Last = None,
    heads: Annotated[
        Path | None,
        typer.Option(exists=True, help="AuditDayClosed facts kept elsewhere: a file, or a folder."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="An exported trail; asks no stack then."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute the trail anew; name the first item that is wrong, and exit with 1."""
    if folder is None:
        connect()
    trail = ExportedTrail(folder) if folder else audit_trail
    published = files.heads(heads) if heads else {}
    found = reading.verified(trail, _date(first), _date(last), published)
    if as_json:
        print_json(found._asdict())
    elif found.broken is None:
        compared = f", {found.heads} published heads compared" if heads else ""
        days = f"from {found.first} to {found.last}" if found.first else "yet"
        whole = f"[green]The audit trail is whole[/green]: {found.items} items"
        console().print(f"{whole} {days}{compared}.", soft_wrap=True)
    else:
        console().print(
            f"[red]The audit trail is broken[/red]: {found.broken} {found.what}.", soft_wrap=True
        )
    if found.broken is not None:
        raise typer.Exit(1)


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None


def _shown(text: str) -> str:
    """Return text that can neither begin a line nor steer the terminal."""
    return escape("".join(one if one.isprintable() else " " for one in text))


def _print(item: AuditItem) -> None:
    """Print an act in lines that are never folded, so that ids can be copied."""
    screen, colour = console(), COLOURS[item.outcome]
    head = f"[bold]{item.item_id}[/bold]  {instant(item.at)}  {item.operation}"
    versions = " → ".join(one or "–" for one in (item.before, item.after))
    lines = [
        f"{head}  [{colour}]{item.outcome}[/{colour}]",
        f"  {_shown(item.object_id)}" + (f"  {versions}" if item.before or item.after else ""),
        f"  by {_shown(item.by.name)}",
    ]
    if item.by.person_id and item.by.key_id:
        lines[-1] += f", key {item.by.key_id}"
    if item.reason:
        lines.append(f"  [dim]{_shown(item.reason)}[/dim]")
    screen.print("\n".join(lines), soft_wrap=True)
