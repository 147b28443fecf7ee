"""`kassa keys`: a key opens what it says, as long as it says, and is shown once."""

import json
from datetime import timedelta

import boto3
import pytest

from tests.support.aws_stack import FakeClock
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.staff import authorized


def test_a_created_key_opens_what_it_says_until_it_is_revoked(console: Console) -> None:
    made = console.json("keys", "create", "--system", "shop", "--scopes", "events:read")

    assert authorized(made["api_key"], "GET /events")
    assert not authorized(made["api_key"], "GET /reports/{period}/{day}")
    console.run("keys", "revoke", made["key_id"])
    assert not authorized(made["api_key"], "GET /events")


def test_a_key_made_without_scopes_reads_everything_and_moves_no_money(console: Console) -> None:
    made = console.json("keys", "create", "--system", "shop")

    assert authorized(made["api_key"], "GET /refunds")
    assert not authorized(made["api_key"], "POST /refunds")


def test_a_key_is_valid_for_as_long_as_it_says(console: Console, fake_clock: FakeClock) -> None:
    made = console.json("keys", "create", "--system", "shop", "--days", "2")

    fake_clock.at += timedelta(days=1, hours=23, minutes=59, seconds=59)
    assert authorized(made["api_key"], "GET /events")
    fake_clock.at += timedelta(seconds=1)
    assert not authorized(made["api_key"], "GET /events")


def test_a_key_is_printed_once_and_never_listed(console: Console) -> None:
    printed = console.run("keys", "create", "--system", "[bold]shop").stdout.splitlines()[0]

    listed = console.run("keys", "list").stdout
    kept = json.dumps(console.json("keys", "list"))

    assert printed.startswith("kassa_")
    secret = printed.rpartition("_")[2]
    assert len(secret) == 64
    for shown in (listed, kept, str(console.made.items())):
        assert secret not in shown
    assert "secret" not in kept
    assert "[bold]shop" in listed
    assert "valid" in listed


def test_no_two_keys_are_alike(console: Console) -> None:
    first, second = (console.json("keys", "create", "--system", "shop") for _ in range(2))

    assert first["key_id"] != second["key_id"]
    assert first["api_key"][-64:] != second["api_key"][-64:]


def test_a_revoked_key_is_listed_as_such(console: Console) -> None:
    made = console.json("keys", "create", "--system", "shop")
    console.run("keys", "revoke", made["key_id"])

    assert "revoked" in console.run("keys", "list").stdout


def test_an_unknown_key_cant_be_revoked(console: Console) -> None:
    assert "no API key 0000" in console.refused("keys", "revoke", "0000")


@pytest.mark.parametrize("arguments", [["--days", "0"], ["--scopes", "payments:delete"]])
def test_a_key_that_cant_be_is_a_usage_error(console: Console, arguments: list[str]) -> None:
    assert console.run("keys", "create", "--system", "shop", *arguments).exit_code == 2


@pytest.mark.moto
def test_aws_refusals_are_reported_in_one_line(console: Console) -> None:
    boto3.client("dynamodb").delete_table(TableName=console.made.table)

    line = console.refused("keys", "list")

    assert "AWS refused Query: ResourceNotFoundException" in line
