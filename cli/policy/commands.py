"""`kassa policy`: write, check, try and save the rules that decide refunds."""

from pathlib import Path
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json
from cli.policy import actions, files, tables, trials
from cli.whole_numbers import between
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.policy.store import Policies

app = typer.Typer(
    no_args_is_help=True, help="Refund policies: show, list, example, check, try, save."
)
app.add_typer(trials.commands)
app.add_typer(actions.commands)

EXAMPLE = Path(__file__).with_name("example.yaml")


@app.command("show")
@in_one_line
def show(
    version: Annotated[
        int | None, typer.Argument(**between(1, 1_000_000), help="Without one, what rules.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a policy as a table: the one that rules now, or a version."""
    connect_as_merchant()
    policies = Policies(settings().merchant_id)
    ruling = policies.active(clock.now())
    policy = policies.version(version) if version else ruling
    if as_json:
        print_json(policy)
    elif policy.version == 0:
        console().print("No policy rules, a person decides everything: 'kassa policy example'")
    else:
        newer = [each for each in policies.listed() if each.version > policy.version]
        tables.print_policy(policy, tables.state_of(policy, ruling.version, newer))


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the newest hundred versions, newest first, and which of them rules."""
    connect_as_merchant()
    policies = Policies(settings().merchant_id)
    found, ruling = policies.listed(), policies.active(clock.now()).version
    if as_json:
        print_json({"ruling": ruling, "policies": found})
    elif found:
        console().print(tables.policies_table(found, ruling))
    else:
        console().print("There are no refund policies yet: 'kassa policy example' prints one.")


@app.command("example")
def example() -> None:
    """Print a policy to start from, with comments: kassa policy example > policy.yaml."""
    typer.echo(EXAMPLE.read_text(), nl=False)


@app.command("check")
@in_one_line
def check(file: files.PolicyFile, as_json: AsJson = False) -> None:
    """Say everything there is to say about a policy; exit with 1 if it can't be saved."""
    policy, findings = files.check(file, as_json)
    if as_json:
        print_json({"findings": findings, "mistakes": []})
    else:
        console().print(tables.rules_table(policy))
        tables.print_findings(findings)
    tables.refuse_errors(file, findings)
    if not as_json:
        console().print(f"{file} has no errors and can be saved.", soft_wrap=True)
