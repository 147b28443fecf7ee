"""The `kassa` command: gathers the command groups, one module each.

A module of this package that is named here gives `app` (a group) or `command` (one command).
"""

from importlib import import_module
from typing import Annotated

import typer

from cli import stack

MODULES = [
    *("up", "status", "trigger", "events", "payments", "refunds", "policy", "report", "dlq"),
    *("keys", "gateways", "mapping", "orders", "routes", "doctor"),
]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Run and ask Kassa.")


@app.callback()
def choose_stack(
    name: Annotated[
        str | None,
        typer.Option("--stack", help="A deployed stack's name; without it, the one running here."),
    ] = None,
) -> None:
    """Run and ask Kassa, the payment back office."""
    stack.choose(name)


for _name in MODULES:
    _module = import_module(f"cli.{_name}")
    if hasattr(_module, "app"):
        app.add_typer(_module.app, name=_name)
    else:
        app.command(_name)(_module.command)
