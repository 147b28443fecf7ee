"""POST /policies/try: replays past refund requests through a policy; nothing is saved or paid."""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.http_api.api import OK, answer, caller, resolver
from kassa.platform.telemetry import logger, time_left_s
from kassa.refunds.backtest.try_policy import PolicyTrial, TriedPolicy, try_policy

api = resolver()


@api.post("/policies/try", operation_id="tryPolicy", summary="Try a policy", responses=OK)
def post_trial(trial: PolicyTrial) -> TriedPolicy:
    """Say what a policy would have decided about the requests of the last days."""
    return try_policy(trial, caller(api), time_left_s(api.lambda_context))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return answer(api, event, context)
