"""`kassa status`: whether the embedded stack is ready, and where it is reached."""

import json
import urllib.error
import urllib.request
from typing import Annotated

import typer

from cli.stack import Stack, chosen, embedded, give_up


def answers(stack: Stack) -> bool:
    """Tell whether the emulator behind the state file still answers."""
    try:
        with urllib.request.urlopen(f"{stack.endpoint_url}/_ministack/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError):
        return False


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Show whether Kassa runs here and where; exit with 1 until everything is ready."""
    if chosen():
        give_up(
            f"status is of the stack that runs here: 'kassa --stack {chosen()} doctor' checks yours"
        )
    stack = embedded()
    if stack is None or not answers(stack):
        give_up("Kassa isn't running here, or isn't ready yet; 'make run' starts it")
    shown = {
        "base_url": stack.base_url,
        "webhooks": stack.webhooks,
        "secrets": stack.secrets,
        "table": stack.table,
        "bucket": stack.bucket,
        "gateway": stack.gateway,
        "gateway_url": stack.gateway_url,
        "endpoint_url": stack.endpoint_url,
    }
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
        return
    typer.echo("Kassa is ready")
    for name, value in shown.items():
        for line in _lines(value):
            typer.echo(f"  {name:<13} {line}")


def _lines(value: str | dict[str, str] | None) -> list[str]:
    """Return what is to be copied, each in a line of its own that nothing cuts."""
    if isinstance(value, dict):
        return [f"{name}: {held}" for name, held in value.items()]
    return [value or ""]
