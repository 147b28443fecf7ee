"""`kassa webhooks`: endpoints that are told of facts; what they are, and how they fare."""

import typer

from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from cli.webhooks import actions, deliveries, tables, trials
from kassa.partners.webhooks.endpoints.read_endpoint import details_of
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.platform.settings import settings

app = typer.Typer(
    no_args_is_help=True,
    help="Webhooks to other programs: add an endpoint, change it, try it, replay.",
)
app.add_typer(actions.commands)
app.add_typer(trials.commands)
app.add_typer(deliveries.commands)


@app.command("list")
@in_one_line
def listed(as_json: AsJson = False) -> None:
    """List all endpoints, the oldest first."""
    connect_as_merchant()
    found = [details_of(one) for one in Endpoints(settings().merchant_id).listed()]
    if as_json:
        print_json([one.endpoint for one in found])
        return
    if not found:
        say("There is no webhook endpoint yet: 'kassa webhooks add URL --event \"*\" --owner ID'.")
        return
    tables.print_list(found)


@app.command("show")
@in_one_line
def show(endpoint_id: actions.EndpointId, as_json: AsJson = False) -> None:
    """Show an endpoint, how it fares, and its latest replay."""
    connect_as_merchant()
    found = details_of(Endpoints(settings().merchant_id).named(endpoint_id))
    if as_json:
        print_json(found)
        return
    tables.print_details(found)
