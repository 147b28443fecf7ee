"""Submits refunds to Stripe, and looks for those that were submitted.

A refund's status, a late failure too, is read in `payments.py`, which events and look-ups use.
"""

from typing import Any

from kassa.gateways.amounts import refund_amount
from kassa.gateways.declines import DeclineScope
from kassa.gateways.stripe import client
from kassa.gateways.stripe.declines import refused
from kassa.gateways.stripe.money import to_stripe
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.platform.secrets import ApiAccess


def refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
    """Submit a refund of a payment; submitting it again refunds nothing more.

    Raises GatewayRefused with Stripe's reason where Stripe said no, or with ours where the amount
    can't be requested; GatewayUnavailable where the outcome is unknown: no answer, an error of
    Stripe's own, or a key that is being worked on.
    """
    params: Any = of_payment(submission.payment.subject_id) | {
        "amount": refund_amount(submission, to_stripe),
        "metadata": {"refund_request_id": submission.submission_id},
    }
    options: Any = {"idempotency_key": submission.idempotency_key}
    call = client.of(access).v1.refunds.create
    made = client.called(lambda: call(params, options), DeclineScope.REFUND)
    if made is None:
        raise refused(DeclineScope.REFUND, "resource_missing", None, 404)
    return GatewayRefund(refund_id=made["id"])


def find_refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
    """Return the refund of a payment that carries a submission's name, if Stripe has one."""
    params = of_payment(submission.payment.subject_id) | {"limit": client.PAGE}
    for made in client.walk(client.of(access).v1.refunds.list, params):
        if (made.get("metadata") or {}).get("refund_request_id") == submission.submission_id:
            return GatewayRefund(refund_id=made["id"])
    return None


def of_payment(payment_id: str) -> dict[str, Any]:
    """Name a payment as refunds do; old ones are charges without a payment intent."""
    return {"payment_intent" if payment_id.startswith("pi_") else "charge": payment_id}
