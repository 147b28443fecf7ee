"""Messages that no reader can hold: each fails alone, by name, and none takes its batch along."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.archive_facts.app import lambda_handler as archive_facts
from functions.book_event.app import lambda_handler as book_event
from functions.generate_invoice.app import lambda_handler as generate_invoice
from functions.pay_refund.app import lambda_handler as pay_refund
from functions.track_order.app import lambda_handler as track_order
from tests.support import stripe_events as s
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.queue_batches import batch, failed

DEEP = 100_000
HOSTILE = {
    "deep lists": "[" * DEEP + "]" * DEEP,
    "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "deep in a detail": '{"detail":' + "[" * DEEP + "]" * DEEP + "}",
    "a huge number": '{"refund_request_id":' + "9" * 100_000 + "}",
    "a list": "[]",
    "nothing": "",
    "null": "null",
}
HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "book_event": book_event,
    "pay_refund": pay_refund,
    "track_order": track_order,
    "generate_invoice": generate_invoice,
    "archive_facts": archive_facts,
}


@pytest.mark.parametrize("name", HANDLERS)
def test_each_hostile_message_fails_and_nothing_raises(name: str, stack: Stack) -> None:
    answer = HANDLERS[name](batch(*HOSTILE.values()), Context())
    assert len(failed(answer)) == len(HOSTILE)


def message(gateway: str, body: str) -> str:
    fields = {
        **{"gateway": gateway, "account": "main", "merchant_id": "main", "mode": "test"},
        "received_at": NOW.isoformat(),
        "body_base64": base64.b64encode(body.encode()).decode(),
        "delivery_id": "msg_1",
    }
    return json.dumps(fields)


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_signed_body_that_is_too_deep_waits_in_the_dlq_and_its_neighbour_is_booked(
    gateway: str, stack: Stack
) -> None:
    """Whoever has the secret may still send nonsense; deep but readable is only counted."""
    sound = s.event("charge.succeeded", s.charge(), "evt_1")
    bodies = [HOSTILE["deep lists"], HOSTILE["deep objects"], '{"id":' + "[" * DEEP]
    messages = [message(gateway, body) for body in bodies]
    assert len(failed(book_event(batch(*messages, sound), Context()))) == len(bodies)
