"""Refund requests in the table: the request, its life, and the headroom it takes of its payment.

A claim has one request, since the request's key is made of it and is put only if absent. What
moves headroom is one transaction on the versions read, of the life and of the payment, so that
no two writers can ever take the same money.
"""

from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from kassa.adapters import aws, keys, table
from kassa.adapters.event_items import partition, subject_state
from kassa.adapters.refund_items import (
    life_of,
    life_put,
    request_of,
    request_put,
)
from kassa.domain.events import Subject
from kassa.domain.payments import SubjectState
from kassa.domain.refund_cases import RefundCase
from kassa.domain.refund_life import RefundLife
from kassa.errors import LimitReached, RefundRequestNotFound, StaleWrite
from kassa.settings import settings


class Held(NamedTuple):
    """What is to be reserved of a payment, under an ask's name; nothing gives it back."""

    asked: str
    amount_minor: int


class RefundRequests:
    """Reads and writes of refund requests."""

    def find(self, refund_request_id: str) -> RefundCase | None:
        """Return a request with its life, consistently; none for an id nobody gave."""
        found, _ = table.query(
            KeyConditionExpression="PK = :request",
            ExpressionAttributeValues=table.typed({":request": keys.refund(refund_request_id)}),
            ConsistentRead=True,
        )
        items = {item["SK"]: item for item in found}
        if keys.REQUEST not in items:
            return None
        request = items[keys.REQUEST]
        return RefundCase(
            request=request_of(request),
            life=life_of(items[keys.LIFE]),
            words=request.get("words", ""),
        )

    def named(self, refund_request_id: str) -> RefundCase:
        """Return a request with its life; raise RefundRequestNotFound for an unknown id."""
        case = self.find(refund_request_id)
        if case is None:
            raise RefundRequestNotFound(f"there is no refund request {refund_request_id}")
        return case

    def payment(self, subject: Subject) -> SubjectState:
        """Return how a payment stands, consistently."""
        return subject_state(table.get(keys.state(partition(subject))))

    def open(
        self,
        case: RefundCase,
        payment: SubjectState,
        held: Held | None,
        limits: dict[str, dict[str, Any]],
        marks: list[dict[str, Any]],
    ) -> None:
        """Write a new request and, where it is approved, what it takes; all or nothing.

        `limits` are the days' counters by name. Raises StaleWrite where the claim has a request
        by now or the payment moved on, LimitReached where a day's limit has no room.
        """
        actions = [
            {"Put": request_put(case.request, case.words)},
            {"Put": life_put(case.life, None)},
        ]
        if held is not None:
            actions.append({"Update": _reserve(case.request.payment, payment, held)})
            actions += [{"Update": update} for update in limits.values()]
        names = ["", "", "", *limits] if held is not None else []
        _write([*actions, *marks], names)

    def keep(self, before: RefundLife, after: RefundLife) -> None:
        """Write a change that moves no headroom; raise StaleWrite if the life moved on."""
        try:
            aws.client("dynamodb").put_item(**life_put(after, before))
        except ClientError as error:
            if table.is_refused(error):
                raise StaleWrite("the refund request has moved on") from error
            raise

    def keep_with_payment(
        self,
        before: RefundLife,
        after: RefundLife,
        payment: tuple[Subject, SubjectState],
        held: Held | None = None,
        limits: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """Write a change together with its payment, on both versions read.

        With `held` its amount is reserved, or given back if that is zero; without, the payment
        is only held to what was read. Raises StaleWrite where either moved on.
        """
        subject, state = payment
        action = (
            {"Update": _reserve(subject, state, held)}
            if held
            else {"ConditionCheck": _check(subject, state)}
        )
        counted = [{"Update": update} for update in (limits or {}).values()]
        own = {"Put": life_put(after, before)}
        _write([own, action, *counted], ["", "", *(limits or {})])


def _write(actions: list[dict[str, Any]], names: list[str]) -> None:
    try:
        aws.client("dynamodb").transact_write_items(TransactItems=actions)
    except ClientError as error:
        if not table.is_cancelled(error):
            raise
        reasons = table.reasons(error)
        refused = [n for n, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"]
        limit = next((names[n] for n in refused if n < len(names) and names[n]), None)
        if limit is not None and len(refused) == 1:
            raise LimitReached(limit) from error
        if refused or "TransactionConflict" in reasons:
            raise StaleWrite("the refund request or its payment has moved on") from error
        raise


def _reserve(subject: Subject, state: SubjectState, held: Held) -> dict[str, Any]:
    """Reserve an amount under an ask's name in place of what was reserved under it before."""
    known = state.reservations.get(held.asked, 0)
    change = "REMOVE reservations.#asked" if not held.amount_minor else ""
    sets = "SET headroom = headroom - :more, #version = #version + :one"
    if held.amount_minor:
        sets += ", reservations.#asked = :amount"
    values = {":more": held.amount_minor - known, ":one": 1, ":read": state.version}
    if held.amount_minor:
        values[":amount"] = held.amount_minor
    condition = "#version = :read"
    if held.amount_minor > known:
        condition += " AND headroom >= :more"
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.state(partition(subject))),
        "UpdateExpression": f"{sets} {change}".strip(),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#version": "version", "#asked": held.asked},
        "ExpressionAttributeValues": table.typed(values),
    }


def _check(subject: Subject, state: SubjectState) -> dict[str, Any]:
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.state(partition(subject))),
        "ConditionExpression": "#version = :read",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": table.typed({":read": state.version}),
    }
