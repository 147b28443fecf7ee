"""An event that no webhook brought is told of once, for reports; one that came twice isn't."""

from typing import Any

import pytest

from functions.book_event.app import lambda_handler
from tests.support.aws_stack import Context, Stack
from tests.support.queue_batches import CAPTURED, SETTLED, batch, failed


def healed(stack: Stack) -> list[dict[str, Any]]:
    return [one for one in stack.published() if one["detail-type"] == "EventHealed"]


def test_a_pulled_event_that_nobody_delivered_is_healed_once(
    stack: Stack, context: Context
) -> None:
    stack.receive_measurements()
    for origin in ("pull", "pull", "webhook"):
        assert failed(lambda_handler(batch(CAPTURED, origin=origin), context)) == []

    (fact,) = healed(stack)
    assert fact["source"] == "kassa.measured"
    assert fact["detail"]["data"]["origin"] == "pull"
    assert fact["detail"]["data"]["object_id"] == "evt_1"
    assert fact["detail"]["metadata"]["subject_id"] == "pi_1"


@pytest.mark.parametrize(
    ("body", "origin"), [(CAPTURED, "webhook"), (CAPTURED, "import"), (SETTLED, "pull")]
)
def test_what_was_delivered_or_only_ever_pulled_is_not_healed(
    body: Any, origin: str, stack: Stack, context: Context
) -> None:
    stack.receive_measurements()
    lambda_handler(batch(body, origin=origin), context)

    assert healed(stack) == []
