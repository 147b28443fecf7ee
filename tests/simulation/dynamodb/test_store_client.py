"""A client with our store behind it is botocore's own in all that isn't about items."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from kassa.platform import aws
from tests.support.aws_stack import Stack
from tests.support.local_table import create_table

ITEM = {"PK": {"S": "a"}, "SK": {"S": "b"}}


@pytest.fixture
def client(stack: Stack) -> Any:
    return aws.client("dynamodb")


def test_a_refused_write_raises_the_clients_own_error(stack: Stack, client: Any) -> None:
    refused = {
        "TableName": stack.table,
        "Item": ITEM,
        "ConditionExpression": "attribute_exists(PK)",
    }
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(**refused)
    with pytest.raises(client.exceptions.TransactionCanceledException) as cancelled:
        client.transact_write_items(TransactItems=[{"Put": refused}])
    (reason,) = cancelled.value.response["CancellationReasons"]
    assert reason["Code"] == "ConditionalCheckFailed"


def test_what_the_service_model_refuses_never_reaches_the_store(stack: Stack, client: Any) -> None:
    with pytest.raises(ParamValidationError):
        client.put_item(TableName=stack.table, Item=ITEM | {"n": {"N": 1}})
    assert stack.items() == []


def test_every_client_of_a_test_sees_the_one_table(stack: Stack, client: Any) -> None:
    client.put_item(TableName=stack.table, Item=ITEM)
    assert boto3.client("dynamodb").get_item(TableName=stack.table, Key=ITEM)["Item"] == ITEM


def test_the_next_test_finds_nothing_of_it(stack: Stack) -> None:
    assert stack.items() == []


def test_a_table_that_is_created_has_items_of_its_own(stack: Stack, client: Any) -> None:
    create_table(client, "restored")
    client.put_item(TableName="restored", Item=ITEM)
    assert client.scan(TableName="restored")["Items"] == [ITEM]
    assert stack.items() == []


def test_a_table_that_nobody_created_is_missed(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.put_item(TableName="restored", Item=ITEM)


@pytest.mark.moto
def test_a_test_of_dynamodb_itself_has_motos_table(stack: Stack, client: Any) -> None:
    assert client.describe_table(TableName=stack.table)["Table"]["ItemCount"] == 0
