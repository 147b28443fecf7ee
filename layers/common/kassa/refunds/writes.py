"""What refund requests write: conditional on what was read, or not at all.

Headroom is taken and given back on the payment's version, which every writer raises; so what
book_event and refund requests write to one payment never passes each other unseen.
"""

from typing import Any

from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.core.errors import LimitReached, StaleWrite
from kassa.gateways.events import Subject
from kassa.ledger.items import partition
from kassa.ledger.state import SubjectState
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings
from kassa.refunds.request.holds import Hold


def write_one(update: dict[str, Any]) -> None:
    """Update one item; raise StaleWrite where it moved on."""
    if table.write("update_item", **update) is None:
        raise StaleWrite("the refund request has moved on")


def write(actions: list[dict[str, Any]], limits: list[str], act: Act | None = None) -> None:
    """Write all or nothing; `limits` names, in their places, the days' counters among them.

    A person's act is written with it into the audit trail. Raises LimitReached where only counters
    have no room, StaleWrite where anything moved on.
    """
    try:
        if act is None:
            aws.client("dynamodb").transact_write_items(TransactItems=actions)
        else:
            audit_trail.transact(actions, act)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        reasons = table.reasons(error)
        refused = [n for n, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"]
        full = [limits[n] if n < len(limits) else "" for n in refused]
        if full and all(full):
            raise LimitReached(full[0]) from error
        if refused or "TransactionConflict" in reasons:
            raise StaleWrite("the refund request or its payment has moved on") from error
        raise


def reserved(subject: Subject, state: SubjectState, hold: Hold) -> dict[str, Any]:
    """Reserve an amount and lines under a submission's id, in place of what it held before."""
    submission_id, amount_minor = hold.submission_id, hold.amount_minor
    known = state.reservations.get(submission_id, 0)
    lines = hold.lines_after(state.refunded_lines)
    change = "REMOVE reservations.#submission" if not amount_minor else ""
    sets = "SET headroom = headroom - :more, #version = #version + :one"
    if amount_minor:
        sets += ", reservations.#submission = :amount"
    values: dict[str, Any] = {":more": amount_minor - known, ":one": 1, ":read": state.version}
    if amount_minor:
        values[":amount"] = amount_minor
    if lines != state.refunded_lines:
        sets += ", refunded_lines = :lines"
        values[":lines"] = lines
    condition = "#version = :read"
    if amount_minor > known:
        condition += " AND headroom >= :more"
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.state(partition(subject))),
        "UpdateExpression": f"{sets} {change}".strip(),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#version": "version", "#submission": submission_id},
        "ExpressionAttributeValues": table.typed(values),
    }


def held_to(subject: Subject, state: SubjectState) -> dict[str, Any]:
    """Hold a payment to what was read of it, without changing it."""
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.state(partition(subject))),
        "ConditionExpression": "#version = :read",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": table.typed({":read": state.version}),
    }
