"""Seven's refunds: asked for under a key, and found by our name for them."""

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.amounts import refund_amount
from kassa.gateways.declines import DeclineScope
from kassa.gateways.parsing import parts, text
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.platform.secrets import ApiAccess
from tests.support.gateway_seven.seven.client import get, post
from tests.support.gateway_seven.seven.money import to_seven


def refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
    """Ask for a refund; asking again under the same key refunds nothing more."""
    body = {
        "reference": submission.submission_id,
        "amount": refund_amount(submission, to_seven),
        "currency": submission.amount.currency,
    }
    path = ("payments", submission.payment.subject_id, "refunds")
    refund_id = text(
        post(access, DeclineScope.REFUND, submission.idempotency_key, body, *path).get("id")
    )
    if refund_id is None:
        raise GatewayUnavailable("seven: the refund has no id")
    return GatewayRefund(refund_id=refund_id)


def find_refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
    """Return the refund of a payment that carries a submission's name."""
    payment = get(access, "payments", submission.payment.subject_id) or {}
    for made in parts(payment, "refunds"):
        if made.get("reference") == submission.submission_id:
            return GatewayRefund(refund_id=str(made.get("id")))
    return None
