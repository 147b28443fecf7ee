"""The root of the command line: imports a command when it is run, and says errors in one line.

Listing the commands must not cost what running one does (boto3, pydantic and DuckDB take two
seconds), so the list is a table of names and lines of help.
"""

import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

_NO_DAY = "isn't written as 2026-11-21"

INTERRUPTED = 130  # 128 and SIGINT, as shells have it


class LazyGroup(TyperGroup):
    """A group whose commands are modules of the command line, each imported when it is run.

    A module gives `app` (a group) or `command` (one command).
    """

    # name -> its module below cli, and its line of help
    commands_by_name: Mapping[str, tuple[str, str]] = {}

    def __init__(self, **settings: Any) -> None:
        """List every command by its line."""
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, help=line) for name, (_, line) in self.commands_by_name.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that was asked for, imported.

        Until then Ctrl-C just ends it: raised in the midst of an import, it may go unheard.
        """
        name, found, rest = super().resolve_command(ctx, args)
        command = self.imported(name) if name and found else found
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # as `kassa` is started with
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return name, command, rest

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> NoReturn:
        """Run a command and exit; wrong usage is said in one line.

        Exit codes: 0 it is done; 1 it isn't; 2 wrong usage; 130 somebody stopped it.
        """
        more["standalone_mode"] = False
        try:
            code = super().main(args, *rest, **more)
        except typer.Abort:
            code = INTERRUPTED
        except Exception as error:
            _refuse_usage(error)
        if code == INTERRUPTED:
            typer.echo("kassa: stopped", err=True)
        sys.exit(code if isinstance(code, int) else 0)

    def imported(self, name: str) -> Any:
        """Return a command as it is run."""
        path, line = self.commands_by_name[name]
        module = import_module(f"cli.{path}")
        if hasattr(module, "app"):
            made: Any = get_group(module.app)
            made.help = made.help or line
        else:
            one = typer.Typer(add_completion=False)
            one.command(name)(module.command)
            made = get_command(one)
        made.name = name
        return made


def _refuse_usage(error: Exception) -> NoReturn:
    """Say what was wrong about the usage of a command; any other error isn't ours to say."""
    if not hasattr(error, "format_message"):
        raise error
    message = " ".join(str(error.format_message()).split()).replace("Value error, ", "").rstrip(".")
    message = message.replace("does not match the formats '%Y-%m-%d'", _NO_DAY)
    if not message:  # a group without a command has shown its help
        sys.exit(2)
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "kassa"
    ends = "" if message.endswith("?") else ":"
    typer.echo(f"kassa: {message}{ends} '{where} --help' shows how", err=True)
    sys.exit(getattr(error, "exit_code", 1))
