"""Syncs partners by what stands on PartnersQueue: facts, and deliveries whose time has come."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.partners.sync_partner import sync_partner
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.telemetry import logger, metrics, time_left_s

processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        sync_partner(record.body, time_left_s(context))

    return process_partial_response(event, handle_record, processor, context)
