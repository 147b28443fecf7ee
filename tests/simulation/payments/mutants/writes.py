"""Mistakes in how the table is written: each function makes a wrong one of a right one."""

from collections.abc import Callable
from typing import Any

from kassa.core.errors import StaleWrite
from kassa.ledger import items as event_items
from kassa.ledger import store as books
from kassa.ledger.store import Commit
from kassa.platform import aws, clock, keys, table
from kassa.platform.settings import settings


def commit_in_two(first: str) -> Callable[[Any], Any]:
    """Commit the event and the state by two writes instead of one transaction."""

    def made(real: Any) -> Any:
        def commit(self: Any, before: Any, after: Any, event: Any, booked: Any) -> Commit:
            if after.version == before.version:
                return Commit(self.keep_ignored(booked))
            update = books._update(before, after, event, booked)
            try:
                if first == "event" and self.keep_ignored(booked) is Commit.REPEATED:
                    return Commit.REPEATED
                aws.client("dynamodb").update_item(**update)
                return Commit.BOOKED if first == "event" else Commit(self.keep_ignored(booked))
            except aws.client("dynamodb").exceptions.ConditionalCheckFailedException as error:
                raise StaleWrite from error

        return commit

    return made


def forgets(real: Any) -> Any:
    """Read an event as unknown when its marker is older than an hour."""

    def read(self: Any, subject: Any, event_id: str) -> Any:
        state, known = real(self, subject, event_id)
        if known and (clock.now() - known.booked_at).total_seconds() > 3600:
            known = None
        return state, known

    return read


def overwriting(real: Any) -> Any:
    def put(item: Any) -> Any:
        return {"TableName": settings().table_name, "Item": table.typed(item)}

    return put


def unconditional(real: Any) -> Any:
    """Write the state without asking for the version that was read."""

    def update(before: Any, after: Any, event: Any, booked: Any) -> Any:
        request = dict(real(before, after, event, booked))
        del request["ConditionExpression"]
        values = dict(request["ExpressionAttributeValues"])
        values.pop(":read", None)
        return request | {"ExpressionAttributeValues": values}

    return update


def whole_item(real: Any) -> Any:
    """Put the state whole, on the version read; what else stands in the item is lost."""

    def commit(self: Any, before: Any, after: Any, event: Any, booked: Any) -> Commit:
        if after.version == before.version:
            return Commit(self.keep_ignored(booked))
        pk, sk = keys.state(event_items.partition(booked.subject))
        item = {
            "PK": pk,
            "SK": sk,
            "merchant_id": booked.merchant_id,
            "subject": event_items.subject_named(booked.subject),
            "version": after.version,
            "headroom": after.headroom_minor,
            "objects": event_items.kept_objects(after),
            "reservations": {},
        }
        put = {"TableName": settings().table_name, "Item": table.typed(item)}
        put["ConditionExpression"] = "attribute_not_exists(PK) OR version = :read"
        put["ExpressionAttributeValues"] = table.typed({":read": before.version})
        puts = [{"Put": books._put(event_items.event_item(booked))}, {"Put": put}]
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=puts)
        except aws.client("dynamodb").exceptions.TransactionCanceledException as error:
            return books._refused(error)
        return Commit.BOOKED

    return commit


def retry_at_once(real: Any) -> Any:
    """Take a stale write for a finished one."""

    def refused(error: Any) -> Commit:
        try:
            return Commit(real(error))
        except StaleWrite:
            return Commit.BOOKED

    return refused
