"""A refund case: the request as it was asked and decided, and its lifecycle so far."""

from kassa.core.model import Model
from kassa.gateways.submissions import RefundSubmission
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RefundLifecycleView
from kassa.refunds.request.request import RefundRequest


class RefundView(Model):
    """A refund request with its decision receipt, its lifecycle, and the customer's own words."""

    request: RefundRequest
    lifecycle: RefundLifecycleView
    comment: str = ""


class RefundCase(RefundView):
    """A refund request as Kassa itself works on it."""

    lifecycle: RefundLifecycle


class RequestedRefund(RefundView):
    """A refund case as whoever asked for it is answered."""

    repeated: bool = False  # it was asked for before, and this is what was decided then


def submission_of(case: RefundCase) -> RefundSubmission:
    """Return a case's refund as it is submitted to its gateway, the same every time."""
    request, lifecycle = case.request, case.lifecycle
    amount = request.amount.model_copy(update={"amount_minor": lifecycle.approved_minor})
    return RefundSubmission(
        payment=request.payment, submission_id=lifecycle.submission_id, amount=amount
    )
