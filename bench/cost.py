"""What a million events cost: calls and write units counted, prices from AWS's list.

List prices of eu-west-1's peers in us-east-1, on demand, without free tier: HTTP API 1.00, Lambda
0.20 a million and 16.67 a million GB-s, SQS 0.40, DynamoDB 0.625 a million write and 0.125 a
million read units, S3 5.00 a million PUT, CloudWatch Logs 0.50 a GB. EventBridge is left out: it
is charged by fact (1.00 a million) and by what the merchant listens to.
"""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from bench.records import Context, message
from bench.row import Row
from tests.support.template import resources

BATCH = 10  # BookEventFunction's batch under load
MEMORY_MB = resources("Serverless::Function")["BookEventFunction"]["MemorySize"]  # the intake's too
CPU_SHARE = MEMORY_MB / 1769  # of one core
NETWORK_S = 0.012  # waiting for AWS's answers, an event
INTAKE_US, BOOKING_US = 2_000, 3_000  # bench.booking measures both together
GROWTH = (10, 30, 100)
GOALS = {"units": 6.0, "calls": 4.0, "usd": 7.0}


class Taken:
    """A service that takes whatever it is given, and counts."""

    def __init__(self) -> None:
        self.calls = self.facts = 0

    def put_object(self, **_: Any) -> dict[str, Any]:
        """Take an object."""
        self.calls += 1
        return {}

    def put_events(self, **entries: Any) -> dict[str, Any]:
        """Take facts."""
        self.calls += 1
        self.facts += len(entries["Entries"])
        return {"FailedEntryCount": 0, "Entries": []}


def measure() -> list[Row]:
    """Book the reference lifecycle and count what it took."""
    found = counted()
    calls = 1 + found["table"] + found["bus"] + 1 / BATCH  # one send, one archive a batch
    usd = sum(_usd(found).values())
    return [
        Row("write units", round(found["units"], 2), "per event", GOALS["units"], 4.0),
        Row("AWS calls", round(calls, 2), "per event", GOALS["calls"], 3.0),
        Row("list price", round(usd, 2), "USD per million events", GOALS["usd"], 5.2),
        Row("log bytes of booking", round(found["log_bytes"]), "per event"),
        *(
            Row(f"write units of a payment's refund no. {n}", found[f"refund {n}"], "per event")
            for n in GROWTH
        ),
    ]


def _usd(counted: dict[str, float]) -> dict[str, float]:
    cpu_s = (INTAKE_US + BOOKING_US) / 1e6 / CPU_SHARE
    return {
        "http_api": 1.00,
        "lambda_requests": 0.20 * (1 + 1 / BATCH),
        "lambda_duration": 16.67 * MEMORY_MB / 1024 * (cpu_s + NETWORK_S),
        "sqs": 0.40 * (1 + 2 / BATCH),
        "table_writes": 0.625 * counted["units"],
        "table_reads": 0.125 * 2,
        "archive": 5.00 / BATCH,
        "logs": 0.50 * (counted["log_bytes"] + 300) / 1000,
    }


def counted() -> dict[str, float]:
    """Return what booking uses as a mean an event, and how many events a payment has."""
    from functions.book_event.app import lambda_handler
    from kassa.platform import aws
    from kassa.platform.settings import settings
    from tests.simulation.dynamodb.items import PAYMENTS_TABLE
    from tests.simulation.dynamodb.store import Store
    from tests.support import reference_lifecycle as lifecycle

    os.environ |= {"TABLE_NAME": "bench", "BUCKET_NAME": "bench", "BUS_NAME": "bench"}
    settings.cache_clear()
    store, bus, logged = Store({"bench": PAYMENTS_TABLE}), Taken(), io.StringIO()
    aws.install({"dynamodb": store, "s3": Taken(), "events": bus})
    counter = _Counter(lambda_handler, store, bus, logged)
    event_id = lifecycle.ids(0)
    lifecycles = (
        lifecycle.captured(event_id),
        lifecycle.refunded(event_id),
        lifecycle.disputed(event_id),
    )
    parts = [counter.booked(events) for events in lifecycles]
    names = ("units", "table", "bus", "log_bytes", "facts")
    by_name = zip(names, zip(*parts, strict=True), strict=True)
    found = {name: lifecycle.mean(*part) for name, part in by_name}
    found["events"] = len(lifecycles[0]) + 0.1 * len(lifecycles[1]) + 0.01 * len(lifecycles[2])
    for number in range(1, max(GROWTH) + 1):
        found[f"refund {number}"] = counter.booked([lifecycle.nth_refund(number)])[0]
    aws.install({})
    settings.cache_clear()
    return found


class _Counter:
    """Books events and says what that took."""

    def __init__(self, handler: Any, store: Any, bus: Taken, logged: io.StringIO) -> None:
        self._handler, self._store, self._bus, self._logged = handler, store, bus, logged

    def booked(self, events: list[dict[str, Any]]) -> list[int]:
        """Book events; return write units, table calls, bus calls, bytes logged and facts."""
        before = self._object_report()
        with redirect_stdout(self._logged), logger_to(self._logged):
            for number, event in enumerate(events):
                record = message(number, json.dumps(event).encode())
                answer = self._handler({"Records": [record]}, Context())
                assert answer == {"batchItemFailures": []}
        return [new - old for new, old in zip(self._object_report(), before, strict=True)]

    def _object_report(self) -> tuple[int, int, int, int, int]:
        calls, logged = self._store.calls.total(), len(self._logged.getvalue())
        return self._store.write_units, calls, self._bus.calls, logged, self._bus.facts


@contextmanager
def logger_to(stream: io.StringIO) -> Iterator[None]:
    """Let the logger write here; it keeps the stream it was made with."""
    from kassa.platform.telemetry import logger

    before = logger.registered_handler.setStream(stream)
    yield
    logger.registered_handler.setStream(before)
