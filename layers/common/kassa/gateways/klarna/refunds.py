"""Klarna's refunds: submitted under a key, and found again by the reference that is our name.

A refund has no status at Klarna: it is final once its order lists it, which `payments.py` reads.
"""

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.amounts import refund_amount
from kassa.gateways.klarna.client import ORDERS, found, posted, segment
from kassa.gateways.klarna.declines import refuse
from kassa.gateways.klarna.money import to_klarna
from kassa.gateways.klarna.parsing import text
from kassa.gateways.parsing import parts
from kassa.gateways.submissions import GatewayRefund, RefundSubmission
from kassa.platform.secrets import ApiAccess


def refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund:
    """Submit a refund of an order; submitting it again under the key refunds nothing more.

    Klarna answers with an empty body, the refund's id in a header. Raises GatewayRefused with
    Klarna's reason where it said no, GatewayUnavailable where the outcome is unknown.
    """
    path = f"{ORDERS}/{segment(submission.payment.subject_id)}/refunds"
    body = {
        "refunded_amount": refund_amount(submission, to_klarna),
        "reference": submission.submission_id,
        "description": "Refund",
    }
    answer = posted(access, path, body, submission.idempotency_key)
    if answer.status != 201:
        raise refuse(answer)
    refund_id = answer.headers.get("refund-id") or _last(answer.headers.get("location", ""))
    made = GatewayRefund(refund_id=refund_id) if refund_id else find_refund(access, submission)
    if made is None:
        raise GatewayUnavailable("klarna: a refund without a name")
    return made


def find_refund(access: ApiAccess, submission: RefundSubmission) -> GatewayRefund | None:
    """Return the refund of an order that carries a submission's name, if Klarna has one."""
    order = found(access, f"{ORDERS}/{segment(submission.payment.subject_id)}") or {}
    for made in parts(order, "refunds"):
        refund_id = text(made, "refund_id")
        if made.get("reference") == submission.submission_id and refund_id:
            return GatewayRefund(refund_id=refund_id)
    return None


def _last(location: str) -> str:
    return location.rstrip("/").rpartition("/")[2]
