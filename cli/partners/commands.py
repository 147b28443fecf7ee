"""`kassa partners`: which programs hold what, by data: example, check, try, save, list, show."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from cli.acting import operator
from cli.connection import connect
from cli.output import AsJson, console, in_one_line, instant, print_json, table
from cli.partners import files, trials
from cli.partners.files import TargetFile
from cli.stack import give_up
from cli.whole_numbers import between
from infra.stack import ROOT
from kassa.partners.rest.store import Targets
from kassa.partners.rest.target import SavedTarget
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True, help="Partners' REST targets: example, check, try, save, list, show."
)
EXAMPLE = ROOT / "docs" / "partners" / "example.yaml"


@app.command("example")
def example() -> None:
    """Print a target to start from, with comments: kassa partners example > crm.yaml."""
    typer.echo(EXAMPLE.read_text(), nl=False)


@app.command("check")
@in_one_line
def check(file: TargetFile, as_json: AsJson = False) -> None:
    """Say everything there is to say about a target; exit with 1 if it can't be saved."""
    target, warnings = files.read(file)
    if as_json:
        print_json({"name": target.name, "warnings": warnings})
        return
    _print_warnings(warnings)
    console().print(f"{file} has no mistakes and can be saved.", soft_wrap=True)


@app.command("try")
@in_one_line
def try_fact(
    file: TargetFile,
    fact: Annotated[
        Path | None, typer.Option(help="A fact's file, as the bus has it, or with its views.")
    ] = None,
    delivery: Annotated[
        str | None, typer.Option(help="A delivery of the stack: its fact, as things stand now.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what would be sent for a fact; nothing leaves. Exit with 1 where a record fails."""
    target, _ = files.read(file)
    if (fact is None) is (delivery is None):
        give_up("give either --fact FILE or --delivery ID")
    context = (
        trials.context_from_file(fact) if fact else trials.context_from_delivery(str(delivery))
    )
    found = trials.tried(target, context)
    if as_json:
        print_json([one._asdict() for one in found])
    elif not found:
        console().print("No kind of record takes that fact: nothing would be sent.")
    for one in () if as_json else found:
        screen = console()
        screen.print(f"[bold]{one.kind}[/bold]  {one.request}", soft_wrap=True)
        if one.wrong:
            lines = "\n    ".join(["  fails:", *one.wrong.split("; ")])
            screen.print(lines, style="red", soft_wrap=True, markup=False)
        elif one.body is not None:
            screen.print_json(data=one.body)
    if any(one.wrong for one in found):
        raise typer.Exit(1)


@app.command("save")
@in_one_line
def save(file: TargetFile, as_json: AsJson = False) -> None:
    """Save a target as its next version; it rules within a minute."""
    target, warnings = files.read(file)
    connect()
    saved = Targets(settings().merchant_id).save(target, operator())
    if as_json:
        version = saved.version if saved else None
        print_json({"name": target.name, "version": version, "warnings": warnings})
        return
    _print_warnings(warnings)
    if saved is None:
        console().print("The newest version says the same already; nothing was saved.")
        return
    secret = f"{settings().secrets_prefix or 'STACK'}/partners/{target.name}"
    line = f"[bold]Version {saved.version} of {target.name} is saved[/bold] and rules in a minute."
    console().print(line, soft_wrap=True)
    console().print(f"Its credentials are read from the secret {secret}.", soft_wrap=True)


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the targets that rule."""
    connect()
    found = Targets(settings().merchant_id).listed()
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    if not found:
        console().print("There are no targets yet: 'kassa partners example' prints one.")
        return
    shown = table("Targets", ["Name", "Version>", "Address", "Records", "Saved"])
    for one in found:
        target = one.target
        name = target.name if target.enabled else f"{target.name} (off)"
        kinds = ", ".join(kind.kind for kind in target.records)
        shown.add_row(name, str(one.version), target.base_url, kinds, instant(one.saved_at))
    console().print(shown)


@app.command("show")
@in_one_line
def show(
    name: Annotated[str, typer.Argument(help="The target's name.")],
    version: Annotated[
        int | None, typer.Option(**between(1, 1_000_000), help="Without one, what rules.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a target as its file says it, as it rules or as it was saved once."""
    connect()
    found = Targets(settings().merchant_id).find(name, version)
    if as_json:
        print_json(_as_json(found))
        return
    typer.echo(f"# version {found.version}, saved {instant(found.saved_at)} UTC")
    typer.echo(yaml.safe_dump(found.target.written, sort_keys=False, allow_unicode=True), nl=False)


def _as_json(saved: SavedTarget) -> dict[str, object]:
    stamps = {"version": saved.version, "saved_at": saved.saved_at, "saved_by": saved.saved_by}
    return stamps | saved.target.written


def _print_warnings(warnings: list[str]) -> None:
    for one in warnings:
        console().print(one, style="yellow", soft_wrap=True, markup=False)
