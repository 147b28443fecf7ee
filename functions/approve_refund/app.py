"""POST /refunds: decides a refund request, and answers with its decision receipt."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from kassa.http_api.api import CONFLICT, NOT_FOUND, OK, answer, caller, resolver
from kassa.platform.telemetry import logger, time_left_s
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.lifecycle.cases import RequestedRefund
from kassa.refunds.request.body import RefundRequestBody
from kassa.refunds.store import RefundRequests

api = resolver()


@api.post(
    "/refunds",
    operation_id="requestRefund",
    summary="Ask for a refund: it is decided at once",
    tags=["refunds"],
    responses=OK | NOT_FOUND | CONFLICT,
)
def post_refund(body: RefundRequestBody) -> RequestedRefund:
    return approve_refund(body, caller(api), RefundRequests(), time_left_s(api.lambda_context))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
