"""`kassa orders`: an order with its attempts, and by which payment it was paid."""

from typing import Annotated

import typer
from rich.markup import escape

from cli.doors import open_merchants_doors
from cli.output import AsJson, amount, console, in_one_line, instant, print_json, table
from kassa.adapters.orders import Orders
from kassa.domain.attempts import Attempt
from kassa.domain.order_cases import ShownOrder, shown_order
from kassa.domain.order_life import OrderPayment
from kassa.settings import settings

app = typer.Typer(no_args_is_help=True, help="Orders: show one with its attempts.")

COLOURS = {"paid": "green", "unknown": "red", "asked": "red", "refused": "yellow"}


@app.callback()
def orders() -> None:
    """Orders: show one with its attempts."""


@app.command("show")
@in_one_line
def show(
    order_id: Annotated[str, typer.Argument(help="The shop's own id of the order.")],
    as_json: AsJson = False,
) -> None:
    """Show an order, where it was asked for, what came of it and what paid it."""
    open_merchants_doors()
    order = shown_order(Orders(settings().merchant_id).named(order_id))
    if as_json:
        print_json(order)
        return
    screen = console()
    _print_order(order)
    if order.attempts:
        screen.print(_attempts_table(order.attempts))
    if order.attempts and order.paid_by is None:
        _print_page(order.attempts[-1])
    for part in order.part_payments:
        said = f"Paid in part by {_named(part)}, {amount(part.amount)} at first."
        screen.print(said, style="yellow", soft_wrap=True)
    for payment in order.second_payments:
        screen.print(
            f"Paid again by {_named(payment)}, {amount(payment.amount)}: put up for refund.",
            style="yellow",
            soft_wrap=True,
        )


def _print_order(order: ShownOrder) -> None:
    screen, colour = console(), COLOURS.get(order.status, "default")
    what = amount(order.order.amount)
    by = f" by {order.order.method}" if order.order.method else ""
    whose = f", customer {escape(order.order.customer_id)}" if order.order.customer_id else ""
    where = f", {order.order.country}" if order.order.country else ""
    screen.print(
        f"[bold]{escape(order.order.order_id)}[/bold]  [{colour}]{order.status}[/{colour}]"
        f"  {what}{by}{whose}{where}",
        soft_wrap=True,
    )
    if order.paid_by:
        when = instant(order.paid_by.captured_at)
        screen.print(f"Paid by {_named(order.paid_by)} on {when} UTC.", soft_wrap=True)


def _attempts_table(attempts: tuple[Attempt, ...]) -> object:
    shown = table("Attempts", ["#>", "Gateway", "State", "Why", "Asked (UTC)"])
    for one in attempts:
        colour = COLOURS.get(one.state, "default")
        shown.add_row(
            str(one.number),
            f"{one.gateway}/{one.account}",
            f"[{colour}]{one.state}[/{colour}]",
            escape(one.reason or ""),
            instant(one.asked_at),
        )
    return shown


def _print_page(last: Attempt) -> None:
    screen = console()
    if last.url:
        until = f", until {instant(last.expires_at)} UTC" if last.expires_at else ""
        screen.print(f"Page {escape(last.checkout_id or '')}{until}", soft_wrap=True)
        screen.print(f"  {escape(last.url)}", soft_wrap=True)
    if last.is_unknown:
        when = f"on {instant(last.wakes_at)} UTC" if last.wakes_at else "by a person"
        screen.print(f"What became of it isn't known; it is looked up {when}.", soft_wrap=True)


def _named(payment: OrderPayment) -> str:
    return escape("/".join(payment.name))
