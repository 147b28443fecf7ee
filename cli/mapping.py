"""`kassa mapping`: what the events of any gateway that signs by Standard Webhooks mean."""

from pathlib import Path
from typing import Annotated

import typer

from cli import mapping_tables, mapping_trials, strict_files
from cli.doors import open_doors
from cli.output import AsJson, console, in_one_line, instant, print_json
from cli.stack import ROOT, give_up
from kassa.adapters import mappings
from kassa.domain.mapping_texts import ReadMapping, read_mapping

app = typer.Typer(
    no_args_is_help=True, help="Mappings of Standard Webhooks: example, check, test, save, show."
)

GATEWAY = "standard"
EXAMPLE = ROOT / "docs" / "mappings" / "example.yaml"

MappingFile = Annotated[Path, typer.Argument(metavar="FILE", help="The mapping, YAML or JSON.")]
Account = Annotated[
    str, typer.Option(help="The account's name in its webhook URL, /webhooks/standard/NAME.")
]


@app.command("example")
def example() -> None:
    """Print a mapping to start from, with comments: kassa mapping example > mapping.yaml."""
    typer.echo(EXAMPLE.read_text(), nl=False)


@app.command("check")
@in_one_line
def check(file: MappingFile, as_json: AsJson = False) -> None:
    """Say everything there is to say about a mapping; exit with 1 if it can't be saved."""
    read = read_mapping(strict_files.read(file))
    if as_json:
        print_json({"findings": read.findings, "version": read.mapping and read.mapping.version})
    else:
        if read.mapping:
            console().print(mapping_tables.rules_table(read.mapping))
        mapping_tables.print_findings(read.findings)
    _refuse_errors(file, read)
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
    read = read_mapping(strict_files.read(file))
    if read.mapping is None and not as_json:
        mapping_tables.print_findings(read.findings)
    _refuse_errors(file, read)
    trials = mapping_trials.tried(read.mapping, event, mode) if read.mapping else []
    if as_json:
        print_json([_as_json(trial) for trial in trials])
        return
    for trial in trials:
        mapping_tables.print_trial(trial)


@app.command("save")
@in_one_line
def save(file: MappingFile, account: Account = "main", as_json: AsJson = False) -> None:
    """Let a mapping rule an account's events, from five minutes on at the latest."""
    read = read_mapping(strict_files.read(file))
    if not as_json:
        mapping_tables.print_findings(read.findings)
    _refuse_errors(file, read)
    if read.mapping is None:
        return
    open_doors()
    is_new = mappings.save(GATEWAY, account, read.mapping)
    if as_json:
        print_json({"version": read.mapping.version, "is_new": is_new, "findings": read.findings})
    elif is_new:
        said = f"[bold]Version {read.mapping.version} is saved[/bold] and rules {GATEWAY}/{account}"
        console().print(f"{said} within five minutes.", soft_wrap=True)
    else:
        console().print(f"Version {read.mapping.version} rules already; nothing was saved.")


@app.command("show")
@in_one_line
def show(
    account: Account = "main",
    version: Annotated[str | None, typer.Option(help="Without one, what rules.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the mapping that rules an account, or an earlier version of it."""
    open_doors()
    found = mappings.find(GATEWAY, account, version)
    if as_json:
        print_json({"version": found.version, "saved_at": found.saved_at} | found.mapping.written)
        return
    screen = console()
    screen.print(
        f"[bold]Mapping of {GATEWAY}/{account}, version {found.version}[/bold]"
        f"  saved {instant(found.saved_at)} UTC"
    )
    screen.print(mapping_tables.rules_table(found.mapping))


def _refuse_errors(file: Path, read: ReadMapping) -> None:
    errors = [one for one in read.findings if one.is_error]
    if errors:
        counted = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        give_up(f"{file} has {counted} and can't be used")


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
