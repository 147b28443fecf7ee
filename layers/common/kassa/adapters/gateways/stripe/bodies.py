"""What every Stripe object has: an id, an amount, a time; read strictly, or not at all."""

from datetime import UTC, datetime
from typing import Any

from kassa.adapters.gateways.stripe.money import from_stripe
from kassa.domain.events import ObjectKind, Standing
from kassa.errors import UnreadableEvent

Body = dict[str, Any]


def instant(seconds: object) -> datetime:
    """Return Stripe's seconds since 1970 as an aware instant."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**34:
        raise UnreadableEvent("a time is not in seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def id_of(reference: object) -> str | None:
    """Return the id of something Stripe names by id or, expanded, by the object itself."""
    if isinstance(reference, dict):
        reference = reference.get("id")
    return reference if isinstance(reference, str) and reference else None


def word(value: object) -> str | None:
    """Return a word Stripe said; nothing for null, an empty one or what isn't a word."""
    return value if isinstance(value, str) and value else None


def standing(
    body: Body,
    kind: ObjectKind,
    state: str,
    amount: object = None,
    object_id: object = None,
) -> Standing:
    """Say how an object stands; its own id and amount, unless others are given."""
    return Standing(
        object_id=id_of(object_id) or str(body.get("id")),
        kind=kind,
        state=state,
        amount=from_stripe(body.get("amount") if amount is None else amount, body.get("currency")),
        happened_at=instant(body.get("created")),
    )
