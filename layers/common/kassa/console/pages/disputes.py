"""What the list of disputes shows: each with its deadline, why it was raised, and its answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kassa.disputes.dispute import AnswerState, DisputeView
from kassa.reports.localization import Texts


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
