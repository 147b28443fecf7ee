"""Saves what finance wrote: policies, seller, message settings, and what reports go by."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Body

from kassa.billing.seller import serve_seller
from kassa.http_api.api import OK, answer, caller, created, resolver
from kassa.messages.settings import serve_settings
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, time_left_s
from kassa.refunds.policy import save_policy, store
from kassa.reports.serve_entered import ROUTES

api = resolver(serve_seller.routes, serve_settings.routes, *ROUTES)
SAVED = OK | created(save_policy.SavedPolicy)


@api.post("/policies", operation_id="savePolicy", summary="Save a policy", responses=SAVED)
def post_policy(document: Annotated[dict[str, Any], Body()]) -> tuple[save_policy.SavedPolicy, int]:
    """Save what a finance person wrote; 201 for a new version, 200 for the newest one again."""
    policies, left_s = store.Policies(settings().merchant_id), time_left_s(api.lambda_context)
    saved = save_policy.save_policy(document, caller(api), policies, left_s)
    return saved, 201 if saved.is_new else 200


@logger.inject_lambda_context(correlation_id_path="requestContext.requestId")
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return answer(api, event, context)
