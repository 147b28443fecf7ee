"""What a webhook endpoint was told, and what it answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.failures.deliveries import listing
from cli.listing import Cursor, Limit, Shown, Start, show_list
from cli.output import AsJson, in_one_line
from cli.webhooks.actions import EndpointId
from kassa.deliveries import lists
from kassa.deliveries.delivery import Channel, Status
from kassa.deliveries.serve_deliveries import DeliveryView
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

commands = typer.Typer()


@commands.command("deliveries")
@in_one_line
def deliveries(
    endpoint_id: EndpointId,
    day: Annotated[
        datetime | None,
        typer.Option("--day", formats=["%Y-%m-%d"], help="A UTC day; today without it."),
    ] = None,
    status: Annotated[Status | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List what an endpoint was told on a day, and what it answered; newest first."""
    connect_as_merchant()
    merchant_id, on = settings().merchant_id, day.date() if day else clock.now().date()
    filters = lists.DeliveryFilter(status, Channel.WEBHOOK, f"endpoint:{endpoint_id}")

    def read(request: PageRequest) -> tuple[Sequence[DeliveryView], str | None]:
        found, after = lists.of_day(merchant_id, on, filters, request)
        return [DeliveryView.of(one) for one in found], after

    nothing = "Nothing was sent to it on that day."
    show_list(read, Start(limit, cursor), Shown("deliveries", listing, nothing), as_json)
