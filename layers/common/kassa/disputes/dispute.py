"""A dispute as Kassa keeps it, and what may happen to it; nothing here moves money.

The books say how it stands (`standing`); beside that stands what became of its one answer. An
answer is unknown from before it is sent until the gateway says it has it: so a crash or a lost
answer leaves it unknown, and never lets it be sent twice.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.disputes.reasons import DisputeCategory, category_of
from kassa.gateways import registry
from kassa.gateways.disputes.evidence import DisputeRef, EvidenceKind
from kassa.gateways.disputes.limits import LIMITS
from kassa.gateways.events import Subject, SubjectKind
from kassa.gateways.registry import Ability

KASSA = "kassa"
WARN_HOURS = (72, 24)  # before evidence is due
_AGAIN_MINUTES = (2, 5, 15, 30, 60, 180)  # when what is unknown is asked for again
_ASKED_MAX = 4  # times that a gateway is asked for a deadline that it didn't say
_LATER = timedelta(hours=6)  # when a gateway is asked again that didn't know a deadline
_DAILY = timedelta(days=1)  # when one is asked that may ask for another answer


class Standing(StrEnum):
    """How a dispute stands by the books."""

    INQUIRY = "inquiry"  # a question: no money moved
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"  # an inquiry that came to nothing


OPEN = (Standing.INQUIRY, Standing.OPEN)


class AnswerState(StrEnum):
    """What became of the answer."""

    NONE = "none"
    UNKNOWN = "unknown"  # it may be with the gateway
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"  # the merchant gave in


class AnswerAct(StrEnum):
    """What is submitted."""

    ANSWER = "answer"
    ACCEPT = "accept"


class Step(StrEnum):
    """What happened to a dispute here."""

    OPENED = "opened"
    FILE_ADDED = "file_added"
    SUBMITTING = "submitting"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"  # by the gateway; nothing was taken
    NOT_FOUND = "not_found"  # what was unknown: the gateway has no answer
    ELSEWHERE = "elsewhere"  # the gateway has an answer, or was given in to, and not by Kassa
    REOPENED = "reopened"  # it asks for another answer: a round of its own
    REMINDED = "reminded"
    MISSED = "missed"  # nothing was submitted in time
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


PUBLISHED = (Step.ANSWERED, Step.ACCEPTED, Step.REMINDED, Step.MISSED)  # each by a fact


class Change(Model):
    """One step, when, and who did it."""

    step: Step
    at: Instant
    by: str = KASSA
    why: str | None = None  # an act, a digest, a refusal, hours


class KeptFile(Model):
    """A file that a person added; its bytes lie in the bucket."""

    file_id: str
    name: str
    kind: EvidenceKind
    content_type: str
    size: int
    added_by: str


class DisputeView(Model):
    """A dispute, its deadline, its files and its answer; ids only, no text of anybody."""

    merchant_id: str
    gateway: str
    account: str
    payment_id: str
    dispute_id: str
    amount: Money
    reason: str | None = None
    opened_at: Instant
    standing: Standing
    ended_at: Instant | None = None
    evidence_due_by: Instant | None = None
    answer: AnswerState = AnswerState.NONE
    act: AnswerAct | None = None  # that is unknown, or was done
    files: tuple[KeptFile, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.standing in OPEN

    @property
    def takes_answers(self) -> bool:
        """Whether its gateway is answered by an API."""
        return registry.can(self.gateway, Ability.ANSWER_DISPUTE)

    @property
    def is_answerable(self) -> bool:
        """Whether it may be answered, or given up, as far as Kassa knows."""
        return self.takes_answers and self.is_open and self.answer is AnswerState.NONE

    @property
    def category(self) -> DisputeCategory:
        """Return what the customer says is wrong."""
        return category_of(self.reason)

    @property
    def path(self) -> str:
        """Return what it is called in addresses and in the audit trail."""
        return f"{self.gateway}/{self.account}/{self.dispute_id}"

    def last(self, step: Step) -> Change | None:
        """Return the last change of a kind."""
        return next((one for one in reversed(self.changes) if one.step is step), None)

    @property
    def is_missed(self) -> bool:
        """Whether the deadline of this round passed with nothing submitted."""
        return any(one.step is Step.MISSED for one in self.round)

    @property
    def is_elsewhere(self) -> bool:
        """Whether this round was ended at the gateway, and not by Kassa."""
        return any(one.step is Step.ELSEWHERE for one in self.round)

    @property
    def round(self) -> tuple[Change, ...]:
        """Return what happened since an answer was last asked for anew; at first, all."""
        begun = [n for n, one in enumerate(self.changes) if one.step is Step.REOPENED]
        return self.changes[begun[-1] :] if begun else self.changes


class Dispute(DisputeView):
    """A dispute with what Kassa notes for itself: how it goes on with it."""

    published: int = 0  # how many of the changes
    tries: int = 0  # how often the gateway was asked what it has
    next_check_at: Instant | None = None
    version: int = 0

    @property
    def ref(self) -> DisputeRef:
        """Return what its gateway is asked by."""
        subject = Subject(
            gateway=self.gateway,
            account=self.account,
            kind=SubjectKind.PAYMENT,
            subject_id=self.payment_id,
        )
        attempt = sum(one.step is Step.SUBMITTING for one in self.changes)
        again = self.last(Step.REOPENED)
        return DisputeRef(
            payment=subject,
            dispute_id=self.dispute_id,
            attempt=attempt,
            reopened_at=again.at if again else None,
        )


def changed(dispute: Dispute, change: Change | None, **fields: Any) -> Dispute:
    """Return a dispute after a step; its next look is worked out anew by whoever writes it."""
    changes = (*dispute.changes, change) if change else dispute.changes
    return dispute.model_copy(update={**fields, "changes": changes, "version": dispute.version + 1})


def ended(dispute: Dispute, standing: Standing, at: datetime) -> Dispute:
    """Return a dispute that was decided; the same decision again changes nothing.

    What was decided later counts: a dispute that was won may be lost once more.
    """
    is_older = dispute.ended_at is not None and at < dispute.ended_at
    is_question = standing is Standing.CLOSED and dispute.standing is not Standing.INQUIRY
    if is_older or is_question or dispute.standing is standing:
        return dispute
    change = Change(step=Step(standing.value), at=at)
    return changed(dispute, change, standing=standing, ended_at=at)


def asked_again(dispute: Dispute, at: datetime, **fields: Any) -> Dispute:
    """Return a dispute in a new round: open, not answered, and its deadline announced anew."""
    anew = {"standing": Standing.OPEN, "answer": AnswerState.NONE, "act": None, "ended_at": None}
    return changed(dispute, Change(step=Step.REOPENED, at=at), tries=0, **(anew | fields))


def submitting(dispute: Dispute, act: AnswerAct, change: Change) -> Dispute:
    """Return a dispute whose answer is about to be sent: unknown until the gateway has it."""
    return changed(dispute, change, answer=AnswerState.UNKNOWN, act=act, tries=0)


def taken(dispute: Dispute, at: datetime, by: str) -> Dispute:
    """Return a dispute whose answer the gateway has."""
    is_accepted = dispute.act is AnswerAct.ACCEPT
    change = Change(step=Step.ACCEPTED if is_accepted else Step.ANSWERED, at=at, by=by)
    state = AnswerState.ACCEPTED if is_accepted else AnswerState.SUBMITTED
    return changed(dispute, change, answer=state)


def elsewhere(dispute: Dispute, at: datetime, act: AnswerAct) -> Dispute:
    """Return a dispute that was answered, or given up, at its gateway and not by Kassa."""
    state = AnswerState.ACCEPTED if act is AnswerAct.ACCEPT else AnswerState.SUBMITTED
    return changed(dispute, Change(step=Step.ELSEWHERE, at=at), answer=state, act=act)


def not_taken(dispute: Dispute, change: Change) -> Dispute:
    """Return a dispute that may be answered again: the gateway has nothing of it."""
    return changed(dispute, change, answer=AnswerState.NONE, act=None, tries=0)


def warned(dispute: Dispute, now: datetime) -> Dispute | None:
    """Return a dispute of whose deadline people are warned now; None where they aren't."""
    due_by = dispute.evidence_due_by
    if not dispute.is_open or dispute.answer is not AnswerState.NONE or due_by is None:
        return None
    if now >= due_by:
        return None if dispute.is_missed else changed(dispute, Change(step=Step.MISSED, at=now))
    passed = [hours for hours in WARN_HOURS if now >= due_by - timedelta(hours=hours)]
    if not passed or str(passed[-1]) in _warned_hours(dispute):
        return None
    change = Change(step=Step.REMINDED, at=now, why=str(passed[-1]))
    return changed(dispute, change)


