"""DynamoDB for tests that aren't about DynamoDB: botocore's own client, our store behind it.

A request is named, checked and paged by botocore, and its errors are botocore's; what becomes of it
is the store's, which `simulation/dynamodb/test_store_equals_moto.py` holds against moto. That
leaves out what costs most in a test and proves least: a signed HTTP request to the same process.
"""

import re
from collections.abc import Callable
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator

from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store

CALLS = {
    operation: re.sub("(?<!^)([A-Z])", r"_\1", operation).lower()
    for operation in (
        *("GetItem", "BatchGetItem", "Query", "Scan"),
        *("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"),
    )
}


class StoreCalls:
    """Takes its clients' calls about items of a test's tables, and hands on whatever else."""

    def __init__(self) -> None:
        self._stores: dict[str, Store] = {}
        self._now_s: Callable[[], float] = lambda: 0.0
        self._turn = Lock()  # a call is one atomic step of the store's, whoever calls beside it

    def open(self, table: str, now_s: Callable[[], float]) -> None:
        """Stand an empty table behind the clients, and each that they create from now on."""
        self._stores, self._now_s = {}, now_s
        self._add(table)

    def close(self) -> None:
        """Let every call through again."""
        self._stores = {}

    def take(self, client: Any) -> Any:
        """Let a client's calls come here first; return the client."""
        leave = client._make_api_call

        def call(operation: str, request: dict[str, Any]) -> Any:
            if operation == "CreateTable" and self._stores:
                self._add(request["TableName"])
            stores = [self._stores.get(name) for name in _tables(request)]
            if operation not in CALLS or len(stores) != 1 or stores[0] is None:
                return leave(operation, request)
            checked(client, operation, request)
            return self._answer(stores[0], client, operation, request)

        client._make_api_call = call
        return client

    def _add(self, table: str) -> None:
        self._stores[table] = Store({table: PAYMENTS_TABLE}, self._now_s)

    def _answer(self, store: Store, client: Any, operation: str, request: dict[str, Any]) -> Any:
        try:
            with self._turn:
                answer = getattr(store, CALLS[operation])(**request)
        except ClientError as error:
            of_client = client.exceptions.from_code(error.response["Error"]["Code"])
            raise of_client(error.response, operation) from None
        return answer | {"ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


def _tables(request: dict[str, Any]) -> set[str]:
    """Return the tables that a request names."""
    actions = [action for one in request.get("TransactItems", ()) for action in one.values()]
    named = {one["TableName"] for one in (request, *actions) if "TableName" in one}
    return named | set(request.get("RequestItems", ()))


def checked(client: Any, operation: str, request: dict[str, Any]) -> None:
    """Refuse what the service model refuses; our own clients don't look, so that tests must."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    report = _VALIDATOR.validate(request, shape)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())


class _Validator(ParamValidator):
    """botocore's own, less its twenty calls for what is plainly a text, a number or a yes."""

    def _validate(self, params: Any, shape: Any, errors: Any, name: str) -> None:
        if shape.name != "AttributeValue" or not _is_plain(params):
            super()._validate(params, shape, errors, name)


def _is_plain(value: Any) -> bool:
    if type(value) is not dict or len(value) != 1:
        return False
    [(tag, inner)] = value.items()
    return type(inner) is str if tag in ("S", "N") else tag == "BOOL" and type(inner) is bool


_VALIDATOR = _Validator()
