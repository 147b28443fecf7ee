"""Random requests for a DynamoDB client: sensible, odd and refused ones."""

import random
from collections.abc import Callable
from typing import Any

TABLE = "payments"
_PARTITIONS, _SORTS, _TEXTS = ("P1", "P2"), ("S1", "S2", "S3"), ("ab", "abc", "b", "ü")

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


def any_request(source: random.Random) -> tuple[str, dict[str, Any]]:
    """Draw a call and its request."""
    call = source.choice(tuple(DRAWN))
    return call, DRAWN[call](source)


def _key(source: random.Random) -> dict[str, Any]:
    return {"PK": {"S": source.choice(_PARTITIONS)}, "SK": {"S": source.choice(_SORTS)}}


def _item(source: random.Random) -> dict[str, Any]:
    item = _key(source)
    drawn = {"S": source.choice(_TEXTS)}
    options: dict[str, Any] = {
        "n": {"N": str(source.randint(-3, 12))},
        "word": drawn,
        "m": {"M": {"a": {"N": "1"}, "b": drawn}},
        "words": {"L": [drawn]},
        "tags": {"SS": ["t1", "t2"]},
        "flag": {"BOOL": source.random() < 0.5},
        "nothing": {"NULL": True},
        "bytes": {"B": b"\x00\xff"},
    }
    item.update({name: value for name, value in options.items() if source.random() < 0.5})
    for index in ("GSI1", "GSI2"):
        if source.random() < 0.4:
            item |= {f"{index}PK": {"S": source.choice(_TEXTS)}, f"{index}SK": drawn}
    return item


def _with_values(source: random.Random, request: dict[str, Any]) -> dict[str, Any]:
    text = " ".join(str(v) for k, v in request.items() if k.endswith("Expression"))
    drawn = source.choice(_TEXTS)
    values: dict[str, Any] = {
        ":n": {"N": str(source.randint(-3, 12))},
        ":m": {"N": str(source.randint(0, 12))},
        ":w": {"S": drawn},
        ":type": {"S": "N"},
        ":true": {"BOOL": True},
        ":map": {"M": {"a": {"N": "5"}}},
        ":none": {"L": []},
        ":list": {"L": [{"S": drawn}]},
        ":tags": {"SS": [source.choice(("t1", "t2", "t3"))]},
        ":pk": {"S": source.choice(_PARTITIONS)},
        ":sk": {"S": "S2"},
        ":sl": {"S": "S3"},
    }
    used = {name for name in values if name in _names(text)}
    if used:
        request["ExpressionAttributeValues"] = {name: values[name] for name in sorted(used)}
    if "#b" in text:
        request["ExpressionAttributeNames"] = {"#b": "b"}
    return request


def _names(text: str) -> set[str]:
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


def _delete(source: random.Random) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": TABLE, "Key": _key(source)}
    if source.random() < 0.5:
        request["ConditionExpression"] = source.choice(_CONDITIONS)
    return _with_values(source, request)


def _scan(source: random.Random) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": TABLE}
    if source.random() < 0.4:
        request["Limit"] = source.randint(1, 3)
    if source.random() < 0.4:
        request["FilterExpression"] = "n >= :n"
    if source.random() < 0.3:
        request["ProjectionExpression"] = "PK, SK, n"
    return _with_values(source, request)


DRAWN: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "put_item": _put,
    "update_item": _update,
    "transact_write_items": _transaction,
    "query": _query,
    "batch_get_item": _batch_get,
    "delete_item": _delete,
    "scan": _scan,
    "get_item": lambda source: {"TableName": TABLE, "Key": _key(source)},
}
