"""The clients that handlers hold: each call becomes a step of the schedule, with its faults.

They are installed once for the whole process, since handlers may keep a client for as long as they
live; the world behind them changes with every seed.
"""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from kassa.platform import aws, clock
from kassa.platform.lean import aws as lean_aws
from tests.simulation.aws import errors as aws_errors
from tests.simulation.dynamodb.requests import cancelled
from tests.simulation.engine.faults import CONTENDED, READ, WRITE, Fault
from tests.simulation.engine.schedule import Schedule

SERVICES = ("dynamodb", "sqs", "events", "s3", "secretsmanager", "sesv2")
POSSIBLE: dict[str, tuple[Fault, ...]] = {
    "dynamodb.get_item": READ,
    "dynamodb.batch_get_item": (*READ, Fault.PARTIAL),
    "dynamodb.query": READ,
    "dynamodb.put_item": CONTENDED,
    "dynamodb.update_item": CONTENDED,
    "dynamodb.transact_write_items": CONTENDED,
    "sqs.send_message": WRITE,
    "sqs.send_message_batch": (*WRITE, Fault.PARTIAL),
    "events.put_events": (*WRITE, Fault.PARTIAL),
    "s3.put_object": WRITE,
    "s3.get_object": READ,
    "s3.get_object_lock_configuration": READ,
    "s3.head_object": READ,
    "s3.list_objects_v2": READ,
    "secretsmanager.get_secret_value": READ,
    "sesv2.send_email": (*READ, Fault.LANDS_LATE),  # whose client never repeats by itself
}
_PARTIAL = {
    "events.put_events": "put_events_in_part",
    "sqs.send_message_batch": "send_message_batch_in_part",
    "dynamodb.batch_get_item": "batch_get_item_in_part",
}


class Behind(NamedTuple):
    """The world behind the clients: its schedule and its services."""

    schedule: Schedule
    services: dict[str, Any]


_behind: list[Behind] = []
_tokens = itertools.count(1)


def install(schedule: Schedule, services: dict[str, Any]) -> None:
    """Put a world behind the clients, and let our code hold them."""
    _behind[:] = [Behind(schedule, services)]
    clients = {service: _CLIENTS[service] for service in SERVICES}
    aws.install(clients)
    lean_aws.install(clients)
    clock.install(_CLOCK)


def uninstall() -> None:
    """Bring the real clients and the real clock back."""
    _behind.clear()
    aws.install({})
    lean_aws.install({})
    clock.install(None)


class Client:
    """A client of one service; every attribute but `exceptions` is a call."""

    def __init__(self, service: str) -> None:
        self._service = service

    @property
    def exceptions(self) -> Any:
        """Return the error classes of the service."""
        return _behind[0].services[self._service].exceptions

    def __getattr__(self, call: str) -> Callable[..., Any]:
        if call.startswith("__"):
            raise AttributeError(call)
        return lambda **request: _called(self._service, call, request)


def _called(service: str, call: str, request: dict[str, Any]) -> Any:
    schedule, services = _behind[0]
    name = f"{service}.{call}"
    if call == "transact_write_items" and "ClientRequestToken" not in request:
        # As botocore does, so that its own repetition of a request does nothing twice.
        request["ClientRequestToken"] = f"botocore-{next(_tokens)}"
    target = services[service]
    twisted: dict[Fault, Callable[[], Any]] = {}
    if name in _PARTIAL:
        twisted[Fault.PARTIAL] = lambda: getattr(target, _PARTIAL[name])(**request)
    if Fault.CONFLICT in POSSIBLE[name]:
        twisted[Fault.CONFLICT] = lambda: _conflict(schedule, request)
    return schedule.call(name, lambda: getattr(target, call)(**request), POSSIBLE[name], twisted)


def _conflict(schedule: Schedule, request: dict[str, Any]) -> Any:
    """Refuse a write because another transaction is on one of its items."""
    actions = request.get("TransactItems")
    if actions is None:
        raise aws_errors.refusal("TransactionConflictException", "Transaction is ongoing", "")
    reasons = [{"Code": "None"} for _ in actions]
    reasons[schedule.source.randrange(len(actions))] = {
        "Code": "TransactionConflict",
        "Message": "Transaction is ongoing for the item",
    }
    raise cancelled(reasons)


class _Clock:
    """The schedule's clock, as `kassa.platform.clock` wants one."""

    def now(self) -> datetime:
        return _behind[0].schedule.now()

    def sleep(self, seconds: float) -> None:
        _behind[0].schedule.pause(seconds)

    def jitter(self, upper_s: float) -> float:
        return _behind[0].schedule.source.uniform(0, upper_s)


_CLIENTS = {service: Client(service) for service in SERVICES}
_CLOCK = _Clock()
