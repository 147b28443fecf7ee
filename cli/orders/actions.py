"""`kassa orders resolve` and `send-link`: what people do with orders, through the API."""

from typing import Annotated
from urllib.parse import quote

import typer
from rich.markup import escape

from cli.api import ApiKey, call
from cli.output import AsJson, amount, console, in_one_line, print_json
from cli.whole_numbers import between
from kassa.core import stored
from kassa.orders.attempts import ResolvedAs
from kassa.orders.lifecycle import ATTEMPTS_MAX
from kassa.orders.resolutions import HostedCheckoutStatus, ResolvedAttempt
from kassa.orders.views import RequestedLink
from kassa.platform import clock

app = typer.Typer()

_MEANS = {
    HostedCheckoutStatus.OPEN: "has the page open, it can be paid",
    HostedCheckoutStatus.PAID: "says the page is paid",
    HostedCheckoutStatus.EXPIRED: "says the page has expired unpaid",
    HostedCheckoutStatus.FAILED: "says the page has failed",
    HostedCheckoutStatus.ABSENT: "has no such page",
    HostedCheckoutStatus.UNKNOWN: "can't tell",
}


@app.command("resolve")
@in_one_line
def resolve(
    order_id: Annotated[
        str, typer.Argument(metavar="ORDER", help="The shop's own id of the order, in full.")
    ],
    number: Annotated[
        int, typer.Option("--attempt", **between(1, ATTEMPTS_MAX), help="The attempt's number.")
    ],
    outcome: Annotated[
        ResolvedAs | None,
        typer.Option("--as", help="What became of it; without it the gateway is only asked."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why you know; it is kept with your key.")] = "",
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Show what the gateway says of an attempt, and say what became of it."""
    path = f"/orders/{quote(order_id, safe='')}/attempts/{number}/resolve"
    looked = call("POST", path, {}, key)
    if not as_json:
        _print_look(stored.read(ResolvedAttempt, looked))
    answer = looked
    if outcome is not None:
        answer = call("POST", path, {"outcome": outcome, "reason": reason}, key)
    if as_json:
        print_json(answer)
    elif outcome is not None:
        _print_resolved(stored.read(ResolvedAttempt, answer))


@app.command("send-link")
@in_one_line
def send_link(
    order_id: Annotated[
        str, typer.Argument(metavar="ORDER", help="The shop's own id of the order, in full.")
    ],
    key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Send the customer of an order, or of its open invoice, the link to pay it."""
    answer = call("POST", f"/orders/{quote(order_id, safe='')}/send-link", {}, key)
    if as_json:
        print_json(answer)
        return
    sent = stored.read(RequestedLink, answer)
    again = "\nIt was asked for minutes ago, and is sent once." if sent.is_repeated else ""
    day, to = f"{clock.now():%Y-%m-%d}", f"customer:{escape(sent.customer_id)}"
    console().print(
        f"Customer {escape(sent.customer_id)} is sent the link to pay {amount(sent.amount)}."
        f"{again}\n  {escape(sent.url)}\n"
        f"Whether it arrived:\n  kassa deliveries list --day {day} --recipient {to}",
        soft_wrap=True,
    )


def _print_look(shown: ResolvedAttempt) -> None:
    attempt = shown.attempt
    why = f": {escape(shown.why)}" if shown.why else ""
    console().print(
        f"[bold]{escape(shown.order_id)}[/bold]  attempt {attempt.number} at "
        f"{attempt.gateway}/{attempt.account} is {attempt.state}.\n"
        f"{attempt.gateway} {_MEANS[shown.gateway_status]}{why}.",
        soft_wrap=True,
    )


def _print_resolved(shown: ResolvedAttempt) -> None:
    console().print(
        f"Attempt {shown.attempt.number} is {shown.attempt.state} now, by your word; "
        f"the order is {shown.status}.",
        soft_wrap=True,
    )
