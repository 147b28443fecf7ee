"""Typesets closed reports that stand on ReportsQueue, or the report that is asked for."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics
from kassa.reports.typesetting.request import PdfRequest
from kassa.reports.typesetting.typeset_report import typeset_closed, typeset_report

processor = sqs_processor()


def handle_record(record: SQSRecord) -> None:
    typeset_closed(record.body)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" not in event:
        period = PdfRequest.read(event).named(settings().merchant_time_zone)
        return typeset_report(period.kind, period.name).model_dump(mode="json")
    answer = process_partial_response(event, handle_record, processor, context)
    if answer["batchItemFailures"]:  # the only metric here, so a batch without one writes none
        metrics.flush_metrics()
    return dict(answer)
