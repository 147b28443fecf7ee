"""From a dispute's changes to their facts: a change is the same fact for ever."""

from typing import Any

from kassa.core.facts import FactMetadata
from kassa.disputes import facts
from kassa.disputes.dispute import Change, Dispute, Step
from kassa.disputes.facts import AnswerFactData, DisputeFact

SUBJECT = "dispute"
_FACTS: dict[Step, type[AnswerFactData]] = {
    Step.ANSWERED: facts.DisputeAnswered,
    Step.ACCEPTED: facts.DisputeAccepted,
    Step.REMINDED: facts.DisputeEvidenceDue,
    Step.MISSED: facts.DisputeDeadlineMissed,
}


def facts_of(dispute: Dispute) -> tuple[DisputeFact, ...]:
    """Return the facts of the changes that weren't published yet, in their order."""
    unpublished = tuple(enumerate(dispute.changes, start=1))[dispute.published :]
    return tuple(_fact(dispute, n, one) for n, one in unpublished if one.step in _FACTS)


def _fact(dispute: Dispute, number: int, change: Change) -> DisputeFact:
    kind = _FACTS[change.step]
    fields: dict[str, Any] = {
        "object_id": dispute.dispute_id,
        "occurred_at": change.at,
        "amount": dispute.amount,
        "gateway": dispute.gateway,
        "account": dispute.account,
        "payment_id": dispute.payment_id,
        "dispute_id": dispute.dispute_id,
        "reason": dispute.reason,
        "evidence_due_by": dispute.evidence_due_by,
        "by": change.by,
        "hours": int(change.why or 0) if change.step is Step.REMINDED else 0,
    }
    data: Any = kind.model_validate({k: v for k, v in fields.items() if k in kind.model_fields})
    metadata = FactMetadata(
        fact_id=f"{dispute.payment_id}:{dispute.dispute_id}:{number}-{change.step}",
        event_id=f"{dispute.path}#{number}",
        merchant_id=dispute.merchant_id,
        gateway=dispute.gateway,
        account=dispute.account,
        subject_kind=SUBJECT,
        subject_id=dispute.dispute_id,
        version=number,
        booked_at=change.at,
    )
    return DisputeFact(metadata=metadata, data=data)
