"""Answer a dispute, give it up, or add a file to it: each once, whoever asks and however often.

That an answer is being submitted is written first, on the version that was read, with its audit.
Then the gateway is asked, once. Where it doesn't say what it did the answer stays unknown, and
watch_disputes asks how the dispute stands; nothing is sent a second time before the gateway said
that it has nothing. Money moves by the gateway's own events alone.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from kassa.audit.trail import Act, Actor
from kassa.core.callers import Caller
from kassa.core.errors import (
    Conflict,
    GatewayRefused,
    GatewayUnavailable,
    InvalidRequest,
    StaleWrite,
)
from kassa.disputes.answers import files_store
from kassa.disputes.answers.answering import (
    AnswerBody,
    FileBody,
    Prepared,
    Preview,
    checked_file,
    prepared,
    preview_of,
)
from kassa.disputes.answers.gather_evidence import gather_evidence
from kassa.disputes.dispute import (
    AnswerAct,
    AnswerState,
    Change,
    Dispute,
    Step,
    changed,
    elsewhere,
    not_taken,
    submitting,
    taken,
)
from kassa.disputes.publish_answers import publish_answers
from kassa.disputes.store import Disputes
from kassa.gateways import dispatch
from kassa.gateways.disputes.evidence import DisputeStage
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import count, logger

RESERVE_S = 3.0
_FARTHEST = timedelta(hours=14)  # from UTC: where a day begins first
_OPERATIONS = {
    AnswerAct.ANSWER: "dispute.answer",
    AnswerAct.ACCEPT: "dispute.accept",
}
_STAGES = {
    DisputeStage.SUBMITTED: "the gateway has evidence of it already",
    DisputeStage.ACCEPTED: "it was given up at the gateway",
    DisputeStage.CLOSED: "the gateway takes no answer to it any more",
}
_DONE = {
    DisputeStage.SUBMITTED: AnswerAct.ANSWER,
    DisputeStage.ACCEPTED: AnswerAct.ACCEPT,
}


class Named(NamedTuple):
    """Which dispute, and who asks."""

    gateway: str
    account: str
    dispute_id: str
    caller: Caller


def preview_answer(dispute: Dispute, body: AnswerBody) -> Preview:
    """Return what would be submitted; nothing leaves by it."""
    _must_take_answers(dispute)
    return preview_of(dispute, _prepared(dispute, body))


def add_file(named: Named, body: FileBody, disputes: Disputes, left_s: TimeLeft) -> Dispute:
    """Add a file to a dispute that is still to be answered; the same file again is one.

    Raises InvalidRequest where the gateway doesn't take such a file.
    """

    def added() -> Dispute:
        dispute = disputes.named(*named[:3])
        _must_be_answerable(dispute)
        content_type = checked_file(dispute, body)
        kept = files_store.keep_file(dispute, body, content_type, named.caller.actor_id)
        if kept.file_id in {one.file_id for one in dispute.files}:
            return dispute
        change = _change(named, Step.FILE_ADDED, kept.file_id)
        after = changed(dispute, change, files=(*dispute.files, kept))
        return disputes.keep_acted(after, dispute, _act("dispute.add_file", named, dispute, after))

    return retry_on_conflict(added, left_s, RESERVE_S)


def answer_dispute(named: Named, body: AnswerBody, disputes: Disputes, left_s: TimeLeft) -> Dispute:
    """Submit all evidence; the same person who submits the same again gets how it stands.

    Raises Conflict saying how things stand where it can't be answered, or was by somebody else;
    InvalidRequest where the gateway wouldn't take it.
    """

    def begun() -> tuple[Dispute, Prepared | None]:
        dispute = disputes.named(*named[:3])
        ready = _prepared(dispute, body) if dispute.answer is AnswerState.NONE else None
        digest = files_store.keep_answer(dispute, body, named.caller.actor_id)
        if _is_same(dispute, named, digest):
            return dispute, None
        _must_be_answerable(dispute)
        if ready is not None and ready.problems:
            raise InvalidRequest(f"evidence: {'; '.join(ready.problems)}")
        return _begun(named, dispute, AnswerAct.ANSWER, digest, disputes), ready

    dispute, ready = retry_on_conflict(begun, left_s, RESERVE_S)
    if ready is None:
        return dispute
    submission = ready.submission._replace(dispute=dispute.ref)
    return _submitted(named, dispute, lambda: dispatch.answer_dispute(submission), disputes)


def accept_dispute(named: Named, disputes: Disputes, left_s: TimeLeft) -> Dispute:
    """Give a dispute up, for good; raise Conflict where that can't be done any more."""

    def begun() -> tuple[Dispute, bool]:
        dispute = disputes.named(*named[:3])
        if _is_same(dispute, named, AnswerAct.ACCEPT):
            return dispute, False
        _must_be_answerable(dispute)
        return _begun(named, dispute, AnswerAct.ACCEPT, AnswerAct.ACCEPT, disputes), True

    dispute, is_begun = retry_on_conflict(begun, left_s, RESERVE_S)
    if not is_begun:
        return dispute
    return _submitted(named, dispute, lambda: dispatch.accept_dispute(dispute.ref), disputes)


