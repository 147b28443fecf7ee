"""`kassa status`: whether a stack is ready, and where it is reached; nothing is cut or folded."""

import json
import urllib.error
import urllib.request
from typing import Annotated, Any

import typer

from cli.stack import chosen, current, give_up
from infra.stack import Stack, embedded

HIDDEN = "hidden, --reveal shows it"
_IS_READY = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}


def answers(stack: Stack) -> bool:
    """Tell whether the emulator behind the state file still answers."""
    try:
        with urllib.request.urlopen(f"{stack.endpoint_url}/_ministack/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


def command(
    reveals: Annotated[
        bool, typer.Option("--reveal", help="Show the signing secrets of the stack here.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Show whether Kassa is ready and where; exit with 1 until everything is."""
    shown = _deployed() if chosen() else _running_here(reveals)
    shown["receivables"] = _receivables()
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
        return
    typer.echo("Kassa is ready")
    for name, value in shown.items():
        for line in _lines(value):
            typer.echo(f"  {name:<13} {line}")
    if shown["receivables"] == {}:
        typer.echo(f"  {'receivables':<13} nothing is owed")


def _running_here(reveals: bool) -> dict[str, Any]:
    stack = embedded()
    if stack is None or not answers(stack):
        give_up("Kassa isn't running here, or isn't ready yet: start it with 'make run'")
    secrets = stack.secrets if reveals else dict.fromkeys(stack.secrets, HIDDEN)
    return {
        "base_url": stack.base_url,
        "webhooks": stack.webhooks,
        "secrets": secrets,
        "table": stack.table,
        "bucket": stack.bucket,
        "gateway": stack.gateway,
        "gateway_url": stack.gateway_url,
        "endpoint_url": stack.endpoint_url,
    }


def _deployed() -> dict[str, Any]:
    """Return where a deployed stack is reached, once CloudFormation says that it stands."""
    from cli.gateways.accounts import secrets  # these ask AWS, which the stack here never needs
    from cli.output import in_one_line

    stack = current()
    seen = in_one_line(_state)(stack)
    if seen not in _IS_READY:
        give_up(f"the stack {stack.name} isn't ready, it is {seen}: CloudFormation says why")
    accounts = in_one_line(lambda: sorted({one[1:] for one in secrets(stack)}))()
    return {
        "stack": stack.name,
        "state": seen,
        "region": stack.region,
        "base_url": stack.base_url,
        "webhooks": {"/".join(one): stack.webhook_url(*one) for one in accounts},
        "table": stack.table,
        "bucket": stack.bucket,
    }


def _receivables() -> dict[str, str]:
    """Return what is owed today in each currency, and what of that is past due."""
    from botocore.exceptions import BotoCoreError, ClientError

    from cli.output import amount
    from cli.receivables.commands import standing

    try:
        sums = standing()
    except (ClientError, BotoCoreError) as error:
        return {"unread": str(error)}
    return {
        one.currency: f"{amount(_money(one, one.open_minor))} open,"
        f" {amount(_money(one, one.overdue_minor))} of it past due"
        for one in sums
        if one.open_minor
    }


def _money(of: Any, minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": of.currency}


def _state(stack: Stack) -> str:
    found = stack.client("cloudformation").describe_stacks(StackName=stack.name)
    return str(found["Stacks"][0]["StackStatus"])


def _lines(value: str | dict[str, str] | None) -> list[str]:
    """Return what is to be copied, each in a line of its own that nothing cuts."""
    if isinstance(value, dict):
        return [f"{name}: {held}" for name, held in value.items()]
    return [value or ""]
