"""What a million facts cost that are told to two endpoints: calls and write units counted.

The real handler, the simulation's table, receivers that answer at once; what a receiver lets us
wait is a stated figure, since it is most of the price. List prices as in bench.cost.
"""

import io
import json
import os
from contextlib import redirect_stdout
from typing import Any

from bench.cost import logger_to
from bench.records import Context
from bench.row import Row
from tests.support.template import resources

FACTS, ENDPOINTS = 40, 2
BATCH = resources("Lambda::EventSourceMapping")["SendWebhookSource"]["BatchSize"]
MEMORY_GB = resources("Serverless::Function")["SendWebhookFunction"]["MemorySize"] / 1024
ANSWER_S = 0.2  # to resolve, connect by TLS and be answered, by a receiver that does so at once
FAN_OUT_S, OWN_S = 0.015, 0.040  # our own work and the table's answers
GOALS = {"units": 7.0, "usd": 20.0}


class Queue:
    """A queue that keeps what it is sent, and counts calls."""

    def __init__(self) -> None:
        self.calls, self.bodies = 0, list[str]()

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        """Take messages."""
        self.calls += 1
        self.bodies += [entry["MessageBody"] for entry in call["Entries"]]
        return {}


def measure() -> list[Row]:
    """Tell facts to two endpoints and to none, and count what that took."""
    told, silent = counted(ENDPOINTS), counted(0)
    return [
        Row("write units of a webhook", told["units"] / ENDPOINTS, "each", GOALS["units"], 5.0),
        Row("table calls of a webhook", round(told["table"] / ENDPOINTS, 2), "each"),
        Row("facts to two endpoints", round(_usd(told), 2), "USD per million", GOALS["usd"]),
        Row("write units of a fact without an endpoint", silent["units"], "each", 0.0, 0.0),
        Row("facts without an endpoint", round(_usd(silent), 2), "USD per million"),
    ]


def _usd(found: dict[str, float]) -> float:
    messages = 1 + found["webhooks"]
    busy_s = FAN_OUT_S + found["webhooks"] * (OWN_S + ANSWER_S)
    return (
        0.40 * (1 + found["queue"] + 2 * messages / BATCH)  # the rule's, ours, taken and deleted
        + 0.20 * messages / BATCH
        + 16.67 * MEMORY_GB * busy_s
        + 0.625 * found["units"]
        + 0.25 * found["reads"]
        + 0.50 * found["log_bytes"] / 1000
    )


def counted(endpoints: int) -> dict[str, float]:
    """Return what telling a fact takes, as a mean."""
    from functions.send_webhook.app import lambda_handler
    from kassa.partners import safe_http
    from kassa.partners.safe_http import SafeAnswer
    from kassa.platform import aws
    from kassa.platform.settings import settings
    from tests.simulation.dynamodb.items import PAYMENTS_TABLE
    from tests.simulation.dynamodb.store import Store

    os.environ |= {"TABLE_NAME": "bench", "WEBHOOKS_QUEUE_URL": "queue", "SECRETS_PREFIX": "bench"}
    settings.cache_clear()
    store, queue, logged = Store({"bench": PAYMENTS_TABLE}), Queue(), io.StringIO()
    aws.install({"dynamodb": store, "sqs": queue, "secretsmanager": _Secrets()})
    sent: list[str] = []
    safe_http.install(lambda target, _: (sent.append(target.host), SafeAnswer(204, {}, b""))[1])
    _enter(endpoints)
    before, calls = store.write_units, store.calls.copy()
    with redirect_stdout(logged), logger_to(logged):
        for number in range(FACTS):
            _tell(queue, lambda_handler, _published(number))
    made = store.calls - calls
    reads = sum(n for name, n in made.items() if name in ("get_item", "query", "batch_get_item"))
    safe_http.install(None)
    aws.install({})
    settings.cache_clear()
    return {
        "units": (store.write_units - before) / FACTS,
        "table": made.total() / FACTS,
        "reads": reads / FACTS,
        "queue": queue.calls / FACTS,
        "webhooks": len(sent) / FACTS,
        "log_bytes": len(logged.getvalue()) / FACTS,
    }


def _tell(queue: Queue, handler: Any, body: str) -> None:
    """Hand a fact to the function, and then what that put on the queue."""
    _handled(handler, body)
    waiting, queue.bodies = queue.bodies, []
    for one in waiting:
        _handled(handler, one)


def _handled(handler: Any, body: str) -> None:
    record = {"messageId": "m", "body": body, "attributes": {}, "eventSource": "aws:sqs"}
    assert handler({"Records": [record]}, Context()) == {"batchItemFailures": []}


def _enter(endpoints: int) -> None:
    from kassa.audit.trail import Actor
    from kassa.partners.webhooks.endpoints import store
    from kassa.partners.webhooks.endpoints.save_endpoint import Entered, save_endpoint
    from kassa.platform import drawn_secrets

    drawn_secrets.forget()
    for number in range(endpoints):
        entered = Entered(f"https://receiver-{number}.example/hooks", ("*",))
        save_endpoint(entered, "bench", Actor(system="bench"))
    store.forget()


def _published(number: int) -> str:
    from kassa.core import stored
    from tests.support.aws_stack import NOW
    from tests.support.facts import captured

    fact = captured(f"pi_{number}", NOW, (12_90, "EUR"))
    return json.dumps({"detail": stored.plain(fact, exclude_none=True)})


class _Secrets:
    """The master secret alone."""

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        """Return it."""
        return {"SecretString": "m" * 64}
