"""Books what stands on EventsQueue: archives the batch's raw bytes, then each record on its own."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.ledger import raw_archive
from kassa.ledger.book_event import book_event
from kassa.ledger.lists.row_counts import RowCounts
from kassa.ledger.store import Books
from kassa.platform import clock
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.telemetry import logger, metrics, time_left_s

processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    lines = raw_archive.keep(event["Records"], clock.now())

    def handle_record(record: SQSRecord) -> None:
        delivery, raw = raw_archive.read_delivery(record.body), lines[record.message_id]
        rows.book(delivery, lambda: book_event(delivery, raw, Books(), time_left_s(context)))

    with RowCounts() as rows:
        return process_partial_response(event, handle_record, processor, context)
