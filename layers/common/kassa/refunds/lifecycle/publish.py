"""From a refund request's changes to their facts: a change is the same fact for ever."""

from collections.abc import Sequence
from typing import Any

from kassa.core.facts import FactMetadata
from kassa.refunds import facts
from kassa.refunds.facts import RefundFact
from kassa.refunds.lifecycle.lifecycle import Change, RefundLifecycle, Step
from kassa.refunds.request.request import RefundRequest

SUBJECT = "refund_request"

_FACTS: dict[Step, type[facts.RequestFactData]] = {
    Step.REQUESTED: facts.RefundRequested,
    Step.APPROVED: facts.RefundApproved,
    Step.ESCALATED: facts.RefundEscalated,
    Step.REJECTED: facts.RefundRejected,
    Step.SUBMITTED: facts.RefundSubmitted,
    Step.ACCEPTED: facts.RefundAccepted,
    Step.DISCREPANCY: facts.RefundDiscrepancyFound,
    Step.RESOLVED: facts.RefundResolved,
    Step.INFORMATION_REQUESTED: facts.CustomerInformationRequested,
    Step.REMINDED: facts.RefundDecisionDue,
}


def facts_of(request: RefundRequest, lifecycle: RefundLifecycle) -> tuple[RefundFact, ...]:
    """Return the facts of the changes that weren't published yet, in their order.

    That a refund left is published by the gateway's event, so that it is published once.
    """
    every = lifecycle.changes
    changes = tuple(enumerate(every, start=1))[lifecycle.published :]
    return tuple(_fact(request, number, every) for number, one in changes if one.step in _FACTS)


def _fact(request: RefundRequest, number: int, changes: Sequence[Change]) -> RefundFact:
    change = changes[number - 1]
    fields: dict[str, Any] = {
        "object_id": request.refund_request_id,
        "occurred_at": change.at,
        "amount": {"amount_minor": change.amount_minor, "currency": request.amount.currency},
        "refund_request_id": request.refund_request_id,
        "gateway": request.payment.gateway,
        "account": request.payment.account,
        "payment_id": request.payment.subject_id,
        "requested_at": changes[0].at,
        "by": change.by,
        "why": change.why or "",
        "refund_id": change.why or "",
        "reason": request.reason,
        "requested_by": request.requested_by,
        "order_id": request.order_id,
        "customer_id": request.customer_id,
        "customer_from_order": request.customer_from_order,
        "receipt": request.receipt,
    }
    kind = _FACTS[change.step]
    data: Any = kind.model_validate({k: v for k, v in fields.items() if k in kind.model_fields})
    return RefundFact(metadata=_metadata(request, number, change), data=data)


def _metadata(request: RefundRequest, number: int, change: Change) -> FactMetadata:
    request_id = request.refund_request_id
    return FactMetadata(
        fact_id=f"{request_id}:{request_id}:{number}-{change.step}",
        event_id=f"{request_id}#{number}",
        merchant_id=request.merchant_id,
        gateway=request.payment.gateway,
        account=request.payment.account,
        subject_kind=SUBJECT,
        subject_id=request_id,
        version=number,
        booked_at=change.at,
    )
