"""How webhook endpoints look on a screen."""

from collections.abc import Sequence

from rich.markup import escape

from cli.listing import Listing
from cli.output import console, instant, say
from kassa.partners.webhooks.endpoints.endpoint import EndpointStatus
from kassa.partners.webhooks.endpoints.read_endpoint import (
    EndpointDetails,
    EndpointView,
    EndpointWithSecret,
)


def print_list(found: Sequence[EndpointDetails]) -> None:
    """Print endpoints, each with how it fares."""
    columns = ["Endpoint", "Events", "Where", "State"]
    shown = Listing("", columns, {"Endpoint", "State"})
    for one in found:
        filters = ", ".join(one.endpoint.events)
        shown.add_row(one.endpoint.endpoint_id, filters, escape(one.endpoint.url), state(one))
    shown.print()


def print_details(one: EndpointDetails) -> None:
    """Print all that there is to say of an endpoint."""
    screen = console()
    screen.print(f"[bold]{one.endpoint.endpoint_id}[/bold]  {state(one)}", soft_wrap=True)
    for name, value in _details(one):
        screen.print(f"  [dim]{name:<11}[/dim] {escape(value)}", soft_wrap=True)
    if one.endpoint.status is EndpointStatus.DISABLED:
        say(f"Once it is mended: kassa webhooks enable {one.endpoint.endpoint_id}", style="dim")


def print_secret(made: EndpointWithSecret) -> None:
    """Print what a receiver verifies by; a shared secret isn't shown again."""
    screen = console()
    screen.print(f"[bold]{made.endpoint.endpoint_id}[/bold]  {escape(made.endpoint.url)}")
    screen.print(f"  {made.secret}", soft_wrap=True)
    kind = "Its public key" if made.secret.startswith("whpk_") else "Its secret, shown this once"
    say(f"{kind}: give it to whoever receives.", style="yellow")
    if made.endpoint.previous_until is not None:
        say(f"The one before signs along until {instant(made.endpoint.previous_until)} UTC.")


def state(one: EndpointDetails) -> str:
    """Return in a few words how an endpoint fares."""
    if one.endpoint.status is EndpointStatus.DISABLED:
        return escape(f"disabled, {str(one.endpoint.disabled_because).replace('_', ' ')}")
    if one.failing_since is not None:
        return f"failing since {instant(one.failing_since)}"
    return str(one.endpoint.status)


def _details(one: EndpointDetails) -> list[tuple[str, str]]:
    endpoint = one.endpoint
    named = [
        ("where", endpoint.url),
        ("events", ", ".join(endpoint.events)),
        ("what for", endpoint.description or "nobody said"),
        ("signed by", f"{endpoint.scheme}, secret {endpoint.secret_number}{_overlap(endpoint)}"),
        ("owner", endpoint.owner_id),
        ("entered", f"{instant(endpoint.created_at)} UTC"),
    ]
    if endpoint.disabled_at is not None:
        named.append(("disabled", endpoint.disabled_at.isoformat()))
    if one.left_alone_until is not None:
        named.append(("left alone", f"until {instant(one.left_alone_until)} UTC"))
    if one.replay is not None:
        replay = one.replay
        named.append(("replay", f"{replay.replay_id} {replay.status}, {replay.enqueued} enqueued"))
    return named


def _overlap(endpoint: EndpointView) -> str:
    until = endpoint.previous_until
    return f"; the one before until {instant(until)} UTC" if until else ""
