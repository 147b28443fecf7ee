"""Generates the invoice of each captured payment that stands on InvoicesQueue."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.billing.invoices.generate_invoice import complete_invoice, generate_invoice
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact
from kassa.platform.messaging import event_bus
from kassa.platform.messaging.batches import process_partial_response, sqs_processor
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics, time_left_s

processor = sqs_processor()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    def handle_record(record: SQSRecord) -> None:
        merchant = Merchant.from_settings(settings().model_dump())
        if not complete_invoice(record.body, merchant):
            fact = event_bus.read_fact(LedgerFact, record.body)
            generate_invoice(fact, merchant, time_left_s(context))

    return process_partial_response(event, handle_record, processor, context)
