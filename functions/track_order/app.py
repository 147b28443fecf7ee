"""Tracks orders by the facts that stand on OrdersQueue, each on its own."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.checkout.track_order import OF_REFUND_OVER, track_order, track_refund
from kassa.ledger.facts import LedgerFact
from kassa.orders.store import Orders
from kassa.platform.messaging import event_bus
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics, time_left_s
from kassa.refunds.facts import RefundFact
from kassa.refunds.store import RefundRequests

OF_REFUNDS = {kind.__name__ for kind in OF_REFUND_OVER}
processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        where = (Orders(settings().merchant_id), RefundRequests(), time_left_s(context))
        if event_bus.kind_of(record.body) in OF_REFUNDS:
            track_refund(event_bus.read_fact(RefundFact, record.body), *where)
        else:
            track_order(event_bus.read_fact(LedgerFact, record.body), *where)

    return process_partial_response(event, handle_record, processor, context)
