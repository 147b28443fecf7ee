"""What of two DynamoDB clients' answers must be equal, and a table for both."""

from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.dynamodb.drawn_requests import TABLE
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store


def create_table(client: Any) -> None:
    """Create the simulation's table in a real-shaped DynamoDB."""
    names = ("PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=_schema("PK", "SK"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": name,
                "KeySchema": _schema(*index),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for name, index in PAYMENTS_TABLE.indexes.items()
        ],
    )


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def outcome(client: Any, call: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return what two clients must agree on: the answer, or the error's code and reasons."""
    try:
        answer = _answer(client, call, request)
    except ClientError as error:
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        if "ValidationError" in reasons:  # moto refuses the request instead of the transaction
            return {"error": "ValidationException", "reasons": []}
        return {"error": error.response["Error"]["Code"], "reasons": reasons}
    for beside in ("ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics"):
        answer.pop(beside, None)
    for items in answer.get("Responses", {}).values():
        items.sort(key=repr)
    settled: dict[str, Any] = _settled(answer)
    return settled


def _answer(client: Any, call: str, request: dict[str, Any]) -> Any:
    """Return an answer; of a list all pages: where the last one ends, DynamoDB itself varies."""
    if call not in ("query", "scan"):
        return getattr(client, call)(**request)
    pages = [getattr(client, call)(**request)]
    while (last := pages[-1].get("LastEvaluatedKey")) is not None:
        pages.append(getattr(client, call)(**request, ExclusiveStartKey=last))
    items = [item for page in pages for item in page["Items"]]
    return {"Items": items if call == "query" else sorted(items, key=repr)}


def every_item(client: Any) -> list[dict[str, Any]]:
    """Return all items of the table, in one order."""
    if isinstance(client, Store):
        items = list(client.all_items(TABLE))
    else:
        items = client.scan(TableName=TABLE)["Items"]
    return sorted((_settled(item) for item in items), key=lambda i: (i["PK"]["S"], i["SK"]["S"]))


def _settled(value: Any) -> Any:
    """Return a value with its sets in order."""
    if isinstance(value, dict):
        return {k: sorted(v) if k == "SS" else _settled(v) for k, v in sorted(value.items())}
    return [_settled(each) for each in value] if isinstance(value, list) else value
