"""`kassa events`: what gateways sent, day by day; show one, or send one in again."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.markup import escape

from cli import ids
from cli.connection import connect
from cli.events import tables
from cli.events.resending import send_again
from cli.output import AsJson, in_one_line, instant, print_json, say
from cli.whole_numbers import between
from kassa.ledger.history import booked_postings
from kassa.ledger.items import BookedEvent
from kassa.ledger.lists.events import EventFilter, EventLists
from kassa.platform import clock
from kassa.platform.index_pages import PAGE_MAX, PageRequest

app = typer.Typer(no_args_is_help=True, help="Events of the gateways: list, show, resend.")

EventId = Annotated[str, typer.Argument(metavar="EVENT", help="The event's id, or how it begins.")]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The UTC day of booking."),
]


@app.command("list")
@in_one_line
def listed(
    day: Day = None,
    gateway_type: Annotated[
        str | None, typer.Option("--type", help="Only this type, in the gateway's words.")
    ] = None,
    limit: Annotated[int, typer.Option(**between(1, 10_000), help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the events booked on a day, newest first; today, if no day is said."""
    connect()
    booked_on = day.date() if day else clock.now().date()
    found = _collect(booked_on, gateway_type, limit)
    if as_json:
        print_json(found)
        return
    if not found:
        of_type = f" of type {gateway_type}" if gateway_type else ""
        say(f"No events{of_type} were booked on {booked_on} (UTC).")
        return
    tables.events_listing(f"Events booked on {booked_on} (UTC)", found).print()


@app.command("show")
@in_one_line
def show(event_id: EventId, day: Day = None, as_json: AsJson = False) -> None:
    """Show one event: what it reported, the facts it made true and their postings."""
    connect()
    event = ids.event(event_id, day)
    if as_json:
        print_json(event)
        return
    subject = event.subject
    say(f"[bold]{escape(event.event_id)}[/bold]  {escape(event.gateway_type)}")
    whose = f"{subject.gateway}/{subject.account}"
    say(f"about {subject.kind} [bold]{escape(subject.subject_id)}[/bold] of {whose}")
    say(f"booked {instant(event.booked_at)} UTC, version {event.version}")
    if event.is_ignored:
        say("Kept, but nothing is done about events of this type.", style="yellow")
    object_reports = event.reading.get("object_reports", [])
    if object_reports:
        tables.object_reports_listing(object_reports).print()
    if event.facts:
        tables.facts_listing(event).print()
    if any(fact.data.postings for fact in event.facts):
        tables.postings_listing(booked_postings(event.facts)).print()


@app.command("resend")
@in_one_line
def resend(
    event_id: EventId,
    day: Day = None,
    reread: Annotated[
        bool, typer.Option("--reread", help="Append a corrected reading beside the first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send an event's archived bytes in again; what is booked stays, and is published again."""
    stack = connect()
    event = ids.event(event_id, day)
    send_again(stack, event, reread)
    if as_json:
        print_json({"event_id": event.event_id, "raw": event.raw, "reread": reread})
        return
    say(f"{event.event_id} is on its way again: 'kassa events show {event.event_id}'.")


def _collect(day: date, gateway_type: str | None, limit: int) -> list[BookedEvent]:
    found: list[BookedEvent] = []
    cursor = None
    while len(found) < limit:
        size = min(PAGE_MAX, limit - len(found))
        page = EventLists().booked_on(day, EventFilter(gateway_type), PageRequest(cursor, size))
        found += page.events
        cursor = page.next_cursor
        if cursor is None:
            break
    return found
