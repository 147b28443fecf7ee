"""Receives what carriers report of messages, from MailEventsQueue, each record on its own."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.messages.mail_events.receive_mail_event import receive_mail_event
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.telemetry import logger, metrics, time_left_s

processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        receive_mail_event(record.body, time_left_s(context))

    return process_partial_response(event, handle_record, processor, context)
