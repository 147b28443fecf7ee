"""Batches of a queue: a record that fails is counted, logged and noted, and comes back alone.

The note is what `kassa dlq show` prints of a failure. It is best effort: a record that fails must
fail as it did without it, so nothing here waits long, raises, or goes on while the table is silent.
"""

import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    FailureResponse,
    process_partial_response,
)

from kassa.platform import clock
from kassa.platform.messaging import failures
from kassa.platform.messaging.failures import Failure, code_version
from kassa.platform.telemetry import logger, metrics, reason_of

__all__ = ["LoggedBatchProcessor", "process_partial_response", "sqs_processor"]

NOTED_MAX = 60  # a minute in one environment: a flood of poison costs next to nothing
MINUTE = timedelta(minutes=1)
RESERVE_MS = 5_000  # nothing is noted once no more than this is left of an invocation
REASON_MAX = 300


class LoggedBatchProcessor(BatchProcessor):
    """A batch processor that names each failed record; Powertools' own says nothing."""

    _since: datetime | None = None  # when the minute began
    _noted = 0  # how many in it

    def failure_handler(self, record: Any, exception: Any) -> FailureResponse:
        """Count, log and note the message's id and the error, then let SQS bring it back."""
        metrics.add_metric(name="RecordFailed", unit="Count", value=1)
        logger.error(
            "record failed",
            message_id=record.message_id,
            error=_name(exception[0]),
            reason=reason_of(exception[1]),
        )
        if self._may_note():
            self._note(record, exception)
        return super().failure_handler(record, exception)

    def _may_note(self) -> bool:
        now = clock.now()
        if self._since is None or not timedelta(0) <= now - self._since < MINUTE:
            self._since, self._noted = now, 0
        self._noted += 1
        left_ms: int = self.lambda_context.get_remaining_time_in_millis()
        return self._noted <= NOTED_MAX and left_ms > RESERVE_MS

    def _note(self, record: Any, exception: Any) -> None:
        try:
            failures.note(_failure(record, exception))
        except Exception as error:  # whatever it is, the record failed for another reason
            logger.warning("failure not noted", reason=reason_of(error))
            self._noted = NOTED_MAX  # and neither are others of this minute


def sqs_processor() -> LoggedBatchProcessor:
    """Return a processor that reports only failed records, also when all of a batch failed."""
    return LoggedBatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def _failure(record: Any, exception: Any) -> Failure:
    attributes, now = record.raw_event.get("attributes", {}), clock.now()
    first_ms = attributes.get("ApproximateFirstReceiveTimestamp")
    return Failure(
        queue=str(record.raw_event.get("eventSourceARN", "")).rpartition(":")[2],
        message_id=record.message_id,
        attempt=int(attributes.get("ApproximateReceiveCount", 1)),
        error=_name(exception[0]),
        reason=reason_of(exception[1])[:REASON_MAX],
        raised_at=_place(exception[2]),
        code_version=code_version(),
        first_received_at=_instant(first_ms) if first_ms else now,
        last_received_at=now,
    )


def _instant(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


def _place(trace: Any) -> str | None:
    """Return the last line of ours that an error went through."""
    ours = [frame for frame in traceback.extract_tb(trace) if "/kassa/" in frame.filename]
    if not ours:
        return None
    return f"{ours[-1].filename.rpartition('/kassa/')[2]}:{ours[-1].lineno}"
