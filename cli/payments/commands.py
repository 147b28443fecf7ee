"""`kassa payments`: those of a day, or how one stands, its postings and where they come from.

Reading goes to the table, as the operator; what is entered goes through the API with a person's own
key (`actions.py`, `imports.py`), since who entered it is known by it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import typer
from rich.columns import Columns
from rich.markup import escape
from rich.panel import Panel

from cli import ids
from cli.connection import connect_as_merchant
from cli.events.tables import postings_listing
from cli.listing import Cursor, Limit, Listing, Shown, Start, show_list
from cli.output import AsJson, amount, console, in_one_line, instant, print_json, say
from cli.payments import imports
from kassa.api import payment_lists
from kassa.api.payment_lists import PaymentFilter
from kassa.core.money import Money
from kassa.ledger.history import ObjectStanding, PaymentState, booked_postings, payment_state
from kassa.ledger.lists.events import History
from kassa.ledger.payment_details import PaymentDetails, PaymentStatus
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest

app = typer.Typer(
    no_args_is_help=True,
    help="Payments: list, show one with all its events, enter what came in by hand.",
)
app.add_typer(imports.app)


@app.command("list")
@in_one_line
def listed(
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The UTC day of the first event."
        ),
    ] = None,
    gateway: Annotated[str | None, typer.Option(help="Only of this gateway.")] = None,
    status: Annotated[PaymentStatus | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List the payments that began on a day, newest first; today, if no day is said."""
    connect_as_merchant()
    began_on = day.date() if day else clock.now().date()
    which = PaymentFilter(gateway=ids.gateway(gateway) if gateway else None, status=status)

    def read(request: PageRequest) -> tuple[Sequence[PaymentDetails], str | None]:
        page = payment_lists.of_day(began_on, which, request)
        return page.payments, page.next_cursor

    nothing = f"No such payment began on {began_on} (UTC)."
    shown = Shown("payments", partial(_payments_listing, f"Payments of {began_on} (UTC)"), nothing)
    show_list(read, Start(limit, cursor), shown, as_json)


@app.command("show")
@in_one_line
def show(
    payment_id: Annotated[
        str, typer.Argument(metavar="PAYMENT", help="The payment's id, or how it begins.")
    ],
    gateway: Annotated[
        str | None, typer.Option(help="Whose payment it is; any gateway's, if not said.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="The gateway account; any.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how a payment stands, what moved because of it and which events reported it."""
    connect_as_merchant()
    history = ids.payment(payment_id, gateway, account)
    state = payment_state(history.subject, history.state, history.headroom_minor)
    postings = booked_postings(fact for event in history.events for fact in event.facts)
    if as_json:
        print_json({"state": state, "postings": postings, "events": history.events})
        return
    _print_state(state)
    _objects_listing(state).print()
    if postings:
        postings_listing(postings).print()
    _events_listing(history).print()


def _payments_listing(title: str, found: Sequence[PaymentDetails]) -> Listing:
    columns = ["Payment", "Pays", "Status", "Captured>", "Paid with", "At"]
    shown = Listing(title, columns, {"Payment", "Pays"})
    for one in found:
        shown.add_row(
            escape(one.payment_id),
            escape(one.order_id or one.invoice_number or "–"),
            one.status.replace("_", " "),
            amount(one.captured) if one.captured else "–",
            escape(one.method or "–"),
            f"{one.gateway}/{one.account}",
        )
    return shown


def _print_state(state: PaymentState) -> None:
    of_order = f", order {escape(state.order_id)}" if state.order_id else ""
    of_customer = f", customer {escape(state.customer_id)}" if state.customer_id else ""
    whose = f"{state.gateway}/{state.account}{of_order}{of_customer}, version {state.version}"
    say(f"[bold]{escape(state.payment_id)}[/bold]\n{whose}")
    figures = {
        "captured": state.captured,
        "refunded": state.refunded,
        "disputed": state.disputed,
        "headroom": state.headroom,
    }
    console().print(Columns(_figure(name, money) for name, money in figures.items()))
    if state.waiting:
        say(f"waits for another event, or a person: {', '.join(state.waiting)}", style="yellow")


def _figure(name: str, money: Money | None) -> Panel:
    is_short = name == "headroom" and money is not None and money.amount_minor < 0
    colour = "red" if is_short else "green" if name == "headroom" else "default"
    shown = amount(money) if money else "–"
    return Panel(f"[{colour}]{shown:>16}[/{colour}]", title=name, title_align="left", expand=False)


def _objects_listing(state: PaymentState) -> Listing:
    columns = ["Object", "Kind", "State", "Amount>", "Since (UTC)"]
    shown = Listing("How its objects stand", columns, {"Object", "Since (UTC)"})
    for one in state.objects:
        why = f" ({escape(one.reason)})" if one.reason else ""
        shown.add_row(
            escape(one.object_id),
            f"{one.kind}{_paid_with(one)}",
            f"{one.state}{why}",
            amount(one.amount),
            instant(one.happened_at),
        )
    return shown


def _paid_with(one: ObjectStanding) -> str:
    """Say what a charge was paid with: the method, and the brand where that says more."""
    paid_with = " ".join(name for name in (one.method, one.brand) if name)
    return f" by {escape(paid_with)}" if paid_with else ""


def _events_listing(history: History) -> Listing:
    shown = Listing("Events", ["Booked (UTC)", "Event", "Type, facts"], {"Event"})
    for event in history.events:
        facts = ", ".join(fact.data.fact for fact in event.facts)
        shown.add_row(
            instant(event.booked_at).replace(" ", "\n"),
            escape(event.event_id),
            f"{escape(event.gateway_type)}\n{facts or '[dim]nothing new[/dim]'}",
        )
    return shown
