"""`kassa mapping`: what the events of any gateway that signs by Standard Webhooks mean."""

from pathlib import Path
from typing import Annotated

import typer

from cli import ids
from cli.connection import connect
from cli.mapping import actions, files, tables
from cli.mapping import trials as mapping_trials
from cli.mapping.files import GATEWAY, Account, MappingFile
from cli.output import AsJson, console, in_one_line, instant, print_json
from infra.stack import ROOT
from kassa.api import id_prefixes
from kassa.gateways.standard.mapping import store as mappings

app = typer.Typer(
    no_args_is_help=True, help="Mappings of Standard Webhooks: example, check, test, save, show."
)

app.add_typer(actions.commands)

EXAMPLE = ROOT / "docs" / "mappings" / "example.yaml"


@app.command("example")
def example() -> None:
    """Print a mapping to start from, with comments: kassa mapping example > mapping.yaml."""
    typer.echo(EXAMPLE.read_text(), nl=False)


@app.command("check")
@in_one_line
def check(file: MappingFile, as_json: AsJson = False) -> None:
    """Say everything there is to say about a mapping; exit with 1 if it can't be saved."""
    read = files.read(file)
    if as_json:
        print_json({"findings": read.findings, "version": read.mapping and read.mapping.version})
    else:
        if read.mapping:
            console().print(tables.rules_table(read.mapping))
        tables.print_findings(read.findings)
    tables.refuse_errors(file, read.findings)
    if not as_json:
        console().print(f"{file} has no errors and can be saved.", soft_wrap=True)


@app.command("test")
@in_one_line
def try_events(
    file: MappingFile,
    event: Annotated[
        list[Path],
        typer.Option(metavar="BODY", help="An event's body; several are taken in their order."),
    ],
    mode: Annotated[str, typer.Option(help="The account's mode: live or test.")] = "live",
    as_json: AsJson = False,
) -> None:
    """Show what events would become by a mapping; no stack is needed and nothing is booked."""
    read = files.read(file)
    if read.mapping is None and not as_json:
        tables.print_findings(read.findings)
    tables.refuse_errors(file, read.findings)
    trials = mapping_trials.tried(read.mapping, event, mode) if read.mapping else []
    if as_json:
        print_json([_as_json(trial) for trial in trials])
        return
    for trial in trials:
        tables.print_trial(trial)


@app.command("show")
@in_one_line
def show(
    account: Account = "main",
    version: Annotated[str | None, typer.Option(help="Without one, what rules.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the mapping that rules an account, or an earlier version of it."""
    connect()
    if version:
        saved = id_prefixes.mapping_versions(version, GATEWAY, account)
        version = ids.the_one(version, saved) or version
    found = mappings.find(GATEWAY, account, version)
    if as_json:
        print_json({"version": found.version, "saved_at": found.saved_at} | found.mapping.written)
        return
    screen = console()
    screen.print(
        f"[bold]Mapping of {GATEWAY}/{account}, version {found.version}[/bold]"
        f"  saved {instant(found.saved_at)} UTC"
    )
    screen.print(tables.rules_table(found.mapping))


def _as_json(trial: mapping_trials.Trial) -> dict[str, object]:
    event = trial.event.model_dump(mode="json", exclude_none=True)
    return {
        "file": str(trial.file),
        "rule": trial.rule,
        "is_ignored": trial.rule is None,
        "event": event,
        "postings": [one for fact in trial.facts for one in fact.data.postings],
        "waiting": trial.waiting,
    }
