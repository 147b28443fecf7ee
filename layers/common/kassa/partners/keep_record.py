"""Keep one record in step at one partner: one attempt, for a delivery that is begun.

The record is claimed before anything leaves, so of two deliveries about it one goes at a time, and
what is older than what was sent is left out. A request without an answer leaves its claim behind:
once it can't take effect any more, whoever comes next looks the record up before it sends again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from kassa.deliveries.delivery import Delivery, Outcome, Reason, Status
from kassa.partners import keys, record_state, record_store
from kassa.partners.outcomes import UNTRIED_AFTER, outcome, waiting
from kassa.partners.ports import (
    Answer,
    BuyerForgotten,
    FactContext,
    Held,
    Partner,
    Record,
    RecordUnreadable,
    Traits,
    Verdict,
)
from kassa.partners.record_state import RecordState, Turn
from kassa.platform import clock
from kassa.platform.pacing import rate_limit
from kassa.platform.pacing.circuit_breaker import CircuitBreaker
from kassa.platform.settings import settings

BUSY_S = 10.0  # how long a partner that takes no more is left alone, where it doesn't say
T = TypeVar("T")


class Attempt(NamedTuple):
    """One attempt: at which record of whom, and for which delivery."""

    partner: Partner
    record: Record
    delivery: Delivery
    traits: Traits


class _Held(Exception):
    """A call that may not be made now."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(reason)
        self.until = until
        self.reason = reason


def keep_record(partner: Partner, kind: str, context: FactContext, delivery: Delivery) -> Outcome:
    """Make one attempt and return what it leaves behind; the delivery was begun before.

    Raises StaleWrite where another delivery took the record meanwhile: the message must come back.
    """
    traits = partner.traits(kind)
    if traits is None:
        return Outcome(Status.SKIPPED, Reason.RECIPIENT_OFF)
    try:
        record = partner.record(kind, context)
    except BuyerForgotten:
        return Outcome(Status.SKIPPED, Reason.FORGOTTEN)
    except RecordUnreadable as error:
        return outcome(delivery, Answer(Verdict.REFUSED, str(error)), traits, clock.now())
    return _kept(Attempt(partner, record, delivery, traits))


def _kept(attempt: Attempt) -> Outcome:
    partner, record, delivery, traits = attempt
    now, state = clock.now(), record_store.find(partner.name, record)
    turn = record_state.claim(state, record, delivery.delivery_id, now)
    if turn in _ENDS:
        return _ENDS[turn]
    if turn is Turn.WAIT:
        return _later(delivery, state.sending_until or now, Reason.BUSY)
    until = now + record_state.LIVES + traits.settles
    begun = record_state.begun(state, record, delivery.delivery_id, until)
    record_store.keep(partner.name, record, state, begun)
    try:
        held, is_clear = _found(attempt, state, turn)
        if isinstance(held, Answer):
            return _ended(attempt, held, state, begun)
        if held is not None and is_clear and _is_there(held, record):
            answer = Answer(Verdict.DONE, partner_id=held.partner_id)
        else:
            answer = _called(partner, partial(partner.upsert, record, held))
    except _Held as error:
        record_store.keep(partner.name, record, begun, _restored(state, begun))
        return _later(delivery, error.until, error.reason)
    return _ended(attempt, answer, RecordState() if is_clear else state, begun)


def _found(attempt: Attempt, state: RecordState, turn: Turn) -> tuple[Held | Answer | None, bool]:
    """Return what is known to be there, and whether nothing is left unknown by that.

    A record is looked up after a request without an answer, and where we know it only by our id.
    """
    partner, record, _, traits = attempt
    is_known = state.version is not None
    if turn is Turn.LOOK_UP and traits.can_look_up:
        found = _called(partner, partial(partner.look_up, record, state.partner_id))
        return found, not isinstance(found, Answer)
    held = Held(state.partner_id, state.version) if is_known else None
    return held, turn is Turn.SEND


def _is_there(held: Held, record: Record) -> bool:
    """Tell whether what was found is what was to be sent, or newer."""
    return held.version is not None and held.version >= record.version


def _called(partner: Partner, call: Callable[[], T]) -> T:
    """Make a call in its turn; raise _Held where the partner is left alone, or has no turn now."""
    circuits = CircuitBreaker("target", partial(keys.circuit, settings().merchant_id))
    circuit, may_call = circuits.enter(partner.name)
    if not may_call:
        rests_until = circuit.rests_until or clock.now()
        raise _Held(rests_until, Reason.NO_ANSWER)
    rate = keys.rate(settings().merchant_id, partner.name)
    free_from = rate_limit.taken(rate, partner.turn)
    if free_from is not None:
        raise _Held(free_from, Reason.BUSY)
    answer = call()
    if isinstance(answer, Answer) and answer.is_silent:
        circuits.count_silence(partner.name)
        return answer
    circuits.note_answer(partner.name, circuit)
    if isinstance(answer, Answer) and answer.is_for_all:
        pause = timedelta(seconds=answer.retry_after_s or BUSY_S)
        rate_limit.pause(rate, clock.now() + pause)
    return answer


def _ended(attempt: Attempt, answer: Answer, doubt: RecordState, begun: RecordState) -> Outcome:
    """Write what is known of the record now, and return what becomes of the delivery."""
    partner, record, delivery, traits = attempt
    now = clock.now()
    if answer.verdict is Verdict.DONE:
        after = record_state.sent(begun, record.version, delivery.delivery_id, answer.partner_id)
    elif answer.verdict is Verdict.UNKNOWN:
        after = record_state.doubtful(begun, now + traits.settles)
    else:
        after = _restored(doubt, begun)
    record_store.keep(partner.name, record, begun, after)
    left = outcome(delivery, answer, traits, now)
    return _spread(left, now)


def _restored(before: RecordState, begun: RecordState) -> RecordState:
    """Return a record as it was before its claim: in doubt, if it was."""
    return record_state.restored(begun, before)


def _later(delivery: Delivery, until: datetime, reason: str | None) -> Outcome:
    """Return that a delivery, of which nothing was tried, waits until an instant at least."""
    now = clock.now()
    return _spread(waiting(delivery, now, until - now, reason, UNTRIED_AFTER), now)


def _spread(left: Outcome, now: datetime) -> Outcome:
    """Return an outcome whose wait is up to a quarter longer: not all come back at once."""
    if left.next_attempt_at is None:
        return left
    longer_s = clock.jitter((left.next_attempt_at - now).total_seconds() / 4)
    return left._replace(next_attempt_at=left.next_attempt_at + timedelta(seconds=longer_s))


_ENDS = {
    Turn.DONE: Outcome(Status.SENT),
    Turn.OUTDATED: Outcome(Status.SKIPPED, Reason.OUTDATED),
    Turn.CLASH: Outcome(Status.FAILED, "two subjects have one record: map another key"),
}
