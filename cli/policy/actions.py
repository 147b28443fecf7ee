"""`kassa policy save`: a policy's file becomes the next version, through the API."""

from datetime import datetime
from typing import Any

import typer

from cli.api import ApiKey, call
from cli.output import AsJson, console, in_one_line, instant, print_json
from cli.policy import files, tables
from kassa.core import stored
from kassa.refunds.policy.checks import Finding, Severity
from kassa.refunds.policy.model import RefundPolicy

commands = typer.Typer()


@commands.command("save")
@in_one_line
def save(file: files.PolicyFile, key: ApiKey = None, as_json: AsJson = False) -> None:
    """Save a policy as the next version, under your API key; it rules from its date on."""
    findings = files.check(file).findings
    if any(one.severity is Severity.ERROR for one in findings):
        tables.print_findings(findings)
    tables.refuse_errors(file, findings)
    saved = call("POST", "/policies", _plain(files.read(file)), key)
    if as_json:
        print_json(saved)
        return
    _print_saved(saved)


def _plain(content: Any) -> Any:
    """Return what a file says without YAML's instants, which JSON doesn't have."""
    if isinstance(content, dict):
        return {name: _plain(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_plain(value) for value in content]
    return content.isoformat() if isinstance(content, datetime) else content


def _print_saved(saved: dict[str, Any]) -> None:
    screen, policy = console(), stored.read(RefundPolicy, saved["policy"])
    if not saved["is_new"]:
        screen.print(f"Version {policy.version} says the same already; nothing was saved.")
        return
    since = instant(policy.effective_from)
    screen.print(f"[bold]Version {policy.version} is saved[/bold] and rules from {since} UTC on.")
    for number in saved["replaces"]:
        screen.print(f"Version {number}, planned for later, will never rule.", style="yellow")
    found = [stored.read(Finding, one) for one in saved["findings"]]
    tables.print_findings([one for one in found if one.severity is not Severity.NOTICE])