def next_check_at(dispute: Dispute, now: datetime) -> datetime | None:
    """Return when somebody must look at a dispute again; none where nobody need."""
    if any(one.step in PUBLISHED for one in dispute.changes[dispute.published :]):
        return now
    if dispute.answer is AnswerState.UNKNOWN and dispute.is_open:
        minutes = _AGAIN_MINUTES[min(dispute.tries, len(_AGAIN_MINUTES) - 1)]
        return now + timedelta(minutes=minutes)
    if may_be_asked_again(dispute):
        return now + _DAILY
    if not dispute.is_open or dispute.answer is not AnswerState.NONE:
        return None
    if dispute.evidence_due_by is None:
        return _asked_at(dispute, now)
    coming = [dispute.evidence_due_by - timedelta(hours=hours) for hours in (*WARN_HOURS, 0)]
    return None if dispute.is_missed else min((at for at in coming if at > now), default=now)


def may_be_asked_again(dispute: Dispute) -> bool:
    """Tell whether a gateway may ask for another answer without a report that Kassa would get."""
    is_over = dispute.answer is AnswerState.SUBMITTED or dispute.is_missed
    limits = LIMITS.get(dispute.gateway)
    return bool(dispute.is_open and is_over and limits and limits.asks_again)


def _asked_at(dispute: Dispute, now: datetime) -> datetime | None:
    """Return when a gateway is asked for a deadline; a day long, and not one that can't say."""
    can = registry.can(dispute.gateway, Ability.FIND_DISPUTE)
    if not can or dispute.tries >= _ASKED_MAX:
        return None
    return now + _LATER if dispute.tries else now


def _warned_hours(dispute: Dispute) -> set[str | None]:
    return {one.why for one in dispute.round if one.step is Step.REMINDED}
