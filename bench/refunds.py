"""What a refund costs: DynamoDB's requests and write units, counted on our own table in memory.

Two refunds are counted from the request to the bank: one that the policy approves, and one that a
person approves. Each is paid through the fake Stripe and posted from its events (refund created,
charge refunded), without contention. List prices of us-east-1, on demand, without free tier:
DynamoDB 0.625 a million write and 0.125 a million read units (each read counts as one), SQS 0.40
(sent, received, deleted), EventBridge 1.00 a million facts, HTTP API 1.00, Lambda 0.20 a million
requests; how long functions run is left out.
"""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import timedelta
from typing import Any, NamedTuple

from bench.cost import logger_to
from bench.row import Row

READS = ("get_item", "batch_get_item", "query")
USD_A_MILLION = {"units": 0.625, "reads": 0.125, "messages": 3 * 0.40 + 0.20, "facts": 1.00}
HTTP_USD = 1.00 + 0.20  # a request of the API, and the function behind it
EVENTS, EVENT_USD = 2, HTTP_USD + 3 * 0.40 + 0.20  # webhooks that post a refund


class Used(NamedTuple):
    """What was used so far."""

    units: int
    requests: int
    reads: int
    messages: int  # of RefundsQueue
    facts: int


def measure() -> list[Row]:
    """Return the figures of both refunds."""
    small, large = counted()
    return [
        *_rows("a refund that the policy approves", small, http=1),
        *_rows("a refund that a person approves", large, http=2),
    ]


def counted() -> tuple[Used, Used]:
    """Let a refund by policy and one by a person happen, and return what each used."""
    from tests.support.refund_scene import opened

    logged = io.StringIO()
    with redirect_stdout(logged), logger_to(logged), opened() as scene:
        return _counted(scene, _approved_by_policy), _counted(scene, _approved_by_a_person)


def _approved_by_policy(scene: Any, payment_id: str) -> str:
    """Request a refund, pay it, and receive its events."""
    case = scene.request_refund(payment_id, 60_00)
    _paid(scene)
    return str(scene.lifecycle(case).state)


def _approved_by_a_person(scene: Any, payment_id: str) -> str:
    """Ask for a refund that needs a person; it is paid once it can't be undone."""
    from kassa.core.callers import Caller
    from kassa.refunds.decide_refund import decide_refund
    from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
    from kassa.refunds.paying.pay_refund import pay_refund
    from tests.support.refund_scene import time_left

    case = scene.request_refund(payment_id, 90_00)
    scene.work()
    refund_request_id = case.request.refund_request_id
    verdict = Verdict(Action.APPROVE, Caller(key_id="clerk"), DecisionBody())
    decide_refund(refund_request_id, verdict, scene.requests, time_left())
    scene.clock.at += timedelta(minutes=6)
    pay_refund(refund_request_id, scene.requests, time_left())
    _paid(scene)
    return str(scene.lifecycle(case).state)


def _paid(scene: Any) -> None:
    """Wake, deliver the gateway's two events, and wake for what they reported."""
    scene.work()
    assert len(scene.events) == EVENTS
    scene.deliver()
    scene.work()


def _counted(scene: Any, refunded: Callable[[Any, str], str]) -> Used:
    """Count one refund of a payment of its own."""
    payment_id = scene.pay()
    before = _used(scene)
    assert refunded(scene, payment_id) == "paid"
    return Used(*(new - old for new, old in zip(_used(scene), before, strict=True)))


def _used(scene: Any) -> Used:
    calls, succeeded = scene.store.calls, scene.names().count("RefundSucceeded")
    return Used(
        units=scene.store.write_units,
        requests=calls.total(),
        reads=sum(calls[name] for name in READS),
        messages=len(scene.wake_ups.delays) + succeeded,  # the bus's rule sends the fact on
        facts=len(scene.bus.facts),
    )


def _rows(name: str, used: Used, http: int) -> list[Row]:
    """Return the rows of one refund; the last one sums up the list prices."""
    parts = (getattr(used, part) * usd for part, usd in USD_A_MILLION.items())
    usd = sum(parts) + http * HTTP_USD + EVENTS * EVENT_USD
    return [
        Row(f"write units of {name}", used.units, "per refund"),
        Row(f"DynamoDB requests of {name}", used.requests, "per refund"),
        Row(f"facts of {name}", used.facts, "per refund"),
        Row(f"list price of {name}", round(usd, 1), "USD per million"),
    ]
