"""`kassa gateways cases`: what was asked of a gateway's support, for its scorecard."""

import re
from datetime import datetime
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.listing import Listing
from cli.output import AsJson, in_one_line, print_json, say, usage_error
from cli.whole_numbers import between
from kassa.platform.settings import settings
from kassa.reports.gateways.cases import CASE_ID, HOURS_MAX, MONTH, CaseNote
from kassa.reports.gateways.store import SupportCases

app = typer.Typer(no_args_is_help=True, help="Support cases at gateways: note one, list a month's.")


@app.command("note")
@in_one_line
def note(
    gateway: Annotated[str, typer.Argument(help="Which one: stripe, paypal …")],
    case: Annotated[str, typer.Argument(help="The gateway's number of the case, or your own.")],
    about: Annotated[str, typer.Option(help="What it is about; no personal data.")],
    opened_on: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="When it was opened: 2026-11-03."),
    ],
    answered_after: Annotated[
        int | None,
        typer.Option(**between(0, HOURS_MAX), help="Hours until somebody answered; none: not yet."),
    ] = None,
    account: Annotated[str, typer.Option(help="Your name for the account.")] = "main",
    as_json: AsJson = False,
) -> None:
    """Note a case, or its answer: what was noted of it before is replaced."""
    if not re.fullmatch(CASE_ID, case):
        raise typer.BadParameter("a case is 1 to 64 letters, digits and any of . _ : + -")
    fields = {"about": about, "account": account, "hours_to_answer": answered_after}
    try:
        noted = CaseNote.model_validate({**fields, "opened_on": opened_on.date()})
    except ValidationError as error:
        raise usage_error(error) from error
    by = operator(connect_as_merchant())
    kept, is_new = SupportCases(settings().merchant_id).note(gateway, case, noted, by)
    if as_json:
        print_json(kept.model_dump(mode="json") | {"is_new": is_new})
    else:
        say(f"{case} is noted." if is_new else "The same is noted already; nothing was written.")


@app.command("list")
@in_one_line
def listed(
    month: Annotated[
        str, typer.Argument(metavar="MONTH", help="In which they were opened, such as 2026-11.")
    ],
    as_json: AsJson = False,
) -> None:
    """List the cases opened in a month."""
    if not re.fullmatch(MONTH, month):
        raise typer.BadParameter("a month is written as 2026-11")
    connect_as_merchant()
    found = SupportCases(settings().merchant_id).of_month(month)
    if as_json:
        print_json({"cases": [one.model_dump(mode="json") for one in found]})
        return
    if not found:
        say(f"No case of {month} was noted: 'kassa gateways cases note' notes one.")
        return
    columns = ["Case", "Of", "Opened", "Answered after", "About"]
    shown = Listing(f"Support cases of {month}", columns, {"Case"})
    for one in found:
        hours = "not yet" if one.hours_to_answer is None else f"{one.hours_to_answer} h"
        whose = f"{one.gateway}/{one.account}"
        shown.add_row(*map(escape, (one.case_id, whose, str(one.opened_on), hours, one.about)))
    shown.print()
