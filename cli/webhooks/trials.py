"""Tries a webhook endpoint, or tells it a window once more."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from cli.webhooks.actions import EndpointId
from kassa.core.errors import InvalidRequest
from kassa.partners.webhooks.endpoints.read_endpoint import ReplayView
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.replays.open_replay import open_replay
from kassa.partners.webhooks.submit_webhook import try_endpoint
from kassa.platform import clock
from kassa.platform.settings import settings

commands = typer.Typer()


@commands.command("test")
@in_one_line
def try_now(
    endpoint_id: EndpointId,
    comment: Annotated[str, typer.Option(help="Sent with it, to be known again.")] = "",
    as_json: AsJson = False,
) -> None:
    """Send an endpoint a webhook of no fact, from this machine, and say what it answers."""
    connect_as_merchant()
    tried = try_endpoint(Endpoints(settings().merchant_id).named(endpoint_id), comment)
    if as_json:
        print_json(tried)
    elif tried.is_taken:
        say(f"It answered {tried.status} after {tried.took_ms} ms.")
    else:
        say(f"It took nothing: {tried.reason}, after {tried.took_ms} ms.", style="red")
    if not tried.is_taken:
        raise typer.Exit(1)


@commands.command("replay")
@in_one_line
def replay(
    endpoint_id: EndpointId,
    begins: Annotated[str, typer.Option("--from", help="An instant, as 2026-11-21T09:00:00Z.")],
    ends: Annotated[str | None, typer.Option("--to", help="Another; now without it.")] = None,
    missed: Annotated[bool, typer.Option("--missed", help="Only what it never took.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell an endpoint once more what it was told in a window, under the ids of then."""
    connect_as_merchant()
    window = (_instant("--from", begins), _instant("--to", ends) if ends else clock.now())
    begun = open_replay(endpoint_id, window, operator(), is_missed_only=missed)
    if as_json:
        print_json(ReplayView.of(begun))
        return
    say(f"{begun.replay_id} is under way: 'kassa webhooks show {endpoint_id}' says how far.")


def _instant(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"{name}: must be an instant, as 2026-11-21T09:00:00Z") from None
    if found.tzinfo is None:
        raise InvalidRequest(f"{name}: must say its offset: add Z for UTC")
    return found.astimezone(UTC)
