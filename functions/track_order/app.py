"""Tracks orders by the facts that stand on OrdersQueue, each on its own."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.adapters import bus
from kassa.adapters.batches import process_partial_response, sqs_processor
from kassa.adapters.orders import Orders
from kassa.adapters.refund_requests import RefundRequests
from kassa.observability import logger, metrics, time_left_s
from kassa.operations.track_order import track_order
from kassa.settings import settings

processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        fact = bus.read_fact(record.body)
        track_order(fact, Orders(settings().merchant_id), RefundRequests(), time_left_s(context))

    return process_partial_response(event, handle_record, processor, context)
