"""How the command line speaks: tables for people, JSON for programs, one line for what went wrong.

Exit codes: 0 it is done; 1 it isn't, and the line on stderr says what to do; 2 wrong usage.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
)
from pydantic import BaseModel, ValidationError
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.stack import give_up
from kassa.core.errors import KassaError
from kassa.core.model import mistakes
from kassa.core.money import Money, minor_digits, to_decimal

P = ParamSpec("P")
R = TypeVar("R")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_WHOLE_MAX = 36  # of 80 columns; longer ids are folded


def console() -> Console:
    """Return a console on the stdout of this moment; plain where that is not a terminal."""
    return Console(highlight=False)


def in_one_line(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors an operator can meet into one line that says what to do."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KassaError as error:
            give_up(str(error))
        except NoCredentialsError:
            give_up("no AWS credentials were found: set AWS_PROFILE, or run 'aws configure'")
        except EndpointConnectionError as error:
            give_up(f"the stack doesn't answer ({error}): 'kassa doctor' says what is wrong")
        except ClientError as error:
            details = error.response["Error"]
            give_up(f"AWS refused {error.operation_name}: {details['Code']}, {details['Message']}")
        except BotoCoreError as error:
            give_up(f"AWS couldn't be asked: {error}")

    return run


def usage_error(error: ValidationError) -> typer.BadParameter:
    """Return what a model refused of a command's options, in plain words, as the command's own."""
    return typer.BadParameter("; ".join(f"{place}: {text}" for place, text in mistakes(error)))


def print_json(value: Any) -> None:
    """Print a value for programs; models and instants as the API spells them."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)


def table(title: str, columns: Sequence[str]) -> Table:
    """Start a table; a column whose name ends in ">" is set to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        justify: Any = "right" if column.endswith(">") else "left"
        made.add_column(column.removesuffix(">"), justify=justify, overflow="fold")
    return made


def keep_whole(shown: Table, *headers: str) -> Table:
    """Let ids stand in one line where they can, so that they can be copied; others give way."""
    for column in (one for one in shown.columns if one.header in headers):
        lines = [line for cell in column.cells for line in str(cell).splitlines()]
        longest = max((Text.from_markup(line).cell_len for line in lines), default=0)
        column.width = min(longest, _WHOLE_MAX)
    return shown


def say(line: str, style: str | None = None) -> None:
    """Print a line for people that is never folded, so that ids in it can be copied."""
    console().print(line, style=style, soft_wrap=True)


def amount(given: Money | dict[str, Any]) -> str:
    """Return an amount for people: grouped, with exactly the currency's decimals."""
    money = Money.model_validate(given)
    return f"{to_decimal(money):,.{minor_digits(money.currency)}f} {money.currency}"


def instant(at: datetime) -> str:
    """Return an instant for people, in UTC as the days of the books are."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
