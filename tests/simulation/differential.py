"""Random requests for two DynamoDB clients, and what of their answers must be equal."""

import random
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.items import PAYMENTS_TABLE
from tests.simulation.store import Store

TABLE = "payments"
_PARTITIONS, _SORTS, _WORDS = ("P1", "P2"), ("S1", "S2", "S3"), ("ab", "abc", "b", "ü")

_CONDITIONS = (
    "attribute_exists(PK)",
    "attribute_not_exists(PK)",
    "attribute_not_exists(PK) OR n < :n",
    "n = :n",
    "n <> :n AND attribute_exists(n)",
    "NOT n = :n AND n >= :n",
    "n BETWEEN :n AND :m",
    "n IN (:n, :m)",
    "begins_with(word, :w) AND size(word) > :n",
    "(n > :n OR word = :w) AND attribute_exists(word)",
    "m.a = :n OR attribute_not_exists(m.#b)",
    "contains(words, :w)",
    "attribute_type(n, :type)",
    "flag = :true",
)
_UPDATES = (
    "SET n = :n",
    "SET n = if_not_exists(n, :n) + :m",
    "SET n = n - :m, word = :w",
    "SET m = :map",
    "SET m.a = :n",
    "SET m.#b = if_not_exists(m.a, :n)",
    "SET words = list_append(if_not_exists(words, :none), :list)",
    "SET words[0] = :w",
    "REMOVE n, word",
    "REMOVE m.a",
    "ADD n :m",
    "ADD tags :tags",
    "DELETE tags :tags",
    "SET GSI1PK = :w, GSI1SK = :w REMOVE GSI2PK",
    "SET GSI2PK = :w, GSI2SK = :w ADD n :m REMOVE word",
)
_KEY_CONDITIONS = (
    "PK = :pk",
    "PK = :pk AND SK = :sk",
    "PK = :pk AND begins_with(SK, :sk)",
    "PK = :pk AND SK BETWEEN :sk AND :sl",
    "PK = :pk AND SK < :sk",
    "PK = :pk AND SK >= :sk",
)


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


def any_request(source: random.Random) -> tuple[str, dict[str, Any]]:
    """Draw a call and its request."""
    call = source.choice(tuple(_DRAWN))
    return call, _DRAWN[call](source)


def outcome(client: Any, call: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return what two clients must agree on: the answer, or the error's code and reasons."""
    try:
        answer = _walked(client, request) if call == "query" else getattr(client, call)(**request)
    except ClientError as error:
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        if "ValidationError" in reasons:  # moto refuses the request instead of the transaction
            return {"error": "ValidationException", "reasons": []}
        return {"error": error.response["Error"]["Code"], "reasons": reasons}
    for beside in ("ResponseMetadata", "ConsumedCapacity", "ItemCollectionMetrics"):
        answer.pop(beside, None)
    for items in answer.get("Responses", {}).values():
        items.sort(key=repr)
    return _settled(answer)


def _walked(client: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return all pages; where the last page ends without saying so, DynamoDB itself varies."""
    pages = [client.query(**request)]
    while "LastEvaluatedKey" in pages[-1]:
        pages.append(client.query(**request, ExclusiveStartKey=pages[-1]["LastEvaluatedKey"]))
    return {"Items": [item for page in pages for item in page["Items"]]}


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


def _key(source: random.Random) -> dict[str, Any]:
    return {"PK": {"S": source.choice(_PARTITIONS)}, "SK": {"S": source.choice(_SORTS)}}


def _item(source: random.Random) -> dict[str, Any]:
    item = _key(source)
    word = {"S": source.choice(_WORDS)}
    options: dict[str, Any] = {
        "n": {"N": str(source.randint(-3, 12))},
        "word": word,
        "m": {"M": {"a": {"N": "1"}, "b": word}},
        "words": {"L": [word]},
        "tags": {"SS": ["t1", "t2"]},
        "flag": {"BOOL": source.random() < 0.5},
        "nothing": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
    }
    item.update({name: value for name, value in options.items() if source.random() < 0.5})
    for index in ("GSI1", "GSI2"):
        if source.random() < 0.4:
            item |= {f"{index}PK": {"S": source.choice(_WORDS)}, f"{index}SK": word}
    return item


def _with_values(source: random.Random, request: dict[str, Any]) -> dict[str, Any]:
    text = " ".join(str(v) for k, v in request.items() if k.endswith("Expression"))
    word = source.choice(_WORDS)
    values: dict[str, Any] = {
        ":n": {"N": str(source.randint(-3, 12))},
        ":m": {"N": str(source.randint(0, 12))},
        ":w": {"S": word},
        ":type": {"S": "N"},
        ":true": {"BOOL": True},
        ":map": {"M": {"a": {"N": "5"}}},
        ":none": {"L": []},
        ":list": {"L": [{"S": word}]},
        ":tags": {"SS": [source.choice(("t1", "t2", "t3"))]},
        ":pk": {"S": source.choice(_PARTITIONS)},
        ":sk": {"S": "S2"},
        ":sl": {"S": "S3"},
    }
    used = {name for name in values if name in _words(text)}
    if used:
        request["ExpressionAttributeValues"] = {name: values[name] for name in sorted(used)}
    if "#b" in text:
        request["ExpressionAttributeNames"] = {"#b": "b"}
    return request


def _words(text: str) -> set[str]:
    return set(text.replace(",", " ").replace(")", " ").replace("(", " ").split())


def _put(source: random.Random) -> dict[str, Any]:
    request = {"TableName": TABLE, "Item": _item(source)}
    if source.random() < 0.5:
        request["ConditionExpression"] = source.choice(_CONDITIONS)
    return _with_values(source, request)


def _update(source: random.Random) -> dict[str, Any]:
    request = {"TableName": TABLE, "Key": _key(source)}
    request["UpdateExpression"] = source.choice(_UPDATES)
    if source.random() < 0.5:
        request["ConditionExpression"] = source.choice(_CONDITIONS)
    return _with_values(source, request)


def _check(source: random.Random) -> dict[str, Any]:
    request = {"TableName": TABLE, "Key": _key(source)}
    request["ConditionExpression"] = source.choice(_CONDITIONS)
    return _with_values(source, request)


def _transaction(source: random.Random) -> dict[str, Any]:
    drawn = [
        source.choice((("Put", _put), ("Update", _update), ("ConditionCheck", _check)))
        for _ in range(source.randint(1, 3))
    ]
    return {"TransactItems": [{kind: draw(source)} for kind, draw in drawn]}


def _query(source: random.Random) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": TABLE}
    if source.random() < 0.4:
        index = source.choice(("GSI1", "GSI2"))
        request |= {"IndexName": index, "KeyConditionExpression": f"{index}PK = :w"}
    else:
        request["KeyConditionExpression"] = source.choice(_KEY_CONDITIONS)
    if source.random() < 0.5:
        request["ScanIndexForward"] = False
    if source.random() < 0.4:
        request["Limit"] = source.randint(1, 3)
    if source.random() < 0.2:
        request["FilterExpression"] = "n >= :n"
    return _with_values(source, request)


def _batch_get(source: random.Random) -> dict[str, Any]:
    keys = [_key(source) for _ in range(source.randint(1, 3))]
    return {"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": True}}}


_DRAWN = {
    "put_item": _put,
    "update_item": _update,
    "transact_write_items": _transaction,
    "query": _query,
    "batch_get_item": _batch_get,
    "get_item": lambda source: {"TableName": TABLE, "Key": _key(source)},
}
