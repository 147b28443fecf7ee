"""`kassa events`: what gateways told us, day by day; show one, or send one in again."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.doors import open_doors
from cli.output import (
    AsJson,
    amount,
    console,
    in_one_line,
    instant,
    keep_whole,
    postings_table,
    print_json,
    table,
)
from cli.resending import send_again
from kassa.adapters import clock
from kassa.adapters.event_items import BookedEvent
from kassa.adapters.event_lists import PAGE_MAX, EventLists
from kassa.domain.histories import booked_postings
from kassa.errors import EventNotFound

app = typer.Typer(no_args_is_help=True, help="Events of the gateways: list, show, resend.")

DAYS_SEARCHED = 14

EventId = Annotated[str, typer.Argument(help="The event's id, the gateway's own.")]
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
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the events booked on a day, newest first; today, if no day is said."""
    open_doors()
    asked = day.date() if day else clock.now().date()
    found = _collect(asked, gateway_type, limit)
    if as_json:
        print_json(found)
        return
    shown = table(f"Events booked on {asked} (UTC)", ["Booked", "Event, about", "Type, facts"])
    for event in found:
        shown.add_row(
            f"{event.booked_at:%H:%M:%S}",
            f"{escape(event.event_id)}\n[dim]{escape(event.subject.subject_id)}[/dim]",
            f"{escape(event.gateway_type)}\n{_told(event)}",
        )
    keep_whole(shown, "Event, about")
    console().print(shown if found else f"No events were booked on {asked} (UTC).")


@app.command("show")
@in_one_line
def show(event_id: EventId, day: Day = None, as_json: AsJson = False) -> None:
    """Show one event: what it said, the facts it made true and their postings."""
    open_doors()
    event = find(event_id, day)
    if as_json:
        print_json(event)
        return
    screen, subject = console(), event.subject
    screen.print(f"[bold]{event.event_id}[/bold]  {event.gateway_type}")
    screen.print(
        f"booked {instant(event.booked_at)} UTC, about {subject.kind} [bold]{subject.subject_id}"
        f"[/bold] of {subject.gateway}/{subject.account}, version {event.version}"
    )
    if event.is_ignored:
        screen.print("Kept, but nothing is done about events of this type.", style="yellow")
    standings = event.reading.get("standings", [])
    if standings:
        screen.print(_standings_table(standings))
    if event.facts:
        screen.print(_facts_table(event))
    if any(fact.data.postings for fact in event.facts):
        screen.print(postings_table(booked_postings(event.facts)))


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
    """Send an event's archived bytes in again; what is booked stays booked, and is told again."""
    stack = open_doors()
    event = find(event_id, day)
    send_again(stack, event, reread)
    if as_json:
        print_json({"event_id": event_id, "raw": event.raw, "reread": reread})
        return
    console().print(f"{event_id} is on its way again: 'kassa events show {event_id}'.")


def find(event_id: str, day: datetime | None) -> BookedEvent:
    """Find an event on its day or, if none is said, on the last days."""
    lists = EventLists()
    if day:
        return lists.find(event_id, day.date())
    today = clock.now().date()
    for back in range(DAYS_SEARCHED):
        try:
            return lists.find(event_id, today - timedelta(days=back))
        except EventNotFound:
            continue
    raise EventNotFound(
        f"no event {event_id} was booked in the last {DAYS_SEARCHED} days: name its day with --day"
    )


def _collect(day: date, gateway_type: str | None, limit: int) -> list[BookedEvent]:
    found: list[BookedEvent] = []
    cursor = None
    while len(found) < limit:
        size = min(PAGE_MAX, limit - len(found))
        page = EventLists().booked_on(day, gateway_type, cursor, size)
        found += page.events
        cursor = page.cursor
        if cursor is None:
            break
    return found


def _told(event: BookedEvent) -> str:
    if event.is_ignored:
        return "[dim]ignored[/dim]"
    return ", ".join(fact.data.fact for fact in event.facts) or "[dim]nothing new[/dim]"


def _standings_table(standings: list[dict[str, Any]]) -> Any:
    shown = table("What it said", ["Object", "Kind", "State", "Amount>", "Happened (UTC)"])
    for one in standings:
        happened = instant(datetime.fromisoformat(one["happened_at"]))
        shown.add_row(one["object_id"], one["kind"], one["state"], amount(one["amount"]), happened)
    return shown


def _facts_table(event: BookedEvent) -> Any:
    shown = table("Facts it made true", ["Fact", "Object", "Amount>", "Fact id"])
    for fact in event.facts:
        told = fact.data
        shown.add_row(told.fact, told.object_id, amount(told.amount), escape(fact.metadata.fact_id))
    return shown
