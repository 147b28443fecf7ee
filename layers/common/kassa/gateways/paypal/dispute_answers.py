"""Answers disputes at PayPal: one request with all evidence, where PayPal offers its link.

PayPal names what may be done with a dispute by links; without `provide_evidence` it takes none.
"""

import json
from datetime import datetime
from typing import Any

from kassa.core.errors import GatewayRefused
from kassa.gateways.disputes import multipart
from kassa.gateways.disputes.evidence import (
    DisputeRef,
    DisputeStage,
    EvidenceKind,
    EvidenceSubmission,
    EvidenceTexts,
    GatewayDispute,
)
from kassa.gateways.disputes.multipart import Part
from kassa.gateways.parsing import Body, part, parts
from kassa.gateways.paypal.client import get, post_parts
from kassa.gateways.paypal.parsing import identifier, instant
from kassa.platform.secrets import ApiAccess

PATH = "/v1/customer/disputes"
_TYPES = {
    EvidenceKind.RECEIPT: "PROOF_OF_RECEIPT_COPY",
    EvidenceKind.CUSTOMER_COMMUNICATION: "OTHER",
    EvidenceKind.SHIPPING: "ADDITIONAL_PROOF_OF_SHIPMENT",
    EvidenceKind.SERVICE: "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED",
    EvidenceKind.REFUND_POLICY: "RETURN_POLICY",
    EvidenceKind.REFUND: "OTHER",
    EvidenceKind.SIGNATURE: "PROOF_OF_DELIVERY_SIGNATURE",
    EvidenceKind.DUPLICATE: "OTHER",
    EvidenceKind.OTHER: "OTHER",
}
_SUBMITTED_BY_US = "SUBMITTED_BY_SELLER"


def find_dispute(access: ApiAccess, dispute: DisputeRef) -> GatewayDispute | None:
    """Return how a dispute stands; nothing where PayPal has no such."""
    found = get(access, f"{PATH}/{identifier(dispute.dispute_id)}")
    if found is None:
        return None
    due_by = instant(found.get("seller_response_due_date"))
    stage, is_asking = _stage(found, dispute.reopened_at), _is_asking(found)
    return GatewayDispute(stage=stage, evidence_due_by=due_by, is_asking=is_asking)


def answer_dispute(access: ApiAccess, submission: EvidenceSubmission) -> None:
    """Provide all evidence at once; GatewayUnavailable where nobody knows if it was."""
    body = {"evidences": _evidences(submission)}
    files = [
        Part(f"evidence-file{number}", one.content, one.content_type, one.name)
        for number, one in enumerate(submission.files, start=1)
    ]
    given = [Part("input", json.dumps(body).encode(), "application/json"), *files]
    path = f"{PATH}/{identifier(submission.dispute.dispute_id)}/provide-evidence"
    post_parts(access, path, multipart.encoded(given), submission.dispute.name)


def accept_dispute(access: ApiAccess, dispute: DisputeRef) -> None:
    """Accept a claim: PayPal gives the buyer all of it back."""
    body = {"note": "The seller accepts the claim.", "accept_claim_type": "REFUND"}
    given = [Part("input", json.dumps(body).encode(), "application/json")]
    path = f"{PATH}/{identifier(dispute.dispute_id)}/accept-claim"
    post_parts(access, path, multipart.encoded(given), f"{dispute.name}:accept")


def _evidences(submission: EvidenceSubmission) -> list[dict[str, Any]]:
    """Return the evidences: what ships and refunds say by numbers, then notes and documents."""
    found: list[dict[str, Any]] = list(_numbered(submission.texts))
    for one in submission.files:
        named = {"documents": [{"name": one.name}], "evidence_type": _TYPES[one.kind]}
        found.append(named)
    if submission.texts.statement:
        found.append({"evidence_type": "OTHER", "notes": submission.texts.statement})
    if not found:
        raise GatewayRefused("evidence_missing")
    return found


def _numbered(texts: EvidenceTexts) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if texts.tracking_number:
        tracking = {
            "carrier_name": "OTHER",
            "carrier_name_other": texts.carrier or "OTHER",
            "tracking_number": texts.tracking_number,
        }
        info = {"tracking_info": [tracking]}
        found.append({"evidence_type": "PROOF_OF_FULFILLMENT", "evidence_info": info})
    if texts.refund_id:
        info_of_refund = {"refund_ids": [texts.refund_id]}
        found.append({"evidence_type": "PROOF_OF_REFUND", "evidence_info": info_of_refund})
    return found


def _stage(dispute: Body, since: datetime | None) -> DisputeStage:
    """Return how a dispute stands; evidence of before it was asked for anew doesn't count."""
    if dispute.get("status") == "RESOLVED":
        outcome = part(dispute, "dispute_outcome").get("outcome_code")
        return DisputeStage.ACCEPTED if outcome == "ACCEPTED" else DisputeStage.CLOSED
    is_reviewed = dispute.get("status") == "UNDER_REVIEW"
    ours = [one for one in parts(dispute, "evidences") if one.get("source") == _SUBMITTED_BY_US]
    if any(_is_of_now(one, since) for one in ours) or (ours and is_reviewed):
        return DisputeStage.SUBMITTED
    return DisputeStage.OPEN if _is_offered(dispute) else DisputeStage.CLOSED


def _is_of_now(evidence: Body, since: datetime | None) -> bool:
    at = instant(evidence.get("date"))
    return since is None or (at is not None and at >= since)


def _is_asking(dispute: Body) -> bool:
    return dispute.get("status") == "WAITING_FOR_SELLER_RESPONSE" and _is_offered(dispute)


def _is_offered(dispute: Body) -> bool:
    return any(one.get("rel") == "provide_evidence" for one in parts(dispute, "links"))
