"""What every request to the store has in common: placeholders, limits, what comes back."""

from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.aws.errors import refusal, validation
from tests.simulation.dynamodb.comparisons import Scope
from tests.simulation.dynamodb.expressions import placeholders
from tests.simulation.dynamodb.items import Items
from tests.simulation.dynamodb.values import ITEM_BYTES_MAX, KIB, Item, copied, item_bytes, proper

ACTIONS_MAX = 100
_TRANSACTION_BYTES_MAX = 4 * KIB * KIB
_EXPRESSIONS = ("ConditionExpression", "UpdateExpression", "KeyConditionExpression",
                "FilterExpression", "ProjectionExpression")  # fmt: skip


def cancelled(reasons: list[dict[str, Any]]) -> ClientError:
    """Return what DynamoDB raises when a transaction did not happen."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific [{codes}]"
    return refusal(
        "TransactionCanceledException",
        message,
        "TransactWriteItems",
        CancellationReasons=reasons,
        Message=message,
    )


def scope_of(request: dict[str, Any], item: Item) -> Scope:
    return Scope(
        item,
        request.get("ExpressionAttributeNames", {}),
        request.get("ExpressionAttributeValues", {}),
    )


def check_placeholders(request: dict[str, Any]) -> None:
    used: set[str] = set()
    for name in _EXPRESSIONS:
        if name in request:
            used |= placeholders(request[name])
    given = {
        *request.get("ExpressionAttributeNames", {}),
        *request.get("ExpressionAttributeValues", {}),
    }
    if used != given:
        raise validation(f"Placeholders undefined or unused: {sorted(used ^ given)}")


def check_transaction(actions: list[tuple[str, dict[str, Any]]]) -> None:
    """Refuse a transaction of too many or too large actions."""
    if not 1 <= len(actions) <= ACTIONS_MAX:
        raise validation("Member must have length less than or equal to 100")
    if sum(item_bytes(action.get("Item", {})) for _, action in actions) > _TRANSACTION_BYTES_MAX:
        raise validation("Transaction request exceeds the size limit")


def check_item(items: Items, item: Item) -> None:
    for value in item.values():
        proper(value)
    items.refuse_bad_keys(item)
    if item_bytes(item) > ITEM_BYTES_MAX:
        raise validation("Item size has exceeded the maximum allowed size")


def projected(item: Item, request: dict[str, Any]) -> Item:
    if "ProjectionExpression" not in request:
        return item
    names = request.get("ExpressionAttributeNames", {})
    paths = [names.get(w.strip(), w.strip()) for w in request["ProjectionExpression"].split(",")]
    return {name: item[name] for name in paths if name in item}


def returned(request: dict[str, Any], old: Item | None, new: Item | None) -> dict[str, Any]:
    which = request.get("ReturnValues", "NONE")
    if which == "ALL_OLD" and old is not None:
        return {"Attributes": copied(old)}
    if which == "ALL_NEW" and new is not None:
        return {"Attributes": copied(new)}
    return {}
