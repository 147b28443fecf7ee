"""`kassa orders list`: the orders that were first sent on a day, newest first."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import typer
from rich.markup import escape

from cli.connection import connect_as_merchant
from cli.listing import Cursor, Limit, Listing, Shown, Start, show_list
from cli.output import AsJson, amount, in_one_line, instant
from kassa.orders import lists as order_lists
from kassa.orders.lifecycle import OrderStatus
from kassa.orders.views import OrderView
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

app = typer.Typer()


@app.command("list")
@in_one_line
def listed(
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The UTC day they were sent on."
        ),
    ] = None,
    status: Annotated[OrderStatus | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List the orders that were first sent on a day, newest first; today, if no day is said."""
    connect_as_merchant()
    sent_on = day.date() if day else clock.now().date()

    def read(request: PageRequest) -> tuple[Sequence[OrderView], str | None]:
        page = order_lists.of_day(settings().merchant_id, sent_on, request, status)
        return page.orders, page.next_cursor

    nothing = f"No such order was sent on {sent_on} (UTC)."
    shown = Shown("orders", partial(_listing, f"Orders of {sent_on} (UTC)"), nothing)
    show_list(read, Start(limit, cursor), shown, as_json)


def _listing(title: str, found: Sequence[OrderView]) -> Listing:
    shown = Listing(title, ["Order", "Sent", "Status", "Amount>", "Submitted to"], {"Order"})
    for one in found:
        last, first = one.attempts[-1:], one.attempts[:1]
        shown.add_row(
            escape(one.order.order_id),
            instant(first[0].submitted_at)[len("2026-11-21 ") :] if first else "–",
            one.status.replace("_", " "),
            amount(one.order.amount),
            f"{last[0].gateway}/{last[0].account}" if last else "–",
        )
    return shown
