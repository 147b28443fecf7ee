"""The code of the smallest world: it counts requests, each once however often it is sent."""

from typing import Any

from kassa.platform import aws

TABLE = "counters"
COUNTER = {"PK": {"S": "COUNTER"}, "SK": {"S": "COUNTER"}}


def count(request_id: str) -> None:
    """Count a request; one that was counted before changes nothing."""
    client = aws.client("dynamodb")
    try:
        client.transact_write_items(TransactItems=[_noted(request_id), _raised()])
    except client.exceptions.TransactionCanceledException as error:
        if error.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed":
            raise


def _noted(request_id: str) -> dict[str, Any]:
    item = {"PK": {"S": f"REQUEST#{request_id}"}, "SK": {"S": "REQUEST"}}
    unless = "attribute_not_exists(PK)"
    return {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": unless}}


def _raised() -> dict[str, Any]:
    update: dict[str, Any] = {"TableName": TABLE, "Key": COUNTER, "UpdateExpression": "ADD n :one"}
    return {"Update": update | {"ExpressionAttributeValues": {":one": {"N": "1"}}}}
