"""Mistakes in queueing, acknowledging and publishing: each makes a wrong one of a right one."""

from typing import Any

from kassa.core.errors import NotPublished, QueueUnavailable
from kassa.ledger.store import Commit
from kassa.platform.messaging import event_bus as bus


def acknowledging(real: Any) -> Any:
    """Answer 2xx although the queue did not take the message."""

    def put(self: Any, delivery: Any) -> str:
        try:
            return str(real(self, delivery))
        except QueueUnavailable:
            return "lost"

    return put


def publishing_first(real: Any) -> Any:
    def commit(self: Any, before: Any, after: Any, event: Any, booked: Any) -> Any:
        bus.publish(booked.facts)
        return real(self, before, after, event, booked)

    return commit


def publishing_once(real: Any) -> Any:
    """Tell nothing when an event turns out to be booked already."""

    def once(*arguments: Any) -> Any:
        outcome, booked = real(*arguments)
        if outcome is Commit.REPEATED:
            booked = booked.model_copy(update={"facts": ()})
        return outcome, booked

    return once


def content_with_part(real: Any) -> Any:
    def publish(facts: Any) -> None:
        try:
            real(facts)
        except NotPublished:
            return

    return publish


def all_done(real: Any) -> Any:
    """Report no record as failed."""

    def response(self: Any) -> Any:
        return {"batchItemFailures": []}

    return response
