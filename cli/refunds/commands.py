"""`kassa refunds`: what waits for a person, why, and what becomes of it.

Reading goes to the table, as the operator; whatever changes something goes through the API with a
person's own key (`actions.py`), since who decides is known by it.
"""

from datetime import datetime
from typing import Annotated

import typer

from cli import ids
from cli.connection import connect_as_merchant
from cli.output import AsJson, console, in_one_line, print_json
from cli.refunds import actions
from cli.refunds.tables import day_listing, print_case, queue_listing
from cli.whole_numbers import between
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings
from kassa.refunds.lifecycle.cases import RefundView
from kassa.refunds.lifecycle.timeline import customer_steps
from kassa.refunds.lists import CasePage, RefundQueues
from kassa.refunds.store import RefundRequests

app = typer.Typer(
    no_args_is_help=True,
    help="Refunds: list what waits, show why, request, claim, approve, reject, ask, undo, resolve.",
)

Limit = Annotated[int, typer.Option(**between(1, 1000), help="How many at most.")]


@app.command("list")
@in_one_line
def listed(
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="All that was requested on a UTC day instead."),
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, the most urgent first, or what was requested on a day."""
    connect_as_merchant()
    found, is_all = _collected(day, limit)
    if as_json:
        print_json(found)
    elif not found:
        console().print(
            f"No refunds were requested on {day:%Y-%m-%d} (UTC)."
            if day
            else "No refund request waits for a person."
        )
    else:
        now = clock.now()
        shown = day_listing(found, f"{day:%Y-%m-%d}") if day else queue_listing(found, now)
        shown.print()
    if found and not is_all and not as_json:
        console().print(f"There are more than these {limit}: --limit shows them.", style="dim")


@app.command("show")
@in_one_line
def show(
    refund_request_id: actions.Id,
    as_json: AsJson = False,
) -> None:
    """Show a request: its decision receipt, what would have flipped it, and its lifecycle."""
    connect_as_merchant()
    case = RefundRequests().named(ids.refund_request(refund_request_id))
    if as_json:
        print_json(case.model_dump(mode="json") | {"customer_steps": customer_steps(case)})
    else:
        print_case(case, clock.now())


app.add_typer(actions.app)


def _collected(day: datetime | None, limit: int) -> tuple[list[RefundView], bool]:
    """Return as many cases as were requested, over pages, and whether these are all."""
    found: list[RefundView] = []
    cursor = None
    while True:
        page = _page(day, cursor, limit - len(found))
        found += page.cases
        cursor = page.next_cursor
        if cursor is None or len(found) >= limit:
            return found, cursor is None


def _page(day: datetime | None, cursor: str | None, limit: int) -> CasePage:
    if day is None:
        return RefundQueues().to_decide(PageRequest(cursor, limit))
    return RefundQueues().requested_on(
        settings().merchant_id, day.date(), PageRequest(cursor, limit)
    )
