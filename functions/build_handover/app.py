"""Builds the hand-over of the month that is over: by schedule, or of a month that is asked for."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.billing.handover.store_handover import store_handover
from kassa.platform.telemetry import logger, time_left_s


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return store_handover(event.get("month"), time_left_s(context))
