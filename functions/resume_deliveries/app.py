"""Resumes, each minute, the deliveries whose next attempt is due."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.deliveries.resume_deliveries import resume_deliveries
from kassa.platform.telemetry import logger, metrics, time_left_s


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    return resume_deliveries(time_left_s(context))
