"""`kassa reminders`: preview the calendar, list what a customer was told, pause and resume."""

import re
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, amount, console, in_one_line, instant, print_json, say, table
from cli.reminders.policies import policy
from cli.reminders.tables import print_preview, print_texts
from cli.whole_numbers import between
from kassa.billing.reminders.pause_reminders import (
    Pause,
    Whose,
    pause_reminders,
    resume_reminders,
)
from kassa.billing.reminders.preview.preview_reminders import (
    DAYS_MAX,
    PreviewRequest,
    Writing,
    preview,
)
from kassa.billing.reminders.store import KeptReminder, Reminded
from kassa.core.merchant import Merchant
from kassa.messages.reminders.preview_texts import ReminderWriter
from kassa.platform.settings import settings

WAIT_S = 20.0  # for who else writes of the customer

app = typer.Typer(
    no_args_is_help=True, help="Reminders: preview, list, pause, resume, and their policy."
)
app.add_typer(policy, name="policy")

WhoseReminders = Annotated[
    str, typer.Argument(metavar="CUSTOMER|INVOICE", help="A customer's id, or 2026-00000001.")
]
_NUMBER = re.compile(r"[0-9]{4}-[0-9]{8}")


@app.command("preview")
@in_one_line
def preview_calendar(
    days: Annotated[
        int, typer.Option(**between(1, DAYS_MAX), help="How many days from today on.")
    ] = 30,
    customer_id: Annotated[
        str | None, typer.Option("--customer", help="Only what this one is reminded of.")
    ] = None,
    with_texts: Annotated[
        bool, typer.Option("--text", help="And what each says, word for word.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what will be sent in the next days, if nothing is paid meanwhile."""
    connect_as_merchant()
    merchant = _merchant()
    writing = Writing(ReminderWriter(merchant).write, lambda: WAIT_S) if with_texts else None
    found = preview(merchant, PreviewRequest(days, customer_id, writing))
    if as_json:
        print_json(found)
        return
    print_preview(found)
    if with_texts:
        print_texts(found)


@app.command("list")
@in_one_line
def listed(
    customer_id: Annotated[str, typer.Argument(metavar="CUSTOMER")], as_json: AsJson = False
) -> None:
    """List what a customer was reminded of, the latest last."""
    connect_as_merchant()
    found = Reminded(settings().merchant_id).reminders_of(customer_id)
    if as_json:
        print_json([{"stage": one.stage, **dict(one.reminder)} for one in found])
    elif found:
        _print_reminders(found)
    else:
        say(f"{escape(customer_id)} was never reminded.")


@app.command("pause")
@in_one_line
def pause(
    whose: WhoseReminders,
    until: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DAY", help="The last day of it.", show_default=False
        ),
    ],
    reason: Annotated[
        str, typer.Option(help="Why. It is kept for good: name no customer.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Remind nobody of an invoice, or of all that a customer owes, until a day is over."""
    by = operator(connect_as_merchant())
    asked = Pause(until.date(), reason, by)
    kept = pause_reminders(_merchant(), _whose(whose), asked, lambda: WAIT_S)
    if as_json:
        print_json(kept.state)
    else:
        say(f"Nobody is reminded of {escape(whose)} until {until.date()} is over.")


@app.command("resume")
@in_one_line
def resume(whose: WhoseReminders, as_json: AsJson = False) -> None:
    """Remind again from now on: of what came due meanwhile, by its latest step alone."""
    by = operator(connect_as_merchant())
    kept = resume_reminders(_merchant(), _whose(whose), by, lambda: WAIT_S)
    if as_json:
        print_json(kept.state)
    else:
        say(f"{escape(whose)} is reminded of again.")


def _print_reminders(found: list[KeptReminder]) -> None:
    shown = table("", ["At (UTC)", "Step", "By", "Invoices", "Owed", "Stage"])
    shown.title = None
    for one in found:
        its = one.reminder
        numbers = ", ".join(each.number for each in its.invoices)
        owed = ", ".join(map(amount, its.amounts))
        at = instant(its.decided_at)
        shown.add_row(at, its.step, its.channel.value, numbers, owed, one.stage.value)
    console().print(shown)


def _whose(named: str) -> Whose:
    is_number = _NUMBER.fullmatch(named) is not None
    return Whose(number=named) if is_number else Whose(customer_id=named)


def _merchant() -> Merchant:
    return Merchant.from_settings(settings().model_dump())
