"""Look at disputes by the clock: what is unknown is asked for, what is due is said, once each."""

from datetime import datetime
from functools import partial
from itertools import takewhile

from kassa.core.errors import GatewayError, GatewayUnavailable, StaleWrite
from kassa.disputes.dispute import (
    KASSA,
    AnswerAct,
    AnswerState,
    Change,
    Dispute,
    Step,
    asked_again,
    changed,
    elsewhere,
    may_be_asked_again,
    not_taken,
    taken,
    warned,
)
from kassa.disputes.publish_answers import publish_answers
from kassa.disputes.store import Disputes
from kassa.gateways import dispatch, registry
from kassa.gateways.disputes.evidence import DisputeStage, GatewayDispute
from kassa.gateways.disputes.limits import LIMITS
from kassa.gateways.registry import Ability
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.keep_going import keep_going
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger

RESERVE_S = 10.0
ASKED_MAX = 40  # times, over some days; then a person looks in the gateway's dashboard
_HAVE = {
    AnswerAct.ANSWER: (DisputeStage.SUBMITTED,),
    AnswerAct.ACCEPT: (DisputeStage.ACCEPTED, DisputeStage.CLOSED),
}


def watch_disputes(time_left_s: TimeLeft) -> int:
    """Go on with all disputes that are due; return how many."""
    now, disputes, done = clock.now(), Disputes(settings().merchant_id), 0
    for dispute in takewhile(lambda _: time_left_s() > RESERVE_S, disputes.due(now)):
        act = partial(_watched, dispute, now, disputes)
        done += keep_going("disputes", act, dispute_id=dispute.path) or 0
    return done


def _watched(dispute: Dispute, now: datetime, disputes: Disputes) -> int:
    """Take one dispute a step further; one that somebody else writes is left to the next run."""
    try:
        dispute = publish_answers(dispute, disputes)
        after = _gone_on(dispute, now)
        if after is None:  # nothing happened: it is only due another time
            after = changed(dispute, None)
        after = disputes.keep(after, dispute)
        publish_answers(after, disputes)
    except StaleWrite:
        return 0
    return 1


def _gone_on(dispute: Dispute, now: datetime) -> Dispute | None:
    """Return a dispute a step further; nothing where there is none to take."""
    if _is_to_ask(dispute):
        return _asked(dispute, now)
    if may_be_asked_again(dispute):
        return _again(dispute, now)
    after = warned(dispute, now)
    return _made_sure(dispute, after, now) if after and _shows_answer(dispute) else after


def _made_sure(dispute: Dispute, after: Dispute, now: datetime) -> Dispute:
    """Return a dispute of which nobody is warned where its gateway was answered without Kassa.

    A gateway that can't be asked keeps nobody from being warned. One that takes no answer before
    the time is over needs none; after that it says nothing of whether it got one.
    """
    found, due_by = _found(dispute), dispute.evidence_due_by
    if found is None or due_by is None:
        return after
    if found.stage is DisputeStage.ACCEPTED:
        return elsewhere(dispute, now, AnswerAct.ACCEPT)
    is_decided = found.stage is DisputeStage.CLOSED and now < due_by
    if found.stage is DisputeStage.SUBMITTED or is_decided:
        return elsewhere(dispute, now, AnswerAct.ANSWER)
    if found.evidence_due_by is None or found.evidence_due_by <= due_by:
        return after
    extended = dispute.model_copy(update={"evidence_due_by": found.evidence_due_by})
    return warned(extended, now) or changed(extended, None)


def _shows_answer(dispute: Dispute) -> bool:
    limits = LIMITS.get(dispute.gateway)
    can = registry.can(dispute.gateway, Ability.FIND_DISPUTE)
    return bool(can and limits and limits.shows_answer)


def _again(dispute: Dispute, now: datetime) -> Dispute | None:
    """Return a dispute of which its gateway waits for another answer, by a later deadline."""
    found, known = _found(dispute), dispute.evidence_due_by
    if found is None or not found.is_asking or found.evidence_due_by is None:
        return None
    if known is not None and found.evidence_due_by <= known:
        return None
    return asked_again(dispute, now, evidence_due_by=found.evidence_due_by)


def _is_to_ask(dispute: Dispute) -> bool:
    is_unknown = dispute.answer is AnswerState.UNKNOWN
    is_undated = dispute.answer is AnswerState.NONE and dispute.evidence_due_by is None
    can = registry.can(dispute.gateway, Ability.FIND_DISPUTE)
    return can and dispute.is_open and (is_unknown or is_undated)


def _asked(dispute: Dispute, now: datetime) -> Dispute:
    """Ask a gateway how a dispute stands, and return it with what that says."""
    tries, found = dispute.tries + 1, _found(dispute)
    if dispute.answer is AnswerState.UNKNOWN:
        return _resolved(dispute.model_copy(update={"tries": tries}), found, now)
    due_by = found.evidence_due_by if found else None
    return changed(dispute, None, tries=tries, evidence_due_by=due_by)


def _found(dispute: Dispute) -> GatewayDispute | None:
    """Return a dispute as its gateway has it; nothing where that can't be known now."""
    try:
        return dispatch.find_dispute(dispute.ref)
    except GatewayError as error:
        reason = "unavailable" if isinstance(error, GatewayUnavailable) else "refused"
        logger.warning("dispute not read", dispute_id=dispute.path, reason=reason)
        return None


def _resolved(dispute: Dispute, found: GatewayDispute | None, now: datetime) -> Dispute:
    """Return a dispute whose answer was unknown, with what its gateway has of it.

    Where a gateway doesn't show answers, that it would take one doesn't say that it has none.
    """
    act = dispute.act or AnswerAct.ANSWER
    if found is not None and found.stage in _HAVE[act]:
        return taken(dispute, now, KASSA)
    shows = LIMITS[dispute.gateway].shows_answer
    if found is not None and found.stage is DisputeStage.OPEN and shows:
        return not_taken(dispute, Change(step=Step.NOT_FOUND, at=now, why=act))
    if dispute.tries % ASKED_MAX == 0:
        count("DisputeAnswerUnknown")
    return changed(dispute, None)
