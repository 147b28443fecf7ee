"""Answers disputes at Adyen: documents for one of its defense reasons, then the defense, once.

Adyen lists the reasons that a dispute may be defended for and the documents each needs. It doesn't
show whether a defense was made: that it was is known by its answer, or by a later webhook.
"""

import base64
from typing import Any

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways.adyen import client as sdk
from kassa.gateways.disputes.evidence import (
    DisputeRef,
    DisputeStage,
    EvidenceSubmission,
    GatewayDispute,
)
from kassa.gateways.parsing import Body, part, parts
from kassa.platform.secrets import ApiAccess

_MUST = ("Required", "OneOrMore", "AlternativeRequired")


def find_dispute(access: ApiAccess, dispute: DisputeRef) -> GatewayDispute | None:
    """Return what a dispute may be defended for; closed where it may not any more."""
    try:
        reasons = _reasons(access, dispute)
    except GatewayRefused as error:
        if not error.is_retryable and str(error).startswith("adyen: "):
            return GatewayDispute(stage=DisputeStage.CLOSED)
        raise
    codes = tuple(str(one.get("defenseReasonCode")) for one in reasons)
    return GatewayDispute(stage=DisputeStage.OPEN, defense_reasons=codes)


def answer_dispute(access: ApiAccess, submission: EvidenceSubmission) -> None:
    """Supply documents and defend; GatewayUnavailable where nobody knows if it was.

    Raises GatewayRefused naming what is missing where Adyen needs more documents than there are.
    """
    reason = _chosen(_reasons(access, submission.dispute), submission.defense_reason)
    documents = _documents(submission, _types_of(reason, len(submission.files)))
    own = _own(access, submission.dispute)
    calls = sdk.disputes_of(access)
    _done(lambda: calls.supply_defense_document(own | {"defenseDocuments": documents}))
    code = {"defenseReasonCode": reason["defenseReasonCode"]}
    _done(lambda: calls.defend_dispute(own | code))


def accept_dispute(access: ApiAccess, dispute: DisputeRef) -> None:
    """Accept liability for a dispute."""
    own = _own(access, dispute)
    _done(lambda: sdk.disputes_of(access).accept_dispute(own))


def _own(access: ApiAccess, dispute: DisputeRef) -> Body:
    shop = sdk.shop_of(access)
    return {"disputePspReference": dispute.dispute_id, "merchantAccountCode": shop}


def _reasons(access: ApiAccess, dispute: DisputeRef) -> list[Body]:
    own = _own(access, dispute)
    answer = _done(lambda: sdk.disputes_of(access).retrieve_applicable_defense_reasons(own))
    return parts(answer, "defenseReasons")


def _done(call: Any) -> Body:
    """Call the Disputes API, which says no by a field of an answer that is 200."""
    answer = sdk.called(call)
    if answer is None:
        raise GatewayRefused("unknown_dispute")
    result = part(answer, "disputeServiceResult")
    if result.get("success") is True or result.get("success") == "true":
        return answer
    if not result:
        raise GatewayUnavailable("adyen: the answer says nothing of the dispute")
    raise GatewayRefused(f"adyen: {str(result.get('errorMessage') or 'refused')[:200]}")


def _chosen(reasons: list[Body], code: str | None) -> Body:
    named = [one for one in reasons if code in (None, one.get("defenseReasonCode"))]
    if not named:
        listed = ", ".join(str(one.get("defenseReasonCode")) for one in reasons)
        raise GatewayRefused(f"defense_reason: take one of {listed}" if listed else "undefendable")
    return named[0]


def _types_of(reason: Body, count: int) -> list[str]:
    """Return the document types to supply, those that Adyen must have first."""
    listed = parts(reason, "defenseDocumentTypes")
    must = [one for one in listed if one.get("requirementLevel") in _MUST]
    required = [one for one in must if one.get("requirementLevel") == "Required"]
    rest = [one for one in listed if one not in required]
    codes = [str(one.get("defenseDocumentTypeCode")) for one in (*required, *rest)]
    if len(required) > count:
        needed = ", ".join(codes[: len(required)])
        raise GatewayRefused(f"documents_missing: {needed}")
    return codes or ["DefenseMaterial"]


def _documents(submission: EvidenceSubmission, codes: list[str]) -> list[Body]:
    """Return the documents, each under a type; what is over goes under the last one."""
    return [
        {
            "content": base64.b64encode(one.content).decode(),
            "contentType": one.content_type,
            "defenseDocumentTypeCode": codes[min(number, len(codes) - 1)],
        }
        for number, one in enumerate(submission.files)
    ]
