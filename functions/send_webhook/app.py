"""Sends webhooks: what stands on WebhooksQueue, each message alone."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.partners.webhooks.send_webhook import send_webhook
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.telemetry import logger, metrics

processor = sqs_processor()


def handle_record(record: SQSRecord) -> None:
    send_webhook(record.body)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    answer = process_partial_response(event, handle_record, processor, context)
    if processor.fail_messages:  # the only metric here that is flushed at the end
        metrics.flush_metrics()
    return answer
