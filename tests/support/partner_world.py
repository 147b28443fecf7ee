"""PartnersQueue in tests: facts and wake-ups go through the real handler, until nothing is due."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from functions.sync_partner.app import lambda_handler
from kassa.core import stored
from kassa.deliveries import lists
from kassa.deliveries.delivery import Delivery, Status
from kassa.partners.rest.store import Targets
from kassa.partners.rest.target import Target
from kassa.platform import aws, clock, table
from tests.support.aws_stack import Context, FakeClock
from tests.support.builders import OPERATOR
from tests.support.crm import forget, put_secret
from tests.support.facts import fact
from tests.support.queue_batches import batch, failed

LEFT_S = 120.0  # of an invocation: the function's timeout


def save(target: Target) -> None:
    """Let a target rule, with its credentials in place."""
    Targets("main").save(target, OPERATOR)
    put_secret(target.name)
    forget()


def envelope(of: Any) -> str:
    """Return a fact as the bus puts it on a queue."""
    return json.dumps({"source": "kassa", "detail": stored.plain(of, exclude_none=True)})


def refunded(subject_id: str, version: int, at: datetime) -> str:
    """Return a fact of a payment: its refund of as many cents as its version says."""
    object_id = f"re_{subject_id}_{version}"
    more = {"object_id": object_id, "version": version}
    return envelope(fact("RefundSucceeded", subject_id, at, (version, "EUR"), **more))


def receive(*bodies: str, left_s: float = LEFT_S) -> list[str]:
    """Hand messages to the function; return those that come back."""
    context = Context()
    context.left_s = left_s
    answer = lambda_handler(batch(*bodies), context)  # type: ignore[arg-type]
    back = {int(one.removeprefix("m")) for one in failed(answer)}
    return [body for number, body in enumerate(bodies) if number in back]


def deliveries() -> list[Delivery]:
    """Return every delivery there is."""
    items = aws.client("dynamodb").scan(TableName="payments")["Items"]
    found = (table.plain(item) for item in items)
    kept = [one for one in found if str(one["PK"]).startswith("DELIVERY#")]
    places = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
    return [
        stored.read(Delivery, {name: one[name] for name in one if name not in places})
        for one in kept
    ]


def statuses() -> list[Status]:
    """Return how deliveries stand, the eldest first."""
    return [one.status for one in sorted(deliveries(), key=lambda one: one.fact_id)]


def the_delivery() -> Delivery:
    """Return the only delivery there is."""
    (one,) = deliveries()
    return one


def wake_up(fake_clock: FakeClock, days: float = 30.0) -> int:
    """Let time pass until nothing is due any more; return how many wake-ups that took."""
    ends, woken = fake_clock.at + timedelta(days=days), 0
    while fake_clock.at < ends:
        waiting = [one.due_at for one in deliveries() if one.due_at is not None]
        if not waiting:
            return woken
        fake_clock.at = max(fake_clock.at, min(waiting)) + timedelta(seconds=1)
        due = [one.delivery_id for one in lists.due("main", clock.now())]
        woken += len(due)
        _receive_each(due)
    raise AssertionError("deliveries wait for ever")


def _receive_each(delivery_ids: Iterable[str]) -> None:
    for delivery_id in delivery_ids:
        receive(json.dumps({"delivery_id": delivery_id}))
