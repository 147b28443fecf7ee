"""Refunds: submitted by capture under our name, and found again by it in the capture's order.

A refund's status is read in `payments.py`: by `refund`, or `sale_refund` of the first generation.
"""

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.amounts import refund_amount
from kassa.gateways.parsing import Body, part, parts, text
from kassa.gateways.paypal.client import get, post
from kassa.gateways.paypal.money import to_paypal
from kassa.gateways.paypal.parsing import identifier
from kassa.gateways.paypal.payments import order_of
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.platform.secrets import ApiAccess


def refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
    """Submit a refund of a capture; submitting it again within 45 days refunds nothing more."""
    path = f"/v2/payments/captures/{identifier(submission.payment.subject_id)}/refund"
    body = {"amount": refund_amount(submission, to_paypal), "custom_id": submission.submission_id}
    made = post(access, path, body, submission.idempotency_key)
    refund_id = text(made.get("id"))
    if refund_id is None:
        raise GatewayUnavailable("PayPal made a refund without an id")
    return GatewayRefund(refund_id=refund_id)


def find_refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
    """Return the refund of a capture that carries a submission's name, if PayPal has one.

    Raises GatewayUnavailable where PayPal shows no order to list refunds of: a capture of the
    first generation has none, and its refunds are reported by their events alone.
    """
    payment_id = identifier(submission.payment.subject_id)
    found = get(access, f"/v2/payments/captures/{payment_id}")
    for one in refunds_of(access, found or {}):
        if one.get("custom_id") == submission.submission_id:
            return GatewayRefund(refund_id=identifier(one.get("id")))
    return None


def refunds_of(access: ApiAccess, capture: Body) -> list[Body]:
    """Return every refund of a capture, as its order lists them."""
    order_id = order_of(capture)
    order = get(access, f"/v2/checkout/orders/{identifier(order_id)}") if order_id else None
    if order is None:
        raise GatewayUnavailable("PayPal shows no order to list refunds of")
    listed = (
        one
        for unit in parts(order, "purchase_units")
        for one in parts(part(unit, "payments"), "refunds")
    )
    # An order may have several captures; a refund says which it is of.
    own = f"/captures/{capture.get('id')}"
    return [one for one in listed if any(own in str(to.get("href")) for to in parts(one, "links"))]
