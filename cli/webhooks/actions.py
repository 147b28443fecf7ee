"""What changes a webhook endpoint: added, changed, disabled, its secret rotated."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from cli.acting import operator
from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from cli.webhooks import tables
from cli.whole_numbers import between
from infra.unlogged import unlogged
from kassa.fact_catalog import KINDS
from kassa.partners.webhooks.endpoints.endpoint import OVERLAP_HOURS_MAX, Scheme
from kassa.partners.webhooks.endpoints.filters import read_filters
from kassa.partners.webhooks.endpoints.read_endpoint import details_of, shown_once
from kassa.partners.webhooks.endpoints.save_endpoint import (
    Entered,
    change_endpoint,
    delete_endpoint,
    rotate_secret,
    save_endpoint,
)
from kassa.people.store import Persons

commands = typer.Typer()

EndpointId = Annotated[
    str, typer.Argument(metavar="ENDPOINT", help="Its id, as 'kassa webhooks list' names it.")
]


@commands.command("add")
@in_one_line
def add(
    url: Annotated[str, typer.Argument(help="Where webhooks are sent, https://…")],
    events: Annotated[
        list[str], typer.Option("--event", help="A kind of fact, Payment*, or *; may be repeated.")
    ],
    owner: Annotated[str, typer.Option(help="The person who hears when it is disabled.")],
    description: Annotated[str, typer.Option(help="What for, for people to read.")] = "",
    scheme: Annotated[
        Scheme, typer.Option(help="v1: a shared secret; v1a: a key pair.")
    ] = Scheme.V1,
    as_json: AsJson = False,
) -> None:
    """Enter an endpoint, and print what its receiver verifies by."""
    connect_as_merchant()
    person = Persons().named(owner)
    entered = Entered(url, read_filters(events, KINDS), description, scheme)
    made = shown_once(save_endpoint(entered, person.person_id, operator()))
    if as_json:
        print_json(made)
        return
    tables.print_secret(made)


@commands.command("change")
@in_one_line
def change(
    endpoint_id: EndpointId,
    url: Annotated[str | None, typer.Option(help="Where webhooks are sent from now on.")] = None,
    events: Annotated[
        list[str] | None, typer.Option("--event", help="In place of all before; may be repeated.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What for.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named of an endpoint."""
    named: dict[str, Any] = {"url": url, "description": description}
    if events:
        named["events"] = read_filters(events, KINDS)
    changes = {name: value for name, value in named.items() if value is not None}
    _change(endpoint_id, changes, as_json)


@commands.command("disable")
@in_one_line
def disable(endpoint_id: EndpointId, as_json: AsJson = False) -> None:
    """Send an endpoint nothing any more; what it misses is noted for 31 days."""
    _change(endpoint_id, {"is_enabled": False}, as_json)


@commands.command("enable")
@in_one_line
def enable(endpoint_id: EndpointId, as_json: AsJson = False) -> None:
    """Send an endpoint what comes from now on; 'kassa webhooks replay' sends what it missed."""
    _change(endpoint_id, {"is_enabled": True}, as_json)


@commands.command("remove")
@in_one_line
def remove(endpoint_id: EndpointId) -> None:
    """Delete an endpoint for good, and forget its address."""
    connect_as_merchant()
    delete_endpoint(endpoint_id, operator())
    say(f"{endpoint_id} is deleted.")


@commands.command("rotate")
@in_one_line
def rotate(
    endpoint_id: EndpointId,
    overlap_hours: Annotated[
        int,
        typer.Option(
            **between(0, OVERLAP_HOURS_MAX),
            help="How long the secret before signs along; 0 where it is known to others.",
        ),
    ] = 24,
    scheme: Annotated[Scheme | None, typer.Option(help="Another way to sign.")] = None,
    as_json: AsJson = False,
) -> None:
    """Give an endpoint its next secret, and print it."""
    connect_as_merchant()
    overlap = timedelta(hours=overlap_hours)
    made = shown_once(rotate_secret(endpoint_id, overlap, scheme, operator()))
    if as_json:
        print_json(made)
        return
    tables.print_secret(made)


def _change(endpoint_id: str, changes: dict[str, Any], as_json: bool) -> None:
    connect_as_merchant()
    with unlogged():
        after = details_of(change_endpoint(endpoint_id, changes, operator()))
    if as_json:
        print_json(after)
        return
    tables.print_details(after)
