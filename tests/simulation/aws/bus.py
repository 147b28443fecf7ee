"""EventBridge: takes facts, all or some of them, and carries them to the queues of its rules."""

import itertools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from kassa.platform.messaging.event_bus import SOURCE
from tests.simulation.aws import errors as aws_errors
from tests.simulation.aws.queues import Queue
from tests.simulation.engine.schedule import Schedule

_ENTRIES_MAX = 10
_ENTRY_BYTES_MAX = 1024 * 1024


class Rule(NamedTuple):
    """Which facts go to which queue; no names means all of them, and no source any."""

    names: frozenset[str]
    queue: Queue
    source: str | None = SOURCE

    def takes(self, entry: dict[str, str]) -> bool:
        """Tell whether an entry of PutEvents matches."""
        is_named = not self.names or entry["DetailType"] in self.names
        return is_named and self.source in (None, entry["Source"])


class Bus:
    """A boto3-shaped EventBridge client that remembers every publication."""

    exceptions = aws_errors.EVENTS

    def __init__(self, schedule: Schedule, rules: list[Rule]) -> None:
        self._schedule = schedule
        self._rules = rules
        self._ids = itertools.count(1)
        self.on_published: list[Callable[[str, dict[str, Any]], None]] = []

    def put_events(self, **request: Any) -> dict[str, Any]:
        """Take all entries."""
        entries = request["Entries"]
        if not 1 <= len(entries) <= _ENTRIES_MAX:
            raise aws_errors.refusal("ValidationException", "too many entries", "PutEvents")
        return {"FailedEntryCount": 0, "Entries": [self._taken(entry) for entry in entries]}

    def put_events_in_part(self, **request: Any) -> dict[str, Any]:
        """Take some of the entries; at least one is refused."""
        entries = request["Entries"]
        refused = self._schedule.source.randrange(len(entries))
        answers = [
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}
            if number == refused or self._schedule.source.random() < 0.3
            else self._taken(entry)
            for number, entry in enumerate(entries)
        ]
        failed = sum("ErrorCode" in answer for answer in answers)
        return {"FailedEntryCount": failed, "Entries": answers}

    def _taken(self, entry: dict[str, str]) -> dict[str, str]:
        assert len(entry["Detail"].encode()) < _ENTRY_BYTES_MAX
        event_id = f"bus-{next(self._ids)}"
        detail = json.loads(entry["Detail"])
        for listener in self.on_published:
            listener(entry["DetailType"], detail)
        envelope = {
            "version": "0",
            "id": event_id,
            "detail-type": entry["DetailType"],
            "source": entry["Source"],
            "account": "123456789012",
            "time": self._schedule.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": "eu-west-1",
            "resources": [],
            "detail": detail,
        }
        for rule in self._rules:
            if rule.takes(entry):
                rule.queue.send(json.dumps(envelope))
        return {"EventId": event_id}
