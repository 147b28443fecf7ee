"""Goes on with the refund requests that RefundsQueue rings for, each on its own."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.telemetry import logger, metrics, time_left_s
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.request.request import request_in_message
from kassa.refunds.store import RefundRequests

processor = sqs_processor()
requests = RefundRequests()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        refund_request_id = request_in_message(json.loads(record.body))
        pay_refund(refund_request_id, requests, time_left_s(context))

    return process_partial_response(event, handle_record, processor, context)
