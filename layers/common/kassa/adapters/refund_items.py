"""How a refund request, its life and a day's limits look as table items; alone knows their shape."""

from typing import Any

from kassa.adapters import keys, table
from kassa.adapters.table import Item
from kassa.domain.refund_life import RefundLife, RequestState
from kassa.domain.refund_requests import RefundRequest
from kassa.settings import settings

ABSENT = "attribute_not_exists(PK)"


def request_put(request: RefundRequest, words: str) -> dict[str, Any]:
    """Return the put of a request, if its claim has none yet; the customer's words stand apart."""
    at = request.requested_at.isoformat(timespec="milliseconds")
    item: Item = keys.refund_request(request.refund_request_id)._asdict() | {
        "GSI1PK": keys.requested(request.merchant_id, at[:10]),
        "GSI1SK": keys.listed(at, request.refund_request_id),
        "merchant_id": request.merchant_id,
        "request": request.model_dump_json(exclude_none=True),
    }
    if words:
        item["words"] = words
    return _put(item, ABSENT)


def life_put(life: RefundLife, before: RefundLife | None) -> dict[str, Any]:
    """Return the put of a life, on the version that was read."""
    item: Item = keys.refund_life(life.refund_request_id)._asdict() | {
        "version": life.version,
        "life": life.model_dump_json(exclude_none=True, exclude_defaults=True),
    }
    if life.wakes_at is not None:
        is_escalated = life.state is RequestState.ESCALATED
        item["GSI2PK"] = keys.ESCALATED if is_escalated else keys.REFUNDS
        item["GSI2SK"] = keys.listed(keys.to_the_second(life.wakes_at), life.refund_request_id)
    if before is None:
        return _put(item, ABSENT)
    return _put(item, "#version = :read", before.version)


def life_check(life: RefundLife) -> dict[str, Any]:
    """Return the check that a life is still the one that was read."""
    return {
        "TableName": settings().table_name,
        "Key": table.key(keys.refund_life(life.refund_request_id)),
        "ConditionExpression": "#version = :read",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": table.typed({":read": life.version}),
    }


def limit_update(key: keys.Key, amount_minor: int, limit_minor: int) -> dict[str, Any]:
    """Return the update that counts an approval, if the limit still has room for it."""
    return {
        "TableName": settings().table_name,
        "Key": table.key(key),
        "UpdateExpression": "ADD approved_minor :amount",
        "ConditionExpression": (
            "(attribute_not_exists(approved_minor) AND :amount <= :limit)"
            " OR approved_minor <= :room"
        ),
        "ExpressionAttributeValues": table.typed(
            {":amount": amount_minor, ":limit": limit_minor, ":room": limit_minor - amount_minor}
        ),
    }


def request_of(item: Item) -> RefundRequest:
    """Return a request from its item."""
    return RefundRequest.model_validate_json(item["request"])


def life_of(item: Item) -> RefundLife:
    """Return a life from its item."""
    return RefundLife.model_validate_json(item["life"])


def _put(item: Item, condition: str, read: int | None = None) -> dict[str, Any]:
    put: dict[str, Any] = {
        "TableName": settings().table_name,
        "Item": table.typed(item),
        "ConditionExpression": condition,
    }
    if read is not None:
        put["ExpressionAttributeNames"] = {"#version": "version"}
        put["ExpressionAttributeValues"] = table.typed({":read": read})
    return put
