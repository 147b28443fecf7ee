"""What became of a refund: as its gateway says now, and as a person may say who knows."""

from enum import StrEnum

from kassa.core.model import Model
from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.next_step import left_of, refunds_of


class Resolution(StrEnum):
    """What a person says became of a refund."""

    PAID = "paid"
    NOT_PAID = "not_paid"


class GatewayRefundStatus(StrEnum):
    """What a gateway says of a refund now."""

    PAID = "paid"  # what was approved has left
    PAID_OTHERWISE = "paid_otherwise"  # another amount has left
    ACCEPTED = "accepted"  # it has the refund, the money hasn't left yet
    FAILED = "failed"  # it has the refund, and nothing left or all came back
    NONE = "none"  # it has no such refund
    SILENT = "silent"  # it doesn't answer now
    UNKNOWN = "unknown"  # it can't be looked up there


class GatewayAnswer(Model):
    """What a gateway says of a refund now, and under which id it has it."""

    answer: GatewayRefundStatus
    refund_id: str | None = None
    left: str | None = None  # minor units and currency that left, as the gateway has it


def answer_of(
    case: RefundCase, payment: SubjectState, found_id: str | None
) -> GatewayRefundStatus | None:
    """Return what a payment's objects say of a case's refund; none where they say nothing."""
    lifecycle = case.lifecycle
    known = refunds_of(payment, lifecycle)
    states = {one.state for one in known.values()}
    if "succeeded" in states:
        approved = f"{lifecycle.approved_minor} {case.request.amount.currency}"
        return (
            GatewayRefundStatus.PAID
            if left_of(lifecycle, payment) == approved
            else GatewayRefundStatus.PAID_OTHERWISE
        )
    if states - {"failed", "canceled"}:
        return GatewayRefundStatus.ACCEPTED
    if states:
        return GatewayRefundStatus.FAILED
    return GatewayRefundStatus.ACCEPTED if found_id else None
