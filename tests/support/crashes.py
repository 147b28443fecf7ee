"""Processes that end at a side effect: just before it, or just after it took effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kassa.partners.safe_http import SafeRequest
from kassa.platform import aws
from tests.support.crm import Crm

WRITES = ("put_item", "update_item", "transact_write_items", "put_object", "put_events")


class Crash(BaseException):
    """The process is gone; nothing that it would still have done happens."""


@dataclass
class Effects:
    """Counts side effects, and ends the process at one of them."""

    crash_at: int = 0  # 0 for never
    is_done: bool = False  # whether that effect took place
    seen: list[str] = field(default_factory=list)

    def before(self, name: str) -> None:
        """Count an effect that is about to happen."""
        self.seen.append(name)
        if len(self.seen) == self.crash_at and not self.is_done:
            raise Crash(name)

    def after(self) -> None:
        """Note that it happened."""
        if len(self.seen) == self.crash_at and self.is_done:
            raise Crash(self.seen[-1])


class _Client:
    """A client whose writes are side effects."""

    def __init__(self, client: Any, effects: Effects) -> None:
        self._client = client
        self._effects = effects

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._counted(name, call) if name in WRITES else call

    def _counted(self, name: str, call: Any) -> Any:
        def write(**arguments: Any) -> Any:
            self._effects.before(name)
            try:
                return call(**arguments)
            finally:  # also after a write that was refused
                self._effects.after()

        return write


@contextmanager
def counted_effects(crash_at: int, is_done: bool) -> Iterator[Effects]:
    """Count the writes of the table, the bucket and the bus, and end the process at one of them."""
    counted = Effects(crash_at, is_done)
    named = ("dynamodb", "s3", "events")
    aws.install({name: _Client(aws.client(name), counted) for name in named})
    try:
        yield counted
    finally:
        aws.install({})


@contextmanager
def effects(crm: Crm, crash_at: int = 0, is_done: bool = False) -> Iterator[Effects]:
    """Count the side effects of what runs inside; requests to the CRM are some too."""
    counted = Effects(crash_at, is_done)

    def before(request: SafeRequest) -> None:
        counted.before(request.method)

    aws.install({"dynamodb": _Client(aws.client("dynamodb"), counted)})
    crm.before, crm.after = before, lambda request: counted.after()
    try:
        yield counted
    finally:
        aws.install({})
        crm.before = crm.after = lambda request: None
