"""POST /refunds/{refund_request_id}/{action}: what a person decides about a refund request."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, RefundRequestId, answer, caller, resolver
from kassa.platform.telemetry import logger, time_left_s
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.verdict import Decided, DecisionBody, Verdict
from kassa.refunds.parameters import RefundAction
from kassa.refunds.store import RefundRequests

api = resolver()


@api.post(
    "/refunds/<refund_request_id>/<action>",
    operation_id="decideRefund",
    summary="Claim a refund request, approve, reject, ask, hand back, undo or resolve it",
    responses=OK | NOT_FOUND | CONFLICT,
)
def post(refund_request_id: RefundRequestId, action: RefundAction, body: DecisionBody) -> Decided:
    verdict, left_s = Verdict(action, caller(api), body), time_left_s(api.lambda_context)
    return decide_refund(refund_request_id, verdict, RefundRequests(), left_s)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
