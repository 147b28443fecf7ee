"""Our store is DynamoDB as far as moto, single-threaded, can tell: same answers, same items."""

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.simulation.dynamodb.differential import create_table, every_item, outcome
from tests.simulation.dynamodb.drawn_requests import TABLE, any_request
from tests.simulation.dynamodb.items import PAYMENTS_TABLE
from tests.simulation.dynamodb.store import Store

REQUESTS = 700


@pytest.fixture
def moto_client() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name="eu-west-1",
            aws_access_key_id="simulated",
            aws_secret_access_key="simulated",
        )
        create_table(client)
        yield client


@pytest.mark.parametrize("seed", [1, 2])
def test_any_requests_leave_the_same_items_as_in_moto(moto_client: Any, seed: int) -> None:
    random_source = random.Random(seed)
    store = Store({TABLE: PAYMENTS_TABLE})
    errors = 0
    for number in range(REQUESTS):
        call, request = any_request(random_source)
        ours, theirs = outcome(store, call, request), outcome(moto_client, call, request)
        assert ours == theirs, (number, call, request)
        errors += "error" in ours
        if number % 100 == 0:
            assert every_item(store) == every_item(moto_client), (number, call, request)
    assert every_item(store) == every_item(moto_client)
    assert REQUESTS // 20 < errors < REQUESTS // 2, "the requests are too tame or too wild"


def test_a_transaction_token_is_honoured_for_ten_minutes() -> None:
    now = [0.0]
    store = Store({TABLE: PAYMENTS_TABLE}, lambda: now[0])
    request = {
        "ClientRequestToken": "once",
        "TransactItems": [
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": {"PK": {"S": "a"}, "SK": {"S": "b"}},
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
        ],
    }
    for instant, n in ((0, "1"), (599, "1"), (601, "2")):
        now[0] = instant
        store.transact_write_items(**request)
        assert every_item(store)[0]["n"] == {"N": n}


def test_write_units_are_counted_as_billed() -> None:
    store = Store({TABLE: PAYMENTS_TABLE})
    item = {"PK": {"S": "a"}, "SK": {"S": "b"}, "v": {"S": "x" * 1500}}
    store.put_item(TableName=TABLE, Item=item)
    assert store.write_units == 2  # two started kilobytes
    indexed = {**item, "GSI1PK": {"S": "c"}, "GSI1SK": {"S": "d"}}
    store.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": indexed}}])
    assert store.write_units == 2 + 2 * 2 + 1  # twice in a transaction, one for the index
    store.put_item(TableName=TABLE, Item=indexed)
    assert store.write_units == 2 + 5 + 2  # the index's entry stays as it is


def test_limits_of_the_real_table_are_kept() -> None:
    store = Store({TABLE: PAYMENTS_TABLE})
    key = {"PK": {"S": "a"}, "SK": {"S": "b"}}
    with pytest.raises(ClientError, match="maximum allowed size"):
        store.put_item(TableName=TABLE, Item={**key, "v": {"S": "x" * 400 * 1024}})
    puts = [
        {"Put": {"TableName": TABLE, "Item": {"PK": {"S": "a"}, "SK": {"S": f"{n}"}}}}
        for n in range(101)
    ]
    with pytest.raises(ClientError, match="less than or equal to 100"):
        store.transact_write_items(TransactItems=puts)
    with pytest.raises(ClientError, match="multiple operations on one item"):
        store.transact_write_items(TransactItems=[puts[0], puts[0]])
    with pytest.raises(store.exceptions.TransactionCanceledException) as refused:
        store.transact_write_items(
            TransactItems=[
                puts[0],
                {
                    "ConditionCheck": {
                        "TableName": TABLE,
                        "Key": key,
                        "ConditionExpression": "attribute_exists(PK)",
                    }
                },
            ]
        )
    codes = [reason["Code"] for reason in refused.value.response["CancellationReasons"]]
    assert codes == ["None", "ConditionalCheckFailed"]
    assert every_item(store) == []
