"""Who said something of a payment, how that is named for good, and its act of the audit trail."""

from typing import NamedTuple

from kassa.audit.trail import Act, Actor
from kassa.gateways.manual.entries import PaymentEntry
from kassa.gateways.registry import MANUAL

NAMELESS = "alike"  # how the name of what its caller gave none begins


class EnteredBy(NamedTuple):
    """Who enters something, and under which Idempotency-Key."""

    actor: Actor
    key: str | None = None


class EntryResult(NamedTuple):
    """A payment with what was just said of it, and whether that was new."""

    entry: PaymentEntry
    is_new: bool


def name_of(entry_id: str | None, by: EnteredBy) -> tuple[str, ...] | None:
    """Return what names what is said for good; none where the caller gave it no name."""
    if entry_id is not None:
        return ("entry", entry_id)
    return ("key", by.actor.name, by.key) if by.key else None


def act_of(entry: PaymentEntry, by: EnteredBy, operation: str, after: str | None = None) -> Act:
    """Return the act of the audit trail: ids and codes only."""
    return Act(
        operation=operation,
        object_id=f"payment/{MANUAL}/{entry.account}/{entry.payment_id}",
        by=by.actor,
        after=after,
    )
