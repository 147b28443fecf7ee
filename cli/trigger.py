"""`kassa trigger`: sends a signed event of a gateway's to the stack, as the gateway would.

For what a test gateway can't be brought to do: disputes, refunds that fail, payouts.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Annotated, Any

import httpx
import typer

from cli import gateway_accounts
from cli.event_templates import Surroundings, families, fill, names
from cli.output import AsJson, console, in_one_line, print_json, table
from cli.stack import Stack, current, give_up
from kassa.adapters import clock
from kassa.domain.model import Model

app = typer.Typer(no_args_is_help=True, help="Send an event as a gateway would, signed.")

ATTEMPTS = 6
RETRIED = {429, 500, 502, 503, 504}  # a gateway would deliver again; so do we
WAIT_S = 0.5


class SentEvent(Model):
    """An event that the stack took."""

    event_id: str
    event: str
    object_id: str
    payment_id: str | None
    url: str


@app.callback()
def gateways() -> None:
    """Send an event as a gateway would, signed."""


@app.command("stripe")
@in_one_line
def stripe(
    event: Annotated[str | None, typer.Argument(help="Its type; none lists them all.")] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="A field of the event's object, or event.FIELD; may be repeated.",
        ),
    ] = None,
    account: Annotated[str, typer.Option(help="The gateway account it comes from.")] = "main",
    as_json: AsJson = False,
) -> None:
    """Send one of Stripe's events: kassa trigger stripe refund.failed --set amount=500."""
    if event not in names():
        _list_events(event, as_json)
        return
    sent = send(current(), event, sets or [], account)
    if as_json:
        print_json(sent)
        return
    belongs = f" of payment [bold]{sent.payment_id}[/bold]" if sent.payment_id else ""
    console().print(
        f"[green]taken[/green]  {sent.event}  [bold]{sent.event_id}[/bold]\n"
        f"       about {sent.object_id}{belongs}\n"
        f"       [dim]kassa events show {sent.event_id}[/dim]",
        soft_wrap=True,
    )


def send_trigger(stack: Stack, event_name: str, sets: Sequence[str] = ()) -> str:
    """Send one of Stripe's events to account `main`; return its id."""
    return send(stack, event_name, sets, "main").event_id


def send(stack: Stack, event_name: str, sets: Sequence[str], account: str) -> SentEvent:
    """Fill, sign and deliver one of Stripe's events."""
    endpoint = _webhook_endpoint(stack, account)
    around = Surroundings(now=clock.now(), is_live=endpoint["mode"] == "live")
    event = fill(event_name, sets, around)
    body = json.dumps(event).encode()
    url = stack.webhook_url("stripe", account)
    _deliver(url, body, str(endpoint["signing_secrets"][-1]))
    own = event["data"]["object"]
    payment_id = own["id"] if own["object"] == "payment_intent" else own.get("payment_intent")
    return SentEvent(
        event_id=event["id"], event=event_name, object_id=own["id"], payment_id=payment_id, url=url
    )


def _webhook_endpoint(stack: Stack, account: str) -> dict[str, Any]:
    name = f"{stack.name}/webhooks/stripe/{account}"
    endpoint = gateway_accounts.secret(stack, "webhooks", "stripe", account)
    if not endpoint:
        give_up(f"There is no account stripe/{account}: put its secret into {name} first")
    if not endpoint.get("signing_secrets"):
        give_up(f"The secret {name} has no signing secret yet: put Stripe's whsec_... into it")
    return endpoint


def _deliver(url: str, body: bytes, secret: str) -> None:
    """Post until the stack takes it; anything it refuses for good is said in one line."""
    for attempt in range(ATTEMPTS):
        try:
            answer = httpx.post(url, content=body, headers=_signed(body, secret), timeout=30)
        except httpx.HTTPError as error:
            give_up(f"{url} doesn't answer ({error}): 'kassa doctor' says what is wrong")
        if answer.is_success:
            return
        if answer.status_code not in RETRIED:
            break
        clock.sleep(WAIT_S * 2**attempt)
    give_up(f"The stack refused the event with {answer.status_code}: see ReceiveWebhook's log")


def _signed(body: bytes, secret: str) -> dict[str, str]:
    at = int(clock.now().timestamp())
    signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": f"t={at},v1={signature}",
        "user-agent": "kassa trigger",
    }


def _list_events(wrong: str | None, as_json: bool) -> None:
    if as_json:
        print_json(names())
    else:
        shown = table("Events of Stripe", ["About a", "Event"])
        for about, family in families().items():
            shown.add_row(about, "\n".join(family), end_section=True)
        console().print(shown)
        console().print("kassa trigger stripe refund.failed --set payment_intent=pi_…", style="dim")
    if wrong is not None:
        give_up(f"There is no event {wrong}: take one of the list")
