"""`kassa status`: whether the embedded stack is ready, and where it is reached."""

import json
import urllib.error
import urllib.request
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.stack import Stack, embedded, give_up


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
    table = Table("", "", title="Kassa is ready", title_justify="left", show_header=False, box=None)
    for name, value in shown.items():
        table.add_row(name, value if isinstance(value, str) else _lines(value))
    Console(highlight=False, soft_wrap=True).print(table)


def _lines(values: dict[str, str] | None) -> str:
    return "\n".join(f"{value} ({name})" for name, value in (values or {}).items())
