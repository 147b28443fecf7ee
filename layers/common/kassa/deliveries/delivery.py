"""A delivery: one fact that is told to one recipient by one channel, and how far it is.

Its record is written before anything leaves, under an id that follows from what is told to whom; so
whatever comes again (the fact, the message, a crashed attempt) meets what was done before. It holds
ids only: names and addresses are read where they stand when something is sent.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from kassa.core import stored
from kassa.core.facts import Fact
from kassa.core.model import Instant, Label, Model

IN_FLIGHT = timedelta(minutes=5)  # longer than any attempt may take: after it, it has crashed
_ID_DIGITS = 32


class Channel(StrEnum):
    """By what something is told."""

    MAIL = "mail"
    TEXT = "text"  # to a phone
    LETTER = "letter"  # a document for somebody to print
    WEBHOOK = "webhook"
    PARTNER = "partner"  # a program of somebody else's, kept in step


class Status(StrEnum):
    """How far a delivery is."""

    SENDING = "sending"  # an attempt began, and its outcome isn't written yet
    WAITING = "waiting"  # for its next attempt: a retry, quiet hours, a daily cap
    SENT = "sent"  # taken by who carries it, or by a receiver's answer
    DELIVERED = "delivered"  # what a carrier reported afterwards, as the next two
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    SKIPPED = "skipped"  # there is nothing to send; `reason` says why
    FAILED = "failed"  # given up: a person may drive it again
    UNKNOWN = "unknown"  # nobody knows whether it left, and doing it again might tell twice


class Reason(Label):
    """Why a delivery stands as it does, where more than one reason may be."""

    NOT_TRUE_ANY_MORE = "not_true_any_more"
    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"  # its address bounced, or complained
    SWITCHED_OFF = "switched_off"  # the merchant doesn't want it told
    FORGOTTEN = "forgotten"  # who it was for was erased
    OUTDATED = "outdated"  # the recipient has a later state already
    QUIET_HOURS = "quiet_hours"
    DAILY_CAP = "daily_cap"
    BUSY = "busy"  # the recipient takes no more just now
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    RECIPIENT_OFF = "recipient_off"  # its endpoint or target is disabled
    REDRIVEN = "redriven"


_RANK = {Status.SENT: 0, Status.DELIVERED: 1, Status.BOUNCED: 2, Status.COMPLAINED: 3}
LEFT = frozenset(_RANK)
_UNREPORTED = frozenset({Status.SENDING, Status.UNKNOWN})  # a report says that it did leave
FAILURES = frozenset({Status.FAILED, Status.UNKNOWN, Status.BOUNCED})  # listed for people
REDRIVABLE = FAILURES | {Status.SKIPPED}
ENDED = frozenset(Status) - {Status.SENDING, Status.WAITING}


class Delivery(Model):
    """What is told to whom, and how far it is."""

    delivery_id: str
    merchant_id: str
    fact_id: str
    fact: str  # its kind
    channel: Channel
    message: str = ""  # a template's name; none where the fact itself is what is told
    recipient: str  # customer:<id>, staff:<id>, endpoint:<id>, target:<name>; never an address
    subject_id: str
    subject_version: int
    payload: str  # the fact as JSON: what a later attempt needs
    status: Status
    reason: str | None = None
    attempts: int = 0
    created_at: Instant
    attempted_at: Instant | None = None
    attempt_id: str | None = None  # who began the last one, so that it knows its own write
    next_attempt_at: Instant | None = None
    carrier_id: str | None = None  # what its carrier calls it
    version: int = 0  # how often it was written

    @property
    def due_at(self) -> datetime | None:
        """Return when somebody must look at it again; none once it has ended."""
        if self.status is Status.WAITING:
            return self.next_attempt_at
        if self.status is Status.SENDING and self.attempted_at is not None:
            return self.attempted_at + IN_FLIGHT
        return None


class Outcome(NamedTuple):
    """What became of an attempt; `reason` says why, in a Reason's word or the recipient's."""

    status: Status
    reason: str | None = None
    carrier_id: str | None = None
    next_attempt_at: datetime | None = None  # of what waits


def delivery_id(fact_id: str, channel: Channel, message: str, recipient: str) -> str:
    """Return the id of what is told to whom: the same whenever it is worked out again."""
    named = "\n".join((fact_id, channel, message, recipient))
    return f"dl_{sha256(named.encode()).hexdigest()[:_ID_DIGITS]}"


def new_delivery(
    fact: Fact[Any], channel: Channel, recipient: str, now: datetime, message: str = ""
) -> Delivery:
    """Return the record of a delivery that nobody tried yet."""
    metadata = fact.metadata
    return Delivery(
        delivery_id=delivery_id(metadata.fact_id, channel, message, recipient),
        merchant_id=metadata.merchant_id,
        fact_id=metadata.fact_id,
        fact=fact.data.fact,
        channel=channel,
        message=message,
        recipient=recipient,
        subject_id=metadata.subject_id,
        subject_version=metadata.version,
        payload=stored.text(fact, exclude_none=True),
        status=Status.WAITING,
        created_at=now,
    )


def is_begun_by_another(kept: Delivery, now: datetime) -> bool:
    """Tell whether an attempt may be under way just now."""
    return kept.status is Status.SENDING and kept.due_at is not None and now < kept.due_at


def begun(
    kept: Delivery, now: datetime, attempt_id: str, *, is_repeatable: bool
) -> Delivery | None:
    """Return a delivery with its attempt begun, or unknown for good; None where none is due.

    An attempt that crashed is repeated where its recipient knows a repeat; otherwise nobody knows
    whether it left.
    """
    if kept.due_at is None and kept.status is not Status.WAITING:
        return None
    if kept.due_at is not None and now < kept.due_at:
        return None
    if kept.status is Status.SENDING and not is_repeatable:
        return _written(kept, {"status": Status.UNKNOWN, "reason": Reason.NO_ANSWER.value})
    return _written(
        kept,
        {
            "status": Status.SENDING,
            "reason": None,
            "attempts": kept.attempts + 1,
            "attempted_at": now,
            "attempt_id": attempt_id,
            "next_attempt_at": None,
        },
    )


def ended(begun: Delivery, outcome: Outcome) -> Delivery:
    """Return a delivery as its attempt left it."""
    is_waiting = outcome.status is Status.WAITING
    if is_waiting is (outcome.next_attempt_at is None):
        raise ValueError("what waits, and nothing else, says until when")
    changes: dict[str, Any] = {"status": outcome.status, "reason": outcome.reason}
    changes["next_attempt_at"] = outcome.next_attempt_at
    if outcome.carrier_id is not None:
        changes["carrier_id"] = outcome.carrier_id
    return _written(begun, changes)


def reported(kept: Delivery, status: Status, reason: str | None) -> Delivery | None:
    """Return a delivery with what its carrier said afterwards; None where that says nothing new.

    Reports come twice and in any order, and before an attempt's own outcome is written: the worst
    of them stands.
    """
    is_later = kept.status in _RANK and _RANK[status] > _RANK[kept.status]
    if not is_later and kept.status not in _UNREPORTED:
        return None
    return _written(kept, {"status": status, "reason": reason, "next_attempt_at": None})


def settled(kept: Delivery, outcome: Outcome) -> Delivery | None:
    """Return a delivery with the outcome of an attempt that others wrote over; None if it stays.

    Only what nobody knew is known by it now.
    """
    if kept.status is not Status.UNKNOWN or outcome.status is Status.WAITING:
        return None
    return ended(kept, outcome)


def redriven(kept: Delivery, now: datetime) -> Delivery | None:
    """Return a delivery that is tried again from now on; None where it has nothing to retry."""
    if kept.status not in REDRIVABLE:
        return None
    return _written(
        kept,
        {"status": Status.WAITING, "reason": Reason.REDRIVEN.value, "next_attempt_at": now},
    )


def _written(delivery: Delivery, changes: Mapping[str, Any]) -> Delivery:
    return delivery.model_copy(update={**changes, "version": delivery.version + 1})
