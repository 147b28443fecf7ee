"""How events and what they made true are shown: reports, facts, postings."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.markup import escape

from cli.listing import Listing
from cli.output import amount, instant
from kassa.ledger.history import BookedPosting
from kassa.ledger.items import BookedEvent


def events_listing(title: str, events: Iterable[BookedEvent]) -> Listing:
    """Show events with what each is about and what came of it."""
    shown = Listing(title, ["Booked", "Event, about", "Type, facts"], {"Event, about"})
    for event in events:
        shown.add_row(
            f"{event.booked_at:%H:%M:%S}",
            f"{escape(event.event_id)}\n[dim]{escape(event.subject.subject_id)}[/dim]",
            f"{escape(event.gateway_type)}\n{_became(event)}",
        )
    return shown


def object_reports_listing(object_reports: list[dict[str, Any]]) -> Listing:
    """Show what an event reported of the objects it is about."""
    columns = ["Object", "Kind", "State", "Amount>", "Happened (UTC)"]
    shown = Listing("What it said", columns, {"Object", "Happened (UTC)"})
    for one in object_reports:
        happened = instant(datetime.fromisoformat(one["happened_at"]))
        money = amount(one["amount"])
        shown.add_row(escape(one["object_id"]), one["kind"], one["state"], money, happened)
    return shown


def facts_listing(event: BookedEvent) -> Listing:
    """Show the facts that an event made true."""
    shown = Listing(
        "Facts it made true", ["Fact id", "Fact", "Object", "Amount>"], {"Object", "Fact id"}
    )
    for fact in event.facts:
        data, named = fact.data, escape(fact.metadata.fact_id)
        shown.add_row(named, data.fact, escape(data.object_id), amount(data.amount))
    return shown


def postings_listing(postings: Iterable[BookedPosting]) -> Listing:
    """Show what moved, from where to where, and which event reported it."""
    columns = ["Object", "Posting", "From", "To", "Amount>", "Event"]
    shown = Listing("Postings", columns, {"Object", "Event"})
    for one in postings:
        named, event = escape(one.object_id), escape(one.event_id)
        shown.add_row(named, one.kind, one.source, one.destination, amount(one.amount), event)
    return shown


def _became(event: BookedEvent) -> str:
    if event.is_ignored:
        return "[dim]ignored[/dim]"
    return ", ".join(fact.data.fact for fact in event.facts) or "[dim]nothing new[/dim]"
