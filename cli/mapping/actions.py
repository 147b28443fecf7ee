"""`kassa mapping save`: a mapping's file rules an account's events, unless it renames the books."""

from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect
from cli.mapping import files, tables
from cli.mapping.files import GATEWAY, Account, MappingFile
from cli.output import AsJson, console, in_one_line, print_json
from cli.stack import give_up
from kassa.core.errors import MappingNotFound
from kassa.gateways.standard.mapping import store as mappings
from kassa.gateways.standard.mapping.changes import renamed
from kassa.gateways.standard.mapping.model import Mapping

commands = typer.Typer()


@commands.command("save")
@in_one_line
def save(
    file: MappingFile,
    account: Account = "main",
    renames: Annotated[
        bool, typer.Option("--renames", help="Even if booked payments or objects change names.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let a mapping rule an account's events, from five minutes on at the latest."""
    read = files.read(file)
    if not as_json:
        tables.print_findings(read.findings)
    tables.refuse_errors(file, read.findings)
    if read.mapping is None:
        return
    connect()
    if not renames:
        _refuse_renaming(account, read.mapping, as_json)
    is_new = mappings.save(GATEWAY, account, read.mapping, operator())
    if as_json:
        print_json({"version": read.mapping.version, "is_new": is_new, "findings": read.findings})
    elif is_new:
        line = f"[bold]Version {read.mapping.version} is saved[/bold] and rules {GATEWAY}/{account}"
        console().print(f"{line} within five minutes.", soft_wrap=True)
    else:
        console().print(f"Version {read.mapping.version} rules already; nothing was saved.")


def _refuse_renaming(account: str, mapping: Mapping, as_json: bool) -> None:
    """Keep an event that is booked and comes again from being booked under another name."""
    try:
        found = list(renamed(mappings.find(GATEWAY, account).mapping, mapping))
    except MappingNotFound:
        return
    if not as_json:
        tables.print_findings(found)
    if found:
        give_up(
            "events that are booked would be booked again under other names if they came again:"
            " save it with --renames if none of these types was booked before"
        )
