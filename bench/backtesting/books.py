"""Books in memory for the replay: booked by the real handler, then changed behind its back."""

import io
import json
from collections.abc import Iterable
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any

from bench.cost import Taken, logger_to
from bench.records import Context, message
from functions.book_event.app import lambda_handler
from kassa.platform import aws, clock, table
from kassa.platform.settings import settings
from kassa.recovery.replay_events import Shadow, Window, touched
from tests.simulation.aws.bucket import Bucket
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store

Found = tuple[str, str]  # what kind of difference, and in what


class Books:
    """A table, an archive and a bus that takes everything."""

    def __init__(self) -> None:
        settings.cache_clear()
        self._store = Store({"bench": PAYMENTS_TABLE})
        aws.install({"dynamodb": self._store, "s3": Bucket(), "events": Taken()})
        self._payments: list[str] = []

    def close(self) -> None:
        """Bring the real clients back."""
        aws.install({})
        settings.cache_clear()

    def book(self, batches: Iterable[list[dict[str, Any]]]) -> None:
        """Book batches of events, as they come from EventsQueue."""
        logged = io.StringIO()
        with redirect_stdout(logged), logger_to(logged):
            for batch in batches:
                bodies = [json.dumps(event).encode() for event in batch]
                records = [message(number, body) for number, body in enumerate(bodies)]
                answer = lambda_handler({"Records": records}, Context())
                assert answer == {"batchItemFailures": []}
                logged.truncate(0)

    def replayed(self, back: timedelta) -> tuple[list[Found], int]:
        """Fold all that was booked lately; return the differences and how many events that was."""
        now, scratch, found = clock.now(), Shadow(), list[Found]()
        window = Window(begins_at=now - back, ends_at=now + timedelta(minutes=1))
        whole = touched(window)
        for subject in whole.subjects:
            for one in scratch.refolded(subject).differences:
                found.append((one.kind.value, one.concerns))
        self._payments = [subject.subject_id for subject in whole.subjects]
        return found, whole.events.total()

    def tamper(self) -> set[Found]:
        """Change one reading, one fact's posting and one state; return what must be found."""
        first, middle, last = (self._payments[n] for n in (0, len(self._payments) // 2, -2))
        read, moved = self._event(first, "facts", 0), self._event(middle, "facts", 0)
        self._change(read, reading=read["reading"].replace("10000", "10001"))
        self._change(moved, facts=moved["facts"].replace("10000", "1000"))
        state = self._item(last, "STATE")
        charge_id = next(name for name in state["objects"] if name.startswith("ch_"))
        state["objects"][charge_id]["p"] = 1
        self._change(state, objects=state["objects"])
        return {
            ("reading", read["event_id"]),
            ("facts", moved["event_id"]),
            ("state", charge_id),
        }

    def _event(self, payment_id: str, having: str, number: int) -> table.Item:
        events = [one for one in self._partition(payment_id) if having in one]
        return events[number]

    def _item(self, payment_id: str, sort: str) -> table.Item:
        return next(one for one in self._partition(payment_id) if one["SK"] == sort)

    def _partition(self, payment_id: str) -> list[table.Item]:
        found, _ = table.query(
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues=table.typed({":pk": f"PAYMENT#stripe#main#{payment_id}"}),
        )
        return found

    def _change(self, item: table.Item, **changed: Any) -> None:
        self._store.put_item(TableName="bench", Item=table.typed(item | changed))
