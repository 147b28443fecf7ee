"""Refolding: a subject's events folded anew by today's rules, and how that differs from the books.

Pure and without effects. The events come in the order in which they were booked, so that each fact
falls to the same event again; what the fold is compared with is read, and never written.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from kassa.core.model import Model
from kassa.gateways.events import GatewayEvent, Subject
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import TEXTS, SubjectState


class DifferenceKind(StrEnum):
    """In what the books and a fold of their events differ."""

    READING = "reading"  # today's reader reads the event's bytes otherwise
    FACTS = "facts"  # the event would make other facts true, or move other amounts
    STATE = "state"  # the subject would stand otherwise


class Difference(Model):
    """One difference between what the books say and what a fold of the events says."""

    kind: DifferenceKind
    subject: Subject
    concerns: str  # the event's id, the object's id or the field that differs
    booked: str
    folded: str


class Folded(NamedTuple):
    """What a subject's events fold into: its state, and the facts that each event makes true."""

    state: SubjectState
    facts: Mapping[str, tuple[LedgerFact, ...]]


class Dated(NamedTuple):
    """An event, when it was booked, and when the books began as far as it knew."""

    event: GatewayEvent
    booked_at: datetime
    opened_at: datetime | None


def fold(events: Iterable[Dated], merchant_id: str) -> Folded:
    """Fold events in the order given."""
    state, facts = SubjectState(), dict[str, tuple[LedgerFact, ...]]()
    for event, booked_at, opened_at in events:
        context = BookingContext(merchant_id, booked_at, opened_at)
        state, facts[event.event_id] = book(state, event, context)
    return Folded(state, facts)


def differing_facts(
    subject: Subject, event_id: str, booked: Sequence[LedgerFact], folded: Sequence[LedgerFact]
) -> list[Difference]:
    """Compare the facts of one event; their versions and times aside, which are the table's."""
    were, are = _published(booked), _published(folded)
    if were == are:
        return []
    return [
        Difference(
            kind=DifferenceKind.FACTS,
            subject=subject,
            concerns=event_id,
            booked=_spelled(name for name in were if were[name] != are.get(name)),
            folded=_spelled(name for name in are if are[name] != were.get(name)),
        )
    ]


def differing_state(
    subject: Subject, booked: SubjectState, headroom_minor: int, folded: SubjectState
) -> list[Difference]:
    """Compare how a subject stands, object by object, and what may still be refunded.

    What isn't folded from events (reservations, units of lines refunded) is taken from the books.
    """
    folded = folded.model_copy(update={"reservations": booked.reservations})
    were = _stands(booked) | {"headroom": str(headroom_minor)}
    are = _stands(folded) | {"headroom": str(folded.available_minor)}
    return [
        Difference(
            kind=DifferenceKind.STATE,
            subject=subject,
            concerns=name,
            booked=were.get(name, "-"),
            folded=are.get(name, "-"),
        )
        for name in sorted(were.keys() | are.keys())
        if were.get(name) != are.get(name)
    ]


def _published(facts: Iterable[LedgerFact]) -> dict[str, Any]:
    return {
        f"{fact.metadata.fact_id} {_moved(fact)}".rstrip(): fact.data.model_dump() for fact in facts
    }


def _moved(fact: LedgerFact) -> str:
    return ", ".join(
        f"{one.kind} {one.amount.amount_minor} {one.amount.currency}" for one in fact.data.postings
    )


def _spelled(names: Iterable[str]) -> str:
    return "; ".join(sorted(names)) or "-"


def _stands(state: SubjectState) -> dict[str, str]:
    names = (*TEXTS, "customer_id", "customer_from_order")
    texts = {name: str(getattr(state, name)) for name in names if getattr(state, name)}
    objects = {
        object_id: known.model_dump_json(by_alias=True, exclude_defaults=True)
        for object_id, known in state.objects.items()
    }
    return objects | texts
