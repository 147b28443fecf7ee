"""Tells the bus by schedule who is to be reminded of what they owe, and what was left unpaid."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.billing.reminders.send_reminders import send_reminders
from kassa.platform.telemetry import logger, time_left_s


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    return send_reminders(time_left_s(context))
