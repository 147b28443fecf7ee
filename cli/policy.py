"""`kassa policy`: write, check, try and save the rules that decide refunds."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import policy_files, policy_tables, policy_trials
from cli.api import ApiKey, call
from cli.doors import open_merchants_doors
from cli.output import AsJson, console, in_one_line, print_json
from cli.stack import give_up
from kassa.adapters import clock
from kassa.adapters.policies import Policies
from kassa.domain.policy_checks import Finding, Severity
from kassa.settings import settings

app = typer.Typer(
    no_args_is_help=True, help="Refund policies: show, list, example, check, try, save."
)
app.command("try")(policy_trials.try_policy)

EXAMPLE = Path(__file__).with_name("policy_example.yaml")
PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The policy, YAML or JSON.")]


@app.command("show")
@in_one_line
def show(
    version: Annotated[int | None, typer.Argument(min=1, help="Without one, what rules.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a policy as a table: the one that rules now, or a version."""
    open_merchants_doors()
    policies = Policies(settings().merchant_id)
    ruling = policies.active(clock.now())
    policy = policies.version(version) if version else ruling
    if as_json:
        print_json(policy)
    elif policy.version == 0:
        console().print("No policy rules, a person decides everything: 'kassa policy example'")
    else:
        newer = [each for each in policies.listed() if each.version > policy.version]
        policy_tables.print_policy(policy, policy_tables.state_of(policy, ruling.version, newer))


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List the newest hundred versions, newest first, and which of them rules."""
    open_merchants_doors()
    policies = Policies(settings().merchant_id)
    found, ruling = policies.listed(), policies.active(clock.now()).version
    if as_json:
        print_json({"ruling": ruling, "policies": found})
    elif found:
        console().print(policy_tables.policies_table(found, ruling))
    else:
        console().print("There are no refund policies yet: 'kassa policy example' prints one.")


@app.command("example")
def example() -> None:
    """Print a policy to start from, with comments: kassa policy example > policy.yaml."""
    typer.echo(EXAMPLE.read_text(), nl=False)


@app.command("check")
@in_one_line
def check(file: PolicyFile, as_json: AsJson = False) -> None:
    """Say everything there is to say about a policy; exit with 1 if it can't be saved."""
    policy, findings = policy_files.check(file)
    if as_json:
        print_json({"findings": findings})
    else:
        console().print(policy_tables.rules_table(policy))
        policy_tables.print_findings(findings)
    if any(one.severity is Severity.ERROR for one in findings):
        give_up(f"{file} has errors and can't be saved")
    if not as_json:
        console().print(f"{file} has no errors and can be saved.", soft_wrap=True)


@app.command("save")
@in_one_line
def save(file: PolicyFile, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Save a policy as the next version, under your API key; it rules from its date on."""
    findings = policy_files.check(file).findings
    if any(one.severity is Severity.ERROR for one in findings):
        policy_tables.print_findings(findings)
        give_up(f"{file} has errors and can't be saved")
    saved = call("POST", "/policies", _plain(policy_files.read(file)), key)
    if as_json:
        print_json(saved)
        return
    _print_saved(saved)


def _plain(words: Any) -> Any:
    """Return what a file says without YAML's instants, which JSON doesn't have."""
    if isinstance(words, dict):
        return {name: _plain(value) for name, value in words.items()}
    if isinstance(words, list):
        return [_plain(value) for value in words]
    return words.isoformat() if isinstance(words, datetime) else words


def _print_saved(saved: dict[str, Any]) -> None:
    screen, policy = console(), saved["policy"]
    version, since = policy["version"], policy["effective_from"]
    if not saved["is_new"]:
        screen.print(f"Version {version} says the same already; nothing was saved.")
        return
    screen.print(f"[bold]Version {version} is saved[/bold] and rules from {since} on.")
    for number in saved["replaces"]:
        screen.print(f"Version {number}, planned for later, will never rule.", style="yellow")
    if saved["findings"]:
        found = [Finding.model_validate(one) for one in saved["findings"]]
        policy_tables.print_findings(found)