def _begun(
    named: Named, dispute: Dispute, act: AnswerAct, digest: str, disputes: Disputes
) -> Dispute:
    """Ask the gateway whether it takes an answer, then write that one is being submitted."""
    _must_be_taken(dispute, act, disputes)
    after = submitting(dispute, act, _change(named, Step.SUBMITTING, digest))
    return disputes.keep_acted(after, dispute, _act(_OPERATIONS[act], named, dispute, after))


def _submitted(
    named: Named, dispute: Dispute, submit: Callable[[], None], disputes: Disputes
) -> Dispute:
    """Ask the gateway, and write what it said; what it didn't say stays unknown."""
    try:
        submit()
    except GatewayUnavailable as error:
        count("DisputeAnswerUnknown")
        logger.warning("dispute answer unknown", dispute_id=dispute.path, reason=str(error))
        return dispute
    except GatewayRefused as error:
        refused = _change(named, Step.REFUSED, str(error)[:200])
        _keep(dispute, lambda one: not_taken(one, refused), disputes)
        raise Conflict(f"{dispute.gateway} refused it: {error}") from error
    who = named.caller.actor_id
    after = _keep(dispute, lambda one: taken(one, clock.now(), who), disputes)
    logger.info("dispute answered", dispute_id=dispute.path, act=dispute.act)
    return publish_answers(after, disputes)


def _keep(dispute: Dispute, outcome: Callable[[Dispute], Dispute], disputes: Disputes) -> Dispute:
    """Write what the gateway said, also where the books wrote something of the dispute meanwhile.

    Where somebody else has found out by now, that stands. Raises StaleWrite where others keep
    writing: then the answer is unknown, and is asked for.
    """
    try:
        return disputes.keep(outcome(dispute), dispute)
    except StaleWrite:
        newer = disputes.named(dispute.gateway, dispute.account, dispute.dispute_id)
        if newer.answer is not AnswerState.UNKNOWN:
            return newer
        return disputes.keep(outcome(newer), newer)


def _must_be_answerable(dispute: Dispute) -> None:
    """Raise Conflict saying why a dispute may not be answered."""
    _must_take_answers(dispute)
    if not dispute.is_open:
        raise Conflict(f"the dispute is {dispute.standing}: nobody takes an answer any more")
    if dispute.answer is not AnswerState.NONE:
        last = None if dispute.is_elsewhere else dispute.last(Step.SUBMITTING)
        who = f" by {last.by} on {last.at:%Y-%m-%d %H:%M} UTC" if last else " at the gateway itself"
        raise Conflict(f"the dispute's answer is {dispute.answer}{who}: it is given once")


def _must_take_answers(dispute: Dispute) -> None:
    if not dispute.takes_answers:
        raise Conflict(f"{dispute.gateway} takes no answers by an API: answer where it asks you")


def _must_be_taken(dispute: Dispute, act: AnswerAct, disputes: Disputes) -> None:
    """Raise Conflict where the gateway, asked now, takes no answer; GatewayUnavailable if silent.

    Where it was answered or given up there and not here, that is noted. What a gateway has decided
    for now may still be given up: what it takes then, it says itself.
    """
    found = dispatch.find_dispute(dispute.ref)
    if found is None:
        raise Conflict(f"{dispute.gateway} knows no dispute {dispute.dispute_id}")
    if (done := _DONE.get(found.stage)) is not None:
        disputes.keep(elsewhere(dispute, clock.now(), done), dispute)
        raise Conflict(_STAGES[found.stage])
    due_by = found.evidence_due_by
    if act is AnswerAct.ANSWER and due_by is not None and due_by <= clock.now():
        raise Conflict(f"evidence was due by {due_by:%Y-%m-%d %H:%M} UTC: the time is over")
    if act is AnswerAct.ANSWER and found.stage is not DisputeStage.OPEN:
        raise Conflict(_STAGES[found.stage])


def _is_same(dispute: Dispute, named: Named, digest: str) -> bool:
    """Tell whether this very answer was submitted before, by the same person."""
    last = dispute.last(Step.SUBMITTING)
    if dispute.answer is AnswerState.NONE or last is None:
        return False
    return (last.by, last.why) == (named.caller.actor_id, digest)


def _prepared(dispute: Dispute, body: AnswerBody) -> Prepared:
    ready = prepared(dispute, files_store.read_held(dispute, gather_evidence(dispute)), body)
    today = (clock.now() + _FARTHEST).date()
    if body.shipped_on is None or body.shipped_on <= today:
        return ready
    why = f"shipped_on: {body.shipped_on} is still to come"
    return ready._replace(problems=(*ready.problems, why))


def _change(named: Named, step: Step, why: str) -> Change:
    return Change(step=step, at=clock.now(), by=named.caller.actor_id, why=why)


def _act(operation: str, named: Named, before: Dispute, after: Dispute) -> Act:
    return Act(
        operation=operation,
        object_id=f"dispute/{before.path}",
        by=Actor.of(named.caller),
        before=before.answer,
        after=after.answer,
    )
