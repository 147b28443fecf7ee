"""Logs, metrics and what an invocation has left: the one place that knows Powertools' objects."""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, FailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext

os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "kassa")

logger = Logger(service="kassa")
metrics = Metrics(namespace="Kassa", service="kassa")


class LoggedBatchProcessor(BatchProcessor):
    """A batch processor that names each failed record; Powertools' own says nothing."""

    def failure_handler(self, record: Any, exception: Any) -> FailureResponse:
        """Count and log the message's id and the error, then let SQS bring the message back."""
        metrics.add_metric(name="RecordFailed", unit="Count", value=1)
        logger.error(
            "record failed",
            message_id=record.message_id,
            error=getattr(exception[0], "__name__", str(exception[0])),
            reason=str(exception[1]),
        )
        return super().failure_handler(record, exception)


def sqs_processor() -> LoggedBatchProcessor:
    """Return a processor that reports only failed records, also when all of a batch failed."""
    return LoggedBatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def count_by(name: str, dimension: str, value: str) -> None:
    """Count one of a kind, apart from the invocation's other metrics."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace="Kassa") as metric:
        metric.add_dimension(name=dimension, value=value)


def time_left_s(context: LambdaContext) -> Callable[[], float]:
    """Return how to ask what an invocation has left, in seconds."""
    return lambda: context.get_remaining_time_in_millis() / 1000
