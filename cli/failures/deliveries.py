"""`kassa deliveries`: what was sent to whom, why not, what comes next; and once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from cli.acting import operator
from cli.connection import connect
from cli.listing import Cursor, Limit, Listing, Shown, Start, show_list
from cli.output import AsJson, console, in_one_line, instant, print_json, say
from kassa.core.errors import DeliveryNotFound
from kassa.deliveries import lists
from kassa.deliveries.delivery import FAILURES, Channel, Delivery, Status
from kassa.deliveries.serve_deliveries import DeliveryView
from kassa.deliveries.store import Deliveries
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True, help="Deliveries: what was sent to whom; list, show, redrive."
)

DeliveryId = Annotated[str, typer.Argument(metavar="DELIVERY", help="Its id, as a list names it.")]
Day = Annotated[
    datetime | None,
    typer.Option("--day", formats=["%Y-%m-%d"], help="A UTC day; without it, what failed."),
]
OF_A_DAY = "What was sent: --day 2026-11-21."
Reason = Annotated[str | None, typer.Option(help="Why; it stands in the audit trail.")]


@app.command("list")
@in_one_line
def listed(
    day: Day = None,
    status: Annotated[Status | None, typer.Option(help="Only those that stand so.")] = None,
    channel: Annotated[Channel | None, typer.Option(help="Only those sent by it.")] = None,
    recipient: Annotated[
        str | None, typer.Option(help="Only those to it, such as customer:customer-77.")
    ] = None,
    fact: Annotated[str | None, typer.Option(help="Only those of a kind of fact.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List what failed and waits for a person, or what a day told; newest first."""
    connect()
    filters, merchant_id = lists.DeliveryFilter(status, channel, recipient, fact), _merchant_id()

    def read(request: PageRequest) -> tuple[list[DeliveryView], str | None]:
        if day is None:
            found, after = lists.failed(merchant_id, filters, request)
        else:
            found, after = lists.of_day(merchant_id, day.date(), filters, request)
        return [DeliveryView.of(one) for one in found], after

    nothing = "Nothing was sent on that day." if day else f"Nothing failed. {OF_A_DAY}"
    show_list(read, Start(limit, cursor), Shown("deliveries", listing, nothing), as_json)


@app.command("show")
@in_one_line
def show(delivery_id: DeliveryId, as_json: AsJson = False) -> None:
    """Show what was sent to whom, how far it is, and what comes next."""
    connect()
    found = Deliveries(_merchant_id()).find(delivery_id)
    if found is None:
        raise DeliveryNotFound(f"nothing was ever sent as {delivery_id}")
    if as_json:
        print_json(DeliveryView.of(found))
        return
    screen = console()
    screen.print(f"[bold]{found.delivery_id}[/bold]  {_state(found)}", soft_wrap=True)
    for name, value in _details(found):
        screen.print(f"  [dim]{name:<13}[/dim] {escape(value)}", soft_wrap=True)
    if found.status in FAILURES:
        say(f"Once more: kassa deliveries redrive {found.delivery_id}", style="dim")


@app.command("redrive")
@in_one_line
def redrive(delivery_id: DeliveryId, reason: Reason = None, as_json: AsJson = False) -> None:
    """Try again what failed, within a minute; what is unknown may reach somebody twice."""
    connect()
    after = Deliveries(_merchant_id()).redrive(delivery_id, operator(), reason)
    if as_json:
        print_json(DeliveryView.of(after))
        return
    say(f"{after.delivery_id} is tried again within a minute.")


def listing(found: Sequence[DeliveryView]) -> Listing:
    """Return deliveries as rows."""
    columns = ["Delivery", "Begun (UTC)", "What", "To", "Tries>", "State"]
    shown = Listing("", columns, {"Delivery", "Begun (UTC)", "State"})
    for one in found:
        what, at = one.message or one.fact, instant(one.created_at)
        cells = (one.delivery_id, at, f"{what} by {one.channel}", escape(one.recipient))
        shown.add_row(*cells, str(one.attempts), _state(one))
    return shown


def _state(delivery: Delivery | DeliveryView) -> str:
    why = f", {delivery.reason.replace('_', ' ')}" if delivery.reason else ""
    return escape(f"{delivery.status}{why}")


def _details(delivery: Delivery) -> list[tuple[str, str]]:
    named = [
        ("what", f"{delivery.message or delivery.fact} by {delivery.channel}"),
        ("to", delivery.recipient),
        ("fact", delivery.fact_id),
        ("tries", str(delivery.attempts)),
        ("last try", instant(delivery.attempted_at) if delivery.attempted_at else "none"),
    ]
    if delivery.next_attempt_at:
        named.append(("next try", instant(delivery.next_attempt_at)))
    if delivery.carrier_id:
        named.append(("carrier's id", delivery.carrier_id))
    return named


def _merchant_id() -> str:
    return settings().merchant_id
