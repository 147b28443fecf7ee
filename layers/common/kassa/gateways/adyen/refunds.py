"""Submits refunds to Adyen: it takes every well-formed one and reports the outcome by webhook.

A refund's status, a late failure too, is read in `payments.py`, by the event code of the webhook.
"""

import hashlib
import json
from urllib.parse import quote

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.adyen import client as sdk
from kassa.gateways.adyen.money import to_adyen
from kassa.gateways.adyen.parsing import NAMED
from kassa.gateways.amounts import refund_amount
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.platform.secrets import ApiAccess


def refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
    """Submit a refund of a payment; submitting it again refunds nothing more.

    Raises GatewayRefused with Adyen's reason where Adyen said no at once, or with ours where the
    amount can't be requested; GatewayUnavailable where the outcome is unknown. More than is left is
    refused by webhook, later.
    """
    params = {
        "merchantAccount": sdk.shop_of(access),
        "amount": {
            "value": refund_amount(submission, to_adyen),
            "currency": submission.amount.currency,
        },
        "reference": submission.submission_id,
    }
    key = short(submission.idempotency_key)
    modifications = sdk.of(access).modifications_api
    payment_id = quote(submission.payment.subject_id, safe="")
    made = sdk.called(
        lambda: modifications.refund_captured_payment(params, payment_id, idempotency_key=key)
    )
    if made is None:
        raise GatewayRefused("unknown_payment")
    refund_id = made.get("pspReference")
    if not isinstance(refund_id, str) or not refund_id:
        raise GatewayUnavailable("adyen: the answer names no refund")
    return GatewayRefund(refund_id=refund_id)


def short(key: str) -> str:
    """Return an idempotency key that Adyen takes: a longer one becomes its digest."""
    return key if len(key) <= sdk.KEY_MAX else hashlib.sha256(key.encode()).hexdigest()


def named_refund(submission: RefundSubmission, refund_id: str) -> bytes:
    """Record a refund's submission: Adyen's webhooks don't give our name back for sure."""
    body = {
        "kassa": NAMED,
        "refund_id": refund_id,
        "submission_id": submission.submission_id,
        "payment_id": submission.payment.subject_id,
        **submission.amount.model_dump(),  # as we count
    }
    return json.dumps(body).encode()
