"""Archives what stands on FactsQueue; a record that is no fact fails alone."""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from kassa.archive.archive_facts import archive_facts
from kassa.fact_catalog import AnyFact
from kassa.platform.messaging import event_bus
from kassa.platform.messaging.batches import sqs_processor
from kassa.platform.telemetry import logger, metrics, time_left_s

processor = sqs_processor()


def read_fact(record: SQSRecord) -> AnyFact:
    return event_bus.read_fact(AnyFact, record.body)


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    with processor(event["Records"], read_fact, context):
        records = processor.process()
    if processor.fail_messages:  # the only metric here, so a batch without one writes none
        metrics.flush_metrics()
    facts = (fact for status, fact, _ in records if status == "success")
    archive_facts(facts, time_left_s(context))
    return processor.response()
