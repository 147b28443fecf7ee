"""`kassa orders`: an order with its attempts, and by which payment it was paid."""

from typing import Annotated

import typer
from rich.markup import escape

from cli import ids
from cli.connection import connect_as_merchant
from cli.orders import actions, lists
from cli.output import AsJson, amount, console, in_one_line, instant, print_json, table
from cli.people.lookup import who
from kassa.gateways.declines import DeclineScope, known
from kassa.gateways.declines import table as declines_of
from kassa.orders.attempts import Attempt, AttemptView
from kassa.orders.lifecycle import Discrepancy, DiscrepancyKind, OrderPaymentView
from kassa.orders.store import Orders
from kassa.orders.views import OrderView, shown_order
from kassa.platform.settings import settings

app = typer.Typer(no_args_is_help=True, help="Orders: list, show, resolve an attempt, send a link.")

COLOURS = {
    **{"paid": "green", "refused": "yellow", "part_paid": "yellow"},
    **{"unknown": "red", "submitted": "red", "discrepancy": "red"},
}


@app.command("show")
@in_one_line
def show(
    order_id: Annotated[
        str, typer.Argument(metavar="ORDER", help="The shop's own id, or how it begins.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show an order, where it was submitted, what came of it and what paid it."""
    connect_as_merchant()
    case = Orders(settings().merchant_id).named(ids.order(order_id))
    order = shown_order(case)
    if as_json:
        print_json(order)
        return
    screen = console()
    _print_order(order)
    if order.attempts:
        screen.print(_attempts_table(order.attempts))
    for attempt in order.attempts:
        _print_resolution(attempt)
    if case.lifecycle.last and order.paid_by is None:
        _print_decline(case.lifecycle.last)
        _print_checkout(case.lifecycle.last)
    if order.link_requested_at:
        when = instant(order.link_requested_at)
        screen.print(f"Its payment link was last sent on {when} UTC.", soft_wrap=True)
    for part in order.part_payments:
        line = f"Paid in part by {_named(part)}, {amount(part.amount)}{_refunded(part)}."
        screen.print(line, style="yellow", soft_wrap=True)
    _print_alarms(order)
    for payment in order.duplicate_payments:
        screen.print(
            f"Paid again by {_named(payment)}, {amount(payment.amount)}: put up for refund.",
            style="yellow",
            soft_wrap=True,
        )


app.add_typer(lists.app)
app.add_typer(actions.app)


def _print_order(order: OrderView) -> None:
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
    payers = (order.paid_by, *order.paid_with) if order.paid_by else ()
    for payer in payers:
        when = instant(payer.captured_at)
        of_it = f", {amount(payer.amount)}," if len(payers) > 1 else ""
        screen.print(f"Paid by {_named(payer)}{of_it} on {when} UTC.", soft_wrap=True)


def _attempts_table(attempts: tuple[AttemptView, ...]) -> object:
    shown = table("Attempts", ["#>", "Gateway", "State", "Why", "Submitted (UTC)"])
    for one in attempts:
        colour = COLOURS.get(one.state, "default")
        shown.add_row(
            str(one.number),
            f"{one.gateway}/{one.account}",
            f"[{colour}]{one.state}[/{colour}]",
            escape(one.reason or ""),
            instant(one.submitted_at),
        )
    return shown


def _print_alarms(order: OrderView) -> None:
    """Say what a person must know of: it was taken back, or isn't what was ordered."""
    if order.reopened_at:
        when = instant(order.reopened_at)
        line = f"It was paid, and what paid it was taken back on {when} UTC: were goods sent?"
        console().print(line, style="red", soft_wrap=True)
    if order.discrepancy:
        console().print(_difference(order.discrepancy), style="red", soft_wrap=True)


def _print_resolution(attempt: AttemptView) -> None:
    resolution = attempt.resolution
    if resolution is not None:
        when = instant(resolution.at)
        console().print(
            f"Attempt {attempt.number} was said to be {resolution.outcome} on {when} UTC "
            f"by {who(resolution.by)}: {escape(resolution.reason)}",
            soft_wrap=True,
        )


def _print_decline(last: Attempt) -> None:
    """Say what the last decline of an open checkout means, where the gateway's table lists it."""
    listed = known(declines_of(last.gateway), last.reason or "", DeclineScope.PAYMENT)
    if last.declined_at and listed:
        says = f"The last decline, {listed.code}, means {listed.reason}: {listed.action}."
        console().print(escape(says), soft_wrap=True)


def _print_checkout(last: Attempt) -> None:
    screen = console()
    if last.url:
        until = f", until {instant(last.expires_at)} UTC" if last.expires_at else ""
        screen.print(f"Page {escape(last.checkout_id or '')}{until}", soft_wrap=True)
        screen.print(f"  {escape(last.url)}", soft_wrap=True)
    if last.is_unknown:
        when = f"on {instant(last.next_check_at)} UTC" if last.next_check_at else "by a person"
        screen.print(f"What became of it isn't known; it is looked up {when}.", soft_wrap=True)
        if last.closes_at:
            closes = instant(last.closes_at)
            screen.print(f"Its page closes on {closes} UTC; then the next route is tried.")


def _difference(found: Discrepancy) -> str:
    """Say what was captured where that isn't what was ordered."""
    captured = " and ".join(amount(one) for one in found.captured)
    line = f"Captured {captured}, ordered {amount(found.ordered)}"
    if found.kind is DiscrepancyKind.OTHER_CURRENCY:
        return f"{line}: a person has to look."
    (only,) = found.captured
    missing_minor = found.ordered.amount_minor - only.amount_minor
    by = amount(only.model_copy(update={"amount_minor": abs(missing_minor)}))
    return f"{line}: {by} too {'little' if missing_minor > 0 else 'much'}."


def _refunded(payment: OrderPaymentView) -> str:
    gone = {"went back": payment.refunded_minor, "was charged back": payment.charged_back_minor}
    return "".join(
        f", of which {amount(payment.amount.model_copy(update={'amount_minor': minor}))} {how}"
        for how, minor in gone.items()
        if minor
    )


def _named(payment: OrderPaymentView) -> str:
    return escape("/".join(payment.name))
