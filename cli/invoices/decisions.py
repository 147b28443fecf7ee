"""`kassa invoices void`, `write-off`, `waive`, `promise`, `apply-credit`: what people decide."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.invoices.wording import say_void
from cli.output import AsJson, amount, in_one_line, print_json, say
from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.numbering.void_document import void_document
from kassa.billing.receivables.apply_credit import apply_credit
from kassa.billing.receivables.note_promise import note_promise
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.receivables.write_off_receivable import (
    waive_late_charges,
    write_off_receivable,
)
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings

commands = typer.Typer()

WAIT_S = 30.0  # how long others may take the turns of a series or an invoice before it gives up

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As printed: 2026-00000001.")]
Reason = Annotated[
    str, typer.Option(help="Why. It is kept for good: name no customer.", show_default=False)
]


@commands.command("void")
@in_one_line
def void(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Void a number for good; it keeps its place, its document and the reason."""
    why = reason, operator(connect_as_merchant())
    document = void_document(settings().merchant_id, number, why, _time_left())
    if as_json:
        print_json(document.model_dump(mode="json", exclude_none=True))
        return
    say_void(document)


@commands.command("write-off")
@in_one_line
def write_off(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Give up what is still owed of an invoice; a later payment takes that back."""
    why = reason, operator(connect_as_merchant())
    kept = write_off_receivable(settings().merchant_id, number, why, _time_left())
    if as_json:
        print_json(invoice_lists.found(settings().merchant_id, number)[0])
        return
    written_minor = kept.receivable.position.written_minor
    say(f"{escape(number)} is {kept.receivable.state}: {_amount(kept, written_minor)} is given up.")


@commands.command("waive")
@in_one_line
def waive(number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Take back the fees and interest of being late: they were never owed."""
    why = reason, operator(connect_as_merchant())
    kept = waive_late_charges(settings().merchant_id, number, why, _time_left())
    if as_json:
        print_json(invoice_lists.found(settings().merchant_id, number)[0])
        return
    owed = _amount(kept, kept.receivable.open_minor)
    say(f"Nothing is charged of {escape(number)} for being late; {owed} is owed of it.")


@commands.command("promise")
@in_one_line
def promise(
    number: Number,
    on: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="By when the customer said to pay.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Note by when a customer said to pay; no due date moves."""
    promised = on.date(), operator(connect_as_merchant())
    merchant = Merchant.from_settings(settings().model_dump())
    kept = note_promise(merchant, number, promised, _time_left())
    if as_json:
        print_json(invoice_lists.found(settings().merchant_id, number)[0])
        return
    owed = _amount(kept, kept.receivable.open_minor)
    say(f"{escape(number)}: {owed} is promised for {kept.receivable.promised_on}.")


@commands.command("apply-credit")
@in_one_line
def apply(
    number: Number,
    to: Annotated[str, typer.Option(help="The customer's invoice that it pays.")],
    as_json: AsJson = False,
) -> None:
    """Let what was paid beyond an invoice pay another of the same customer."""
    by = operator(connect_as_merchant())
    kept = apply_credit(settings().merchant_id, (number, to), by, _time_left())
    if as_json:
        print_json(invoice_lists.found(settings().merchant_id, to)[0])
        return
    owed = invoice_lists.found(settings().merchant_id, to)[0].open_minor
    left = _amount(kept, kept.receivable.credit_minor)
    say(f"{escape(to)}: {_amount(kept, owed)} is owed; {escape(number)} has {left} of credit.")


def _time_left() -> TimeLeft:
    begun = clock.now()
    return lambda: WAIT_S - (clock.now() - begun).total_seconds()


def _amount(kept: KeptReceivable, minor: int) -> str:
    return amount(Money(amount_minor=minor, currency=kept.receivable.currency))
