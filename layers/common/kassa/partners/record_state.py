"""What a partner was sent of one record, and whether it may be sent something now.

A record has one request under way at a time. A request without an answer keeps the record until it
can't take effect any more; so no late one writes over a newer state, and none is made twice. And
what is older than what was sent is never sent.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from kassa.core.model import Instant, Model
from kassa.partners.ports import Holds, Record

LIVES = timedelta(minutes=2)  # an attempt at most: the timeout of the function


class RecordState(Model):
    """What all execution environments know together of one record at a partner."""

    revision: int = 0  # how often it was written
    subject: str | None = None  # whose versions count, once something was sent
    version: int | None = None  # of what the partner is known to hold
    delivery_id: str | None = None  # which brought that
    partner_id: str | None = None
    sending: str | None = None  # the delivery whose request is under way, or was never answered
    sending_until: Instant | None = None  # until when it may take effect


class Turn(StrEnum):
    """What may be done now."""

    SEND = "send"
    LOOK_UP = "look_up"  # a request was never answered: find out, then send
    DONE = "done"  # it was sent by this very delivery
    OUTDATED = "outdated"  # a newer state, or the same, was sent
    WAIT = "wait"  # a request may still be under way
    CLASH = "clash"  # two subjects have one record


def claim(state: RecordState, record: Record, delivery_id: str, now: datetime) -> Turn:
    """Return what a delivery may do with a record now."""
    if state.subject not in (None, record.subject):
        return Turn.CLASH
    if state.sending_until is not None and now < state.sending_until:
        return Turn.WAIT
    if state.sending is None and state.delivery_id == delivery_id:
        return Turn.DONE
    if is_outdated(state, record):
        return Turn.OUTDATED
    return Turn.SEND if state.sending is None else Turn.LOOK_UP


def is_outdated(state: RecordState, record: Record) -> bool:
    """Tell whether a partner has what a record says, or something newer.

    Facts of one commit have one version, so each of them is sent. A payment as it stands is the
    same whenever its version is.
    """
    if state.version is None or record.holds is Holds.FACT:
        return False
    if record.holds is Holds.PAYMENT:
        return record.version <= state.version
    return record.version < state.version


def begun(state: RecordState, record: Record, delivery_id: str, until: datetime) -> RecordState:
    """Return a record with a request under way until an instant at most."""
    changes = {"subject": record.subject, "sending": delivery_id, "sending_until": until}
    return _written(state, changes)


def doubtful(state: RecordState, until: datetime) -> RecordState:
    """Return a record whose request had no answer: it may take effect until an instant."""
    return _written(state, {"sending_until": until})


def restored(state: RecordState, before: RecordState) -> RecordState:
    """Return a record whose request did nothing and never will: in doubt, if it was before."""
    doubt = {"sending": before.sending, "sending_until": before.sending_until}
    return _written(state, doubt | {"subject": before.subject})


def sent(state: RecordState, version: int, delivery_id: str, partner_id: str | None) -> RecordState:
    """Return a record that a partner is known to hold."""
    changes = {
        "version": version if state.version is None else max(version, state.version),
        "delivery_id": delivery_id,
        "partner_id": partner_id or state.partner_id,
        "sending": None,
        "sending_until": None,
    }
    return _written(state, changes)


def _written(state: RecordState, changes: Mapping[str, object]) -> RecordState:
    return state.model_copy(update={**changes, "revision": state.revision + 1})
