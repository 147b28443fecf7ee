"""Send an event's archived bytes in again: what is booked stays, and is published once more.

Nothing but what a gateway sent can come in this way, and however often it does, it is booked once.
"""

from kassa.audit.note_act import acting
from kassa.audit.trail import Act, Actor
from kassa.core.callers import Caller, Scope, require_fresh, require_scope
from kassa.core.errors import EventNotFound
from kassa.gateways.events import Subject
from kassa.intake import deliveries
from kassa.ledger import raw_archive as archive
from kassa.ledger.lists.events import EventLists
from kassa.platform import clock


def resend_event(subject: Subject, event_id: str, caller: Caller) -> None:
    """Queue the very bytes that a gateway sent, for somebody who signed in just now.

    Raises ScopeMissing, SignInTooOld, and EventNotFound where there is no such event or its bytes
    are gone.
    """
    require_scope(caller, Scope.DELIVERIES_WRITE)
    require_fresh(caller, clock.now())
    booked = EventLists().booked_as(subject, event_id)
    if booked is None:
        raise EventNotFound(f"{subject.kind} {subject.subject_id} has no event {event_id}")
    raw = archived_at(booked.raw, event_id)
    act = Act(operation="event.resend", object_id=f"event/{event_id}", by=Actor.of(caller))
    with acting(act):
        queue_again(raw)


def archived_at(raw: str | None, event_id: str) -> str:
    """Return where an event's bytes lie; raise EventNotFound for one that has none."""
    if not raw:
        raise EventNotFound(f"{event_id} has no archived bytes: ask the gateway to send it again")
    return raw


def queue_again(raw: str, is_reread: bool = False) -> None:
    """Queue archived bytes; raise EventNotFound when the archive has dropped them."""
    again = {"origin": "resend", "reread": is_reread}
    deliveries.queue_deliveries([archive.find(raw).model_copy(update=again)])
