"""What every Stripe object has: an id, an amount, a time; read strictly, or not at all."""

from datetime import datetime, timedelta
from typing import NamedTuple

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import ObjectKind, ObjectReport
from kassa.gateways.parsing import Body, instant
from kassa.gateways.stripe.money import from_stripe


class Header(NamedTuple):
    """What an event says beside its object: its type, and when that happened."""

    type: str = ""
    at: datetime | None = None


AFTERWARDS = timedelta(seconds=1)  # Stripe counts whole seconds; what can't be first comes so late
UNSAID = Header()  # of an object that stands inside another, or that was looked up


def id_of(reference: object) -> str | None:
    """Return the id of something Stripe names by id or, expanded, by the object itself."""
    if isinstance(reference, dict):
        reference = reference.get("id")
    return reference if isinstance(reference, str) and reference else None


def object_report(
    body: Body,
    kind: ObjectKind,
    state: str,
    amount: object = None,
    object_id: object = None,
) -> ObjectReport:
    """Say how an object stands; its own id and amount, unless others are given.

    Raises UnreadableEvent where it has no id: it would be one with others that have none.
    """
    known_as = id_of(object_id) or id_of(body)
    if known_as is None:
        raise UnreadableEvent(f"the {kind} has no id")
    return ObjectReport(
        object_id=known_as,
        kind=kind,
        state=state,
        amount=from_stripe(body.get("amount") if amount is None else amount, body.get("currency")),
        happened_at=instant(body.get("created")),
    )
