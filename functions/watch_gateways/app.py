"""Watches the gateways by schedule: pulls balance transactions, looks up what waits."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.monitoring.watch_gateways import watch_gateways
from kassa.platform.telemetry import logger, metrics, time_left_s


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    return watch_gateways(time_left_s(context), event.get("import"))
