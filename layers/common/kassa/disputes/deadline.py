"""When a dispute's deadline is announced, and when somebody must look at a dispute again."""

from datetime import datetime, timedelta

from kassa.disputes.dispute import PUBLISHED, AnswerState, Change, Dispute, Step, changed
from kassa.gateways import registry
from kassa.gateways.disputes.limits import LIMITS
from kassa.gateways.registry import Ability

WARN_HOURS = (72, 24)  # before evidence is due
_AGAIN_MINUTES = (2, 5, 15, 30, 60, 180)  # when what is unknown is asked for again
_ASKED_MAX = 4  # times that a gateway is asked for a deadline that it didn't say
_LATER = timedelta(hours=6)  # when a gateway is asked again that didn't know a deadline
_DAILY = timedelta(days=1)  # when one is asked that may ask for another answer


def warned(dispute: Dispute, now: datetime) -> Dispute | None:
    """Return a dispute of whose deadline people must be told now; None where they needn't."""
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
