"""What the list of disputes shows: each with its deadline, why it was raised, and its answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kassa.disputes.dispute import AnswerState, DisputeView, Standing
from kassa.reports.localization import Texts

_RATED = {"all": frozenset(AnswerState), "answered": frozenset({AnswerState.SUBMITTED})}


class DisputeFigures(NamedTuple):
    """What was read of disputes and of what was captured."""

    ended: Sequence[DisputeView]  # the newest
    opened: int  # within thirty days
    is_whole: bool  # no: there are more than were read
    captured: int  # payments of the days before today, as far as a report has them
    days: int  # that have one
    limit: float  # of the networks


def rows(disputes: Iterable[DisputeView], texts: Texts, now: datetime) -> list[dict[str, Any]]:
    """Return the rows, in the order given."""
    return [row(one, texts, now) for one in disputes]


def row(dispute: DisputeView, texts: Texts, now: datetime) -> dict[str, Any]:
    """Return a dispute as a list shows it; a deadline only while an answer is still to be given."""
    due_by = dispute.evidence_due_by
    waits = dispute.is_open and dispute.answer is AnswerState.NONE
    return {
        "gateway": dispute.gateway,
        "account": dispute.account,
        "id": dispute.dispute_id,
        "amount": texts.money(dispute.amount.amount_minor, dispute.amount.currency),
        "category": texts.name("dispute_reasons", dispute.category),
        "at": texts.gateway(f"{dispute.gateway}/{dispute.account}"),
        "standing": dispute.standing.value,
        "answer": dispute.answer.value,
        "due": texts.span(abs(due_by - now)) if due_by and waits else "",
        "is_late": bool(due_by and due_by <= now),
    }


def figures(read: DisputeFigures, texts: Texts) -> dict[str, Any]:
    """Return what the page is filled in with."""
    ratio = read.opened / read.captured if read.captured else None
    return {
        "rates": [_rate(name, read.ended, texts) for name in _RATED],
        "opened": texts.number(read.opened),
        "captured": texts.number(read.captured),
        "days": texts.number(read.days),
        "is_whole": read.is_whole,
        "ratio": texts.share(ratio, 2) if ratio is not None else "",
        "is_above": ratio is not None and ratio >= read.limit,
        "limit": texts.share(read.limit),
    }


def _rate(name: str, ended: Sequence[DisputeView], texts: Texts) -> dict[str, str]:
    decided = [one for one in ended if one.standing in (Standing.WON, Standing.LOST)]
    rated = [one for one in decided if one.answer in _RATED[name]]
    won = sum(one.standing is Standing.WON for one in rated)
    return {
        "name": name,
        "won": texts.number(won),
        "of": texts.number(len(rated)),
        "share": texts.share(won / len(rated)) if rated else "–",
    }
