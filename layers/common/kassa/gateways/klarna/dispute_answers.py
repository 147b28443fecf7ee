"""Answers disputes at Klarna: attachments first, then `represent`, which is taken once.

A dispute is in INITIATED until it is answered; then Klarna reviews it, and takes no more evidence.
What Klarna decided before that (PRE_ARBITRATION) may be accepted here; an appeal is made in its
portal.
"""

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.disputes import multipart
from kassa.gateways.disputes.evidence import (
    DisputeRef,
    DisputeStage,
    EvidenceFile,
    EvidenceSubmission,
    GatewayDispute,
)
from kassa.gateways.klarna.client import posted, segment, sent_parts
from kassa.gateways.klarna.declines import refuse
from kassa.gateways.klarna.disputes import evidence_due_by, number_of
from kassa.gateways.klarna.look_up import DISPUTES, disputes_of
from kassa.gateways.klarna.parsing import text
from kassa.gateways.parsing import Body, part
from kassa.platform.secrets import ApiAccess


def find_dispute(access: ApiAccess, dispute: DisputeRef) -> GatewayDispute | None:
    """Return how a dispute stands; nothing where its order has no such."""
    found = _found(access, dispute)
    if found is None:
        return None
    return GatewayDispute(stage=_stage(found), evidence_due_by=evidence_due_by(found))


def answer_dispute(access: ApiAccess, submission: EvidenceSubmission) -> None:
    """Upload files and represent; GatewayUnavailable where nobody knows if it was."""
    path = _path(access, submission.dispute)
    attachments = [_uploaded(access, path, one) for one in submission.files]
    body = {
        "additional_information": submission.texts.statement,
        "attachments": attachments,
    }
    answer = posted(access, f"{path}/represent", body, submission.dispute.name)
    if answer.status >= 300:
        raise refuse(answer)


def accept_dispute(access: ApiAccess, dispute: DisputeRef) -> None:
    """Accept that a dispute is lost."""
    answer = posted(access, f"{_path(access, dispute)}/accept-loss", {}, f"{dispute.name}:accept")
    if answer.status >= 300:
        raise refuse(answer)


def _path(access: ApiAccess, dispute: DisputeRef) -> str:
    found = _found(access, dispute)
    if found is None:
        raise GatewayRefused("unknown_dispute")
    return f"{DISPUTES}/{segment(str(found['payment_dispute_id']))}"


def _found(access: ApiAccess, dispute: DisputeRef) -> Body | None:
    """Return a dispute of an order by its number, in which all its names end."""
    listed = disputes_of(access, dispute.payment.subject_id)
    named = ((one, number_of(str(one.get("payment_dispute_id")))) for one in listed)
    return next((one for one, number in named if number == dispute.dispute_id), None)


def _uploaded(access: ApiAccess, path: str, file: EvidenceFile) -> dict[str, str]:
    """Upload a file, which nobody looks at until it is named in an answer."""
    parts = [multipart.Part("file", file.content, file.content_type, file.name)]
    answer = sent_parts(access, f"{path}/attachments", multipart.encoded(parts))
    if answer.status >= 300:
        raise refuse(answer)
    attachment_id = text(answer.json(), "payment_dispute_attachment_id")
    if attachment_id is None:
        raise GatewayUnavailable("klarna: an upload has no id")
    return {"payment_dispute_attachment_id": attachment_id, "description": file.name[:500]}


def _stage(dispute: Body) -> DisputeStage:
    state = dispute.get("state")
    if state == "INITIATED":
        return DisputeStage.OPEN
    context = part(dispute, "state_context")
    is_answered = bool(dispute.get("partner_evidence") or context.get("partner_evidence"))
    if state == "REPRESENTMENT" or is_answered:
        return DisputeStage.SUBMITTED
    return DisputeStage.CLOSED
