"""Tracks orders and disputes by the facts that stand on OrdersQueue, each on its own."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.checkout.duplicate_payments.refund_not_made import read_order_fact
from kassa.checkout.track_order import track_order
from kassa.disputes.note_dispute import note_dispute
from kassa.disputes.store import Disputes
from kassa.orders.store import Orders
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics, time_left_s
from kassa.refunds.store import RefundRequests

processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        fact, left_s = read_order_fact(record.body), time_left_s(context)
        if note_dispute(fact, Disputes(settings().merchant_id), left_s):
            track_order(fact, Orders(settings().merchant_id), RefundRequests(), left_s)

    return process_partial_response(event, handle_record, processor, context)
