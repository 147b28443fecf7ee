"""`kassa trigger`: lets something happen at a gateway, and sends its signed event to the stack.

Stripe's events are filled from templates, for any stack; the other gateways are played beside the
embedded one, and their fakes do what was requested (`fake_gateway_actions.py`).
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import httpx
import typer

from cli.gateways import accounts as gateway_accounts
from cli.output import AsJson, console, in_one_line, print_json, say, table
from cli.stack import current, give_up
from cli.trigger import checks, fake_gateway_actions
from infra.event_templates import Surroundings, families, fill, names
from infra.stack import Stack
from kassa.core.model import Model
from kassa.platform import clock

app = typer.Typer(no_args_is_help=True, help="Let something happen at a gateway, signed.")

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


Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A field, as in amount=500; may be repeated."),
]


@app.command("stripe")
@in_one_line
def stripe(
    event: Annotated[str | None, typer.Argument(help="Its type; none lists them all.")] = None,
    sets: Sets = None,
    account: Annotated[str, typer.Option(help="The gateway account it comes from.")] = "main",
    as_json: AsJson = False,
) -> None:
    """Send one of Stripe's events: kassa trigger stripe refund.failed --set amount=500.

    A field is one of the event's object, at any depth (metadata.order_id=o1), or event.FIELD.
    """
    if event not in names():
        _list_events(event, as_json)
        return
    stack = current()
    checks.refuse(stack, event, sets or [], account)
    sent = send(stack, event, sets or [], account)
    if as_json:
        print_json(sent)
        return
    belongs = f" of payment [bold]{sent.payment_id}[/bold]" if sent.payment_id else ""
    say(
        f"[green]taken[/green]  {sent.event}  [bold]{sent.event_id}[/bold]\n"
        f"       about {sent.object_id}{belongs}\n"
        f"       [dim]kassa events show {sent.event_id}[/dim]"
    )


def _fakes_command(gateway: str) -> Callable[..., None]:
    """Make the command of a gateway whose fake does what is triggered."""

    @in_one_line
    def command(
        event: Annotated[str | None, typer.Argument(help="What happens; none lists all.")] = None,
        sets: Sets = None,
        as_json: AsJson = False,
    ) -> None:
        if event is None or event not in fake_gateway_actions.ACTS[gateway]:
            _list_acts(gateway, event, as_json)
            return
        fields = fake_gateway_actions.values(gateway, event, sets or [])
        stack = current()
        url = stack.gateway_urls.get(gateway)
        if url is None:
            give_up(f"no {gateway} is played beside this stack: run 'kassa up --gateway all'")
        checks.refuse_beyond(stack, gateway, fields)
        made = fake_gateway_actions.play(url, gateway, event, fields)
        if as_json:
            print_json({"gateway": gateway, "event": event} | made)
            return
        say(f"[green]done[/green]  {event} at {gateway}, which tells Kassa of it")
        for name, value in made.items():
            say(f"      {name.removesuffix('_id')} [bold]{value}[/bold]")
        if "payment_id" in made:
            say(f"      [dim]kassa payments show {made['payment_id']}[/dim]")

    command.__doc__ = f"Let something happen at {gateway}: kassa trigger {gateway} refund."
    return command


for _gateway in fake_gateway_actions.ACTS:
    app.command(_gateway)(_fakes_command(_gateway))


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
        say("kassa trigger stripe refund.failed --set payment_intent=PAYMENT", style="dim")
    if wrong is not None:
        _refuse_event(wrong, names())


def _list_acts(gateway: str, wrong: str | None, as_json: bool) -> None:
    acts = fake_gateway_actions.ACTS[gateway]
    if as_json:
        print_json(list(acts))
    else:
        shown = table(f"What can happen at {gateway}", ["Event", "It may be said"])
        for event in acts:
            shown.add_row(event, ", ".join(fake_gateway_actions.takes(gateway, event)) or "nothing")
        console().print(shown)
        say(f"kassa trigger {gateway} refund --set payment_id=PAYMENT", style="dim")
    if wrong is not None:
        _refuse_event(wrong, list(acts))


def _refuse_event(wrong: str, known: list[str]) -> None:
    near = get_close_matches(wrong, known, n=1)
    notification = f"did you mean {near[0]}?" if near else "take one of the list"
    give_up(f"There is no event {wrong}: {notification}")
