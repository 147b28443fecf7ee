"""`kassa messages letters`: the letters of a day, fetched for whoever prints them."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.connection import connect_as_merchant
from cli.output import AsJson, in_one_line, print_json, say
from cli.stack import output_folder
from kassa.deliveries import lists
from kassa.deliveries.delivery import Channel, Status
from kassa.deliveries.lists import DeliveryFilter
from kassa.platform import clock, documents
from kassa.platform.index_pages import PageRequest
from kassa.platform.settings import settings

commands = typer.Typer()

Day = Annotated[
    datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="A UTC day, else today.")
]


@commands.command("letters")
@in_one_line
def letters(day: Day = None, as_json: AsJson = False) -> None:
    """Fetch the letters of a day, to be printed and posted."""
    connect_as_merchant()
    found = _fetched((day or clock.now()).date().isoformat())
    if as_json:
        print_json({"letters": found})
        return
    for path in found:
        say(str(path))
    if not found:
        say("No letter is of that day.")


def _fetched(day: str) -> list[Path]:
    """Return where the letters of a day lie here, the oldest first."""
    filters, cursor, found = DeliveryFilter(Status.SENT, Channel.LETTER), None, list[Path]()
    while True:
        request = PageRequest(cursor, 100)
        of_day = datetime.fromisoformat(day).date()
        page, cursor = lists.of_day(settings().merchant_id, of_day, filters, request)
        for one in page:
            path = output_folder() / str(one.carrier_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(documents.read(str(one.carrier_id)))
            found.insert(0, path)
        if cursor is None:
            return found
