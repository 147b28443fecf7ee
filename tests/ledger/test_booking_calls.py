"""What booking an event costs, in calls of our own functions: a busy machine doesn't change those.

What an event costs beside is AWS's SDK's. `make bench` measures both in time.
"""

import sys
from collections import Counter
from types import FrameType
from typing import Any

from functions.book_event.app import lambda_handler
from tests.support import stripe_events
from tests.support.aws_stack import Context, Stack
from tests.support.queue_batches import batch, failed
from tests.support.source import KASSA

OURS = f"{KASSA}/"  # wherever the checkout lies, and whatever it is called


def captured(number: int) -> dict[str, Any]:
    """Return a captured charge of a payment of its own."""
    charge = stripe_events.charge(f"ch_{number}", f"pi_{number}")
    return stripe_events.event("charge.succeeded", charge, f"evt_{number}")


def calls_of_ours(event: dict[str, Any], context: Context) -> Counter[str]:
    """Book an event and count how often each of our functions was called."""
    called: Counter[str] = Counter()

    def count(frame: FrameType, what: str, _: Any) -> None:
        code = frame.f_code
        is_named = not code.co_name.startswith("<")  # how comprehensions run is Python's matter
        if what == "call" and is_named and OURS in code.co_filename:
            called[code.co_qualname] += 1

    sys.setprofile(count)
    try:
        answer = lambda_handler(batch(event), context)
    finally:
        sys.setprofile(None)
    assert failed(answer) == []
    return called


def test_booking_a_charge_looks_at_its_payment_a_few_times(stack: Stack, context: Context) -> None:
    lambda_handler(batch(captured(1)), context)  # the first one warms what is made once

    called = calls_of_ours(captured(2), context)

    assert 300 < called.total() <= 550, called.most_common(12)


def test_what_a_release_does_not_know_is_looked_for_where_models_stand(
    stack: Stack, context: Context
) -> None:
    lambda_handler(batch(captured(1)), context)

    called = calls_of_ours(captured(2), context)

    assert called["has_unknown"] <= 10
    assert called["_restore"] <= 5
