"""Answers disputes at Stripe: files first, then all evidence at once, submitted for good.

`submit` is left out of no call here: evidence that is staged only would expire unseen. Stripe takes
one submission of a dispute; that it has one stands in the dispute itself.
"""

import io
from typing import Any

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.disputes.evidence import (
    DisputeRef,
    DisputeStage,
    EvidenceFile,
    EvidenceKind,
    EvidenceSubmission,
    GatewayDispute,
)
from kassa.gateways.parsing import Body, part
from kassa.gateways.stripe import client
from kassa.gateways.stripe.disputes import evidence_due_by
from kassa.platform.secrets import ApiAccess

_ANSWERABLE = ("needs_response", "warning_needs_response")
_REVIEWED = ("under_review", "warning_under_review")
_FILES = {
    EvidenceKind.RECEIPT: "receipt",
    EvidenceKind.CUSTOMER_COMMUNICATION: "customer_communication",
    EvidenceKind.SHIPPING: "shipping_documentation",
    EvidenceKind.SERVICE: "service_documentation",
    EvidenceKind.REFUND_POLICY: "refund_policy",
    EvidenceKind.SIGNATURE: "customer_signature",
    EvidenceKind.DUPLICATE: "duplicate_charge_documentation",
    EvidenceKind.REFUND: "uncategorized_file",
    EvidenceKind.OTHER: "uncategorized_file",
}
_TEXTS = {
    "customer_name": "customer_name",
    "customer_email_address": "customer_email",
    "billing_address": "billing_address",
    "product_description": "product",
    "shipping_carrier": "carrier",
    "shipping_tracking_number": "tracking_number",
    "shipping_date": "shipped_on",
    "refund_policy_disclosure": "refund_policy",
    "uncategorized_text": "statement",
}


def find_dispute(access: ApiAccess, dispute: DisputeRef) -> GatewayDispute | None:
    """Return how a dispute stands; nothing where Stripe has no such."""
    call = client.of(access).v1.disputes.retrieve
    found = client.called(lambda: call(dispute.dispute_id))
    return None if found is None else _dispute(found, is_again=dispute.reopened_at is not None)


def answer_dispute(access: ApiAccess, submission: EvidenceSubmission) -> None:
    """Upload files and submit all evidence; GatewayUnavailable where nobody knows if it was."""
    evidence: dict[str, Any] = {
        name: text for name, one in _TEXTS.items() if (text := getattr(submission.texts, one))
    }
    evidence |= {place(one): _uploaded(access, one) for one in submission.files}
    params: Any = {"evidence": evidence, "submit": True}
    options: Any = {"idempotency_key": submission.dispute.name}
    call = client.of(access).v1.disputes.update
    if client.called(lambda: call(submission.dispute.dispute_id, params, options)) is None:
        raise GatewayRefused("unknown_dispute")


def accept_dispute(access: ApiAccess, dispute: DisputeRef) -> None:
    """Close a dispute as lost: Stripe takes nothing back of it."""
    options: Any = {"idempotency_key": f"{dispute.name}:accept"}
    call = client.of(access).v1.disputes.close
    if client.called(lambda: call(dispute.dispute_id, {}, options)) is None:
        raise GatewayRefused("unknown_dispute")


def place(file: EvidenceFile) -> str:
    """Return the field that a file stands in; each takes one."""
    return _FILES[file.kind]


def _uploaded(access: ApiAccess, file: EvidenceFile) -> str:
    """Upload a file, which by itself says nothing to anybody; return its id."""
    content = io.BytesIO(file.content)
    content.name = file.name
    params: Any = {"purpose": "dispute_evidence", "file": content}
    made = client.called(lambda: client.of(access).v1.files.create(params))
    if not made or not made.get("id"):
        raise GatewayUnavailable("stripe: an upload has no id")
    return str(made["id"])


def _dispute(body: Body, *, is_again: bool) -> GatewayDispute:
    stage = _stage(str(body.get("status")), part(body, "evidence_details"), is_again=is_again)
    return GatewayDispute(stage=stage, evidence_due_by=evidence_due_by(body))


def _stage(status: str, details: Body, *, is_again: bool) -> DisputeStage:
    """Return how a dispute stands; what was counted of an inquiry isn't of its chargeback."""
    if status in _REVIEWED or (details.get("submission_count") and not is_again):
        return DisputeStage.SUBMITTED
    if status in _ANSWERABLE and not details.get("past_due"):
        return DisputeStage.OPEN
    return DisputeStage.CLOSED
