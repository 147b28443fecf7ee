"""`kassa customers erase`: a customer is erased to the end, and what is kept is said."""

import time
from collections.abc import Callable
from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.customers.ids import CustomerId
from cli.output import AsJson, console, in_one_line, print_json, say
from infra.unlogged import unlogged
from kassa.privacy.erase_customer import erase_customer
from kassa.privacy.erasure import Erasure, Status

commands = typer.Typer()
ROUND_S = 300.0  # then how far it is, is written down


@commands.command("erase")
@in_one_line
def erase(
    customer_id: CustomerId,
    is_sure: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a customer for good; documents that were issued and the books stay, and it says so.

    Cut off anywhere, it goes on when it is run again.
    """
    connect_as_merchant()
    if not is_sure:
        typer.confirm(f"Erase {customer_id}, for good?", abort=True)
    erasure = _to_the_end(customer_id)
    if as_json:
        print_json(erasure)
        return
    counts = ((n, getattr(erasure.erased, n)) for n in type(erasure.erased).model_fields)
    done = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts if count)
    say(f"Erased {escape(customer_id)}: {done or 'nothing was left to erase'}.")
    for one in erasure.kept:
        until = f" (until {one.until})" if one.until else ""
        console().print(f"Kept: {one.what}{until}; {one.why}.", soft_wrap=True, markup=False)
    for text in erasure.unsearched:
        line = f"Not searched for in what gateways sent, it is too short: {text}"
        console().print(line, style="yellow", soft_wrap=True, markup=False)


def _to_the_end(customer_id: str) -> Erasure:
    by = operator()
    while True:
        with unlogged():
            erasure = erase_customer(customer_id, by, _left_s(time.monotonic() + ROUND_S))
        if erasure.status is Status.DONE:
            return erasure
        say(f"The archive is gone through up to {erasure.days_until}.")


def _left_s(ends_at: float) -> Callable[[], float]:
    return lambda: ends_at - time.monotonic()
