"""A queue and its mapping to a Lambda: delays, duplicates, redelivery, partial failures, DLQ."""

import itertools
from collections.abc import Callable
from typing import Any

from tests.simulation.aws import errors as aws_errors
from tests.simulation.aws.lambda_runtime import Function
from tests.simulation.engine.schedule import Schedule

MESSAGE_BYTES_MAX = 1024 * 1024
_ENTRIES_MAX = 10


class Message:
    """One message and how often it was received."""

    def __init__(self, message_id: str, body: str) -> None:
        self.message_id = message_id
        self.body = body
        self.receives = 0
        self.is_deleted = False


class Queue:
    """A standard queue: at least once, in any order, with a dead-letter queue behind it."""

    def __init__(
        self, name: str, schedule: Schedule, consumer: Function | None, receives_max: int
    ) -> None:
        self.name = name
        self.consumer = consumer
        self.batch_max = 10
        self.window_s = 0.0  # how long messages are gathered before they are received
        self.concurrency_max = schedule.source.choice((2, 5, 10))
        self.sent: list[str] = []
        self.dead: list[Message] = []
        self._schedule = schedule
        self._receives_max = receives_max
        self._ready: list[Message] = []
        self._running = 0
        self._ids = itertools.count(1)

    def send(self, body: str, delay_s: float = 0.0) -> str:
        """Take a message; it can be received from now on, or after a while."""
        if len(body.encode()) > MESSAGE_BYTES_MAX:
            raise aws_errors.refusal("InvalidParameterValue", "Message too long", "SendMessage")
        message = Message(f"{self.name}-{next(self._ids)}", body)
        self.sent.append(body)
        weather = self._schedule.weather
        self._show(message, delay_s + self._schedule.source.uniform(0.0, weather.delay_max_s))
        if self._schedule.source.random() < weather.duplicate:
            self._schedule.seen["a message was delivered twice"] += 1
            self._show(message, delay_s + self._schedule.source.uniform(0.0, 5.0))
        return message.message_id

    def redrive(self) -> None:
        """Bring back what is in the dead-letter queue, as new messages."""
        dead, self.dead = self.dead, []
        for message in dead:
            self.send(message.body)
            self.sent.pop()

    def _show(self, message: Message, delay_s: float) -> None:
        def shown() -> None:
            self._ready.append(message)
            self._schedule.at(self.window_s, self._poll)

        self._schedule.at(delay_s, shown)

    def _poll(self) -> None:
        if self.consumer is None or not self._ready or self._running >= self.concurrency_max:
            return
        source = self._schedule.source
        size = source.randint(1, self.batch_max)
        source.shuffle(self._ready)
        taken, self._ready = self._ready[:size], self._ready[size:]
        batch = [message for message in dict.fromkeys(taken) if self._received(message)]
        if batch:
            self._run(batch)
        if self._ready:
            self._schedule.at(0.0, self._poll)

    def _received(self, message: Message) -> bool:
        """Count a receive; a message that came too often goes to the dead-letter queue."""
        if message.is_deleted:
            return False
        message.receives += 1
        if message.receives <= self._receives_max:
            return True
        message.is_deleted = True
        self.dead.append(message)
        self._schedule.seen["a message was dead-lettered"] += 1
        return False

    def _run(self, batch: list[Message]) -> None:
        assert self.consumer is not None
        self._running += 1
        visible_s = 6 * self.consumer.timeout_s
        for message in batch:  # whatever becomes of the run, the time of each is counted from now
            self._schedule.at(visible_s, self._again(message))
        event = {"Records": [_record(message, self.name) for message in batch]}
        self.consumer.start(event, lambda answer, error: self._ended(batch, answer, error))

    def _again(self, message: Message) -> Callable[[], None]:
        def again() -> None:
            if not message.is_deleted and message not in self._ready:
                self._schedule.seen["a message was redelivered"] += 1
                self._ready.append(message)
                self._poll()

        return again

    def _ended(self, batch: list[Message], answer: Any, error: BaseException | None) -> None:
        self._running -= 1
        self._schedule.at(0.0, self._poll)
        if error is not None:
            return
        failures = (answer or {}).get("batchItemFailures", [])
        failed = {failure["itemIdentifier"] for failure in failures}
        for message in batch:
            if message.message_id not in failed:
                self._delete(message)

    def _delete(self, message: Message) -> None:
        weather = self._schedule.weather
        if self._schedule.source.random() < weather.delete_lost:
            self._schedule.seen["a handled message was redelivered"] += 1
            return  # still invisible; its time runs out and it comes again
        message.is_deleted = True


def _record(message: Message, queue: str) -> dict[str, Any]:
    return {
        "messageId": message.message_id,
        "receiptHandle": f"{message.message_id}/{message.receives}",
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.receives)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:123456789012:{queue}",
        "awsRegion": "eu-west-1",
    }


class Queues:
    """A boto3-shaped SQS client: sending, which is all that our functions do."""

    exceptions = aws_errors.SQS

    def __init__(self, queues: dict[str, Queue]) -> None:
        self._queues = queues

    def _queue(self, url: str) -> Queue:
        if url not in self._queues:
            raise aws_errors.refusal("QueueDoesNotExist", "no such queue", "SendMessage")
        return self._queues[url]

    def send_message(self, **request: Any) -> dict[str, Any]:
        """Send one message."""
        return {"MessageId": self._queue(request["QueueUrl"]).send(request["MessageBody"])}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Send up to ten messages."""
        queue, entries = self._queue(request["QueueUrl"]), request["Entries"]
        if not 1 <= len(entries) <= _ENTRIES_MAX:
            raise aws_errors.refusal("TooManyEntriesInBatchRequest", "", "SendMessageBatch")
        sent = [
            {
                "Id": one["Id"],
                "MessageId": queue.send(one["MessageBody"], one.get("DelaySeconds", 0)),
            }
            for one in entries
        ]
        return {"Successful": sent, "Failed": []}

    def send_message_batch_in_part(self, **request: Any) -> dict[str, Any]:
        """Send some of the messages and refuse the last."""
        *taken, last = request["Entries"]
        answer: dict[str, Any] = {"Successful": []}
        if taken:
            answer = self.send_message_batch(**request | {"Entries": taken})
        failed = {"Id": last["Id"], "SenderFault": False, "Code": "InternalError"}
        return answer | {"Failed": [failed]}
