"""Our own DynamoDB: in process, boto3-shaped, with real expressions, transactions and limits.

One call is one atomic step; concurrency is the scheduler's. `test_store_equals_moto.py`
proves it against moto. It counts write units as DynamoDB bills them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.aws import errors as aws_errors
from tests.simulation.aws.errors import refusal, validation
from tests.simulation.dynamodb.expressions import condition
from tests.simulation.dynamodb.items import Items, Key, Tables
from tests.simulation.dynamodb.queries import queried, scanned
from tests.simulation.dynamodb.requests import (
    ACTIONS_MAX,
    cancelled,
    check_item,
    check_placeholders,
    check_transaction,
    projected,
    returned,
    scope_of,
)
from tests.simulation.dynamodb.updates import updated
from tests.simulation.dynamodb.values import KIB, Item, copied, item_bytes

_TOKEN_VALID_S = 600.0
_FAILED = "The conditional request failed"
Plan = tuple[Key, Item | None, Item | None, dict[str, Any]]
Written = Callable[[str, Key, Item | None, Item | None], None]


class Store:
    """A boto3-shaped DynamoDB client over tables in memory."""

    exceptions = aws_errors.DYNAMODB

    def __init__(
        self,
        tables: Tables,
        now_s: Callable[[], float] = lambda: 0.0,
        lag_s: Callable[[], float] = lambda: 0.0,  # how far the indexes are behind
    ) -> None:
        self._items = {name: Items(table) for name, table in tables.items()}
        self._now_s = now_s
        self._lag_s = lag_s
        self._tokens: dict[str, tuple[float, Any]] = {}
        self.write_units = 0
        self.calls: Counter[str] = Counter()
        self.on_write: list[Written] = []

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Return one item."""
        self.calls["get_item"] += 1
        items = self._table(request["TableName"])
        item = items.get(items.key(request["Key"], exact=True))
        if item is None:
            return {}
        return {"Item": projected(copied(item), request)}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Return up to a hundred items, in no promised order."""
        self.calls["batch_get_item"] += 1
        responses: dict[str, list[Item]] = {}
        for name, requested in request["RequestItems"].items():
            items = self._table(name)
            keys = [items.key(key, exact=True) for key in requested["Keys"]]
            if len(keys) > ACTIONS_MAX or not keys:
                raise validation("Too many items requested for the BatchGetItem call")
            if len(set(keys)) != len(keys):
                raise validation("Provided list of item keys contains duplicates")
            there = [item for item in map(items.get, keys) if item is not None]
            responses[name] = [projected(copied(item), requested) for item in there]
        return {"Responses": responses, "UnprocessedKeys": {}}

    def batch_get_item_in_part(self, **request: Any) -> dict[str, Any]:
        """Return all but the last item asked for, and name that one as not done."""
        ((table, requested),) = request["RequestItems"].items()
        *served, left = requested["Keys"]
        answer: dict[str, Any] = {"Responses": {table: []}}
        if served:
            answer = self.batch_get_item(RequestItems={table: requested | {"Keys": served}})
        return answer | {"UnprocessedKeys": {table: requested | {"Keys": [left]}}}

    def query(self, **request: Any) -> dict[str, Any]:
        """Return a page of one partition, of the table or of an index."""
        self.calls["query"] += 1
        check_placeholders(request)
        return queried(self._table(request["TableName"]), request, self._now_s())

    def scan(self, **request: Any) -> dict[str, Any]:
        """Return a page of the whole table."""
        self.calls["scan"] += 1
        check_placeholders(request)
        return scanned(self._table(request["TableName"]), request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        """Write a whole item."""
        return self._single("put_item", "Put", request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Change an item, or make it."""
        return self._single("update_item", "Update", request)

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """Take an item away; it is no error if there is none."""
        return self._single("delete_item", "Delete", request)

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        """Do all actions or none."""
        self.calls["transact_write_items"] += 1
        actions = [next(iter(entry.items())) for entry in request["TransactItems"]]
        check_transaction(actions)
        self._refuse_repeated_keys(actions)
        token = request.get("ClientRequestToken")
        if token and self._repeated(token, copied(request["TransactItems"])):
            return {}
        plans = [self._attempted(kind, action) for kind, action in actions]
        reasons = [reason for _, _, _, reason in plans]
        if any(reason["Code"] != "None" for reason in reasons):
            self.write_units += 2 * len(actions)
            self.calls["refused " + ",".join(reason["Code"] for reason in reasons)] += 1
            raise cancelled(reasons)
        for (kind, action), (key, old, new, _) in zip(actions, plans, strict=True):
            if kind != "ConditionCheck":
                self._write(action["TableName"], key, old, new, factor=2)
        if token:
            self._tokens[token] = (self._now_s(), copied(request["TransactItems"]))
        return {}

    def all_items(self, table: str) -> Iterable[Item]:
        """Return every item of a table, for the checkers; not to be changed."""
        return self._table(table).every()

    def peek(self, table: str, key: Key) -> Item:
        """Return an item for the checkers, empty if there is none; not to be changed."""
        return self._table(table).get(key) or {}

    def _table(self, name: str) -> Items:
        if name not in self._items:
            raise refusal("ResourceNotFoundException", "Requested resource not found", "")
        return self._items[name]

    def _single(self, call: str, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        self.calls[call] += 1
        key, old, new, reason = self._planned(kind, request)
        if reason["Code"] != "None":
            self.write_units += 1
            more = {"Item": reason["Item"]} if "Item" in reason else {}
            raise refusal("ConditionalCheckFailedException", _FAILED, call, **more)
        self._write(request["TableName"], key, old, new, factor=1)
        return returned(request, old, new)

    def _attempted(self, kind: str, action: dict[str, Any]) -> Plan:
        try:
            return self._planned(kind, action)
        except ClientError as error:
            reason = {"Code": "ValidationError", "Message": error.response["Error"]["Message"]}
            return ("", ""), None, None, reason

    def _planned(self, kind: str, action: dict[str, Any]) -> Plan:
        """Return key, old item, new item and what DynamoDB would say of this action."""
        check_placeholders(action)
        items = self._table(action["TableName"])
        key = items.key_of(kind, action)
        old = items.get(key)
        scope = scope_of(action, old or {})
        expected = action.get("ConditionExpression")
        if expected and not condition(expected)(scope):
            reason: dict[str, Any] = {"Code": "ConditionalCheckFailed", "Message": _FAILED}
            if old and action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
                reason["Item"] = copied(old)
            return key, old, None, reason
        new = None
        if kind == "Put":
            new = copied(action["Item"])
        elif kind == "Update":
            base = scope_of(action, old or copied(action["Key"]))
            expression = action.get("UpdateExpression")
            new = updated(expression, base) if expression else base.item
            items.refuse_new_key(action, new)
        if new is not None:
            check_item(items, new)
        return key, old, new, {"Code": "None"}

    def _write(self, table: str, key: Key, old: Item | None, new: Item | None, factor: int) -> None:
        items = self._table(table)
        largest = max(item_bytes(item) for item in (old, new, {}) if item is not None)
        self.write_units += factor * max(1, -(-largest // KIB)) + items.index_units(old, new)
        items.write(key, new, self._now_s() + self._lag_s())
        for listener in self.on_write:
            listener(table, key, old, new)

    def _refuse_repeated_keys(self, actions: list[tuple[str, dict[str, Any]]]) -> None:
        keys = {
            (name := action["TableName"], self._table(name).key_of(kind, action))
            for kind, action in actions
        }
        if len(keys) != len(actions):
            raise validation("Transaction request cannot include multiple operations on one item")

    def _repeated(self, token: str, actions: Any) -> bool:
        kept = self._tokens.get(token)
        if kept is None or self._now_s() - kept[0] > _TOKEN_VALID_S:
            return False
        if kept[1] != actions:
            raise refusal("IdempotentParameterMismatchException", "Other parameters", "")
        return True
