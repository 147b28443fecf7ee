"""`kassa dlq`, `keys` and `doctor`: what an operator changes, and what tells them to."""

import json
import socket
from datetime import timedelta

import boto3
import pytest

from cli.doctor import checks
from cli.stack import choose
from infra import stack as stacks
from kassa.fact_catalog import AnyFact
from tests.support import stripe_events as s
from tests.support.aws_stack import FakeClock
from tests.support.console import EVENTS_DLQ, POISON, Console
from tests.support.console import console as console
from tests.support.queue_batches import CAPTURED, batch
from tests.support.staff import authorized


def test_every_dead_letter_queue_is_listed_with_what_waits(console: Console) -> None:
    console.send(EVENTS_DLQ, POISON)

    assert console.json("dlq", "list") == {
        "EventsDeadLetterQueue": 1,
        "FactsDeadLetterQueue": 0,
        "FactsRuleDeadLetterQueue": 0,
    }
    assert "EventsQueue" in console.run("dlq", "list").stdout


def test_a_dead_letter_is_named_by_its_event_and_stays(console: Console) -> None:
    console.send(EVENTS_DLQ, POISON)
    console.send(EVENTS_DLQ, "not an event")

    shown = console.run("dlq", "show", EVENTS_DLQ).stdout

    assert "stripe/main, webhook: charge.succeeded evt_1" in shown
    assert "not JSON" in shown
    assert console.json("dlq", "list")[EVENTS_DLQ] == 2
    assert len(console.json("dlq", "show", EVENTS_DLQ)) == 2


def test_nobodys_name_is_shown_of_a_dead_letter(console: Console) -> None:
    body = s.charge() | {"billing_details": {"name": "Kaisa", "email": "kaisa@shop.example"}}
    console.send(
        EVENTS_DLQ, batch(s.event("charge.succeeded", body, "evt_1"))["Records"][0]["body"]
    )

    assert "aisa" not in console.run("dlq", "show", EVENTS_DLQ).stdout
    assert "aisa" not in console.run("dlq", "show", EVENTS_DLQ, "--json").stdout


def test_redrive_brings_every_message_back_to_its_queue(console: Console) -> None:
    for number in range(23):
        console.send(EVENTS_DLQ, f"{number}")

    result = console.json("dlq", "redrive", EVENTS_DLQ)

    assert result["moved"] == 23
    assert result["to"] == "EventsQueue"
    assert sorted(console.take("EventsQueue"), key=int) == [str(n) for n in range(23)]
    assert console.json("dlq", "list")[EVENTS_DLQ] == 0


def test_a_redriven_event_is_booked(console: Console) -> None:
    console.send(EVENTS_DLQ, POISON)
    console.run("dlq", "redrive", EVENTS_DLQ)

    console.book(*console.take("EventsQueue"))

    assert console.json("events", "show", "evt_1")["event_id"] == "evt_1"


def test_redrive_takes_no_more_than_its_limit(console: Console) -> None:
    for number in range(3):
        console.send(EVENTS_DLQ, f"{number}")

    assert console.json("dlq", "redrive", EVENTS_DLQ, "--limit", "2")["moved"] == 2
    assert console.json("dlq", "list")[EVENTS_DLQ] == 1


def test_what_a_rule_could_not_deliver_goes_to_the_rules_queue(console: Console) -> None:
    console.book(CAPTURED)
    [envelope] = console.made.told()
    console.send("FactsRuleDeadLetterQueue", json.dumps(envelope))

    shown = console.run("dlq", "show", "FactsRuleDeadLetterQueue").stdout
    console.run("dlq", "redrive", "FactsRuleDeadLetterQueue")

    fact = AnyFact.model_validate(envelope["detail"])
    assert f"PaymentCaptured {fact.metadata.fact_id}" in shown
    assert [json.loads(body) for body in console.take("FactsQueue")] == [envelope]


def test_what_a_schedule_could_not_deliver_goes_to_its_function(console: Console) -> None:
    url = boto3.client("sqs").create_queue(QueueName="watch")["QueueUrl"]
    console.operated.queues["WatchGatewaysScheduleDeadLetterQueue"] = url
    stacks.write(console.operated)
    choose(None)
    console.send("WatchGatewaysScheduleDeadLetterQueue", "{}")

    console.run("dlq", "redrive", "WatchGatewaysScheduleDeadLetterQueue")

    [invoked] = console.functions.invoked
    assert (invoked["FunctionName"], invoked["InvocationType"]) == ("watch", "Event")


def test_an_empty_queue_redrives_nothing(console: Console) -> None:
    result = console.run("dlq", "redrive", EVENTS_DLQ)

    assert result.exit_code == 0
    assert result.stdout.startswith("0 messages")


@pytest.mark.parametrize("command", ["show", "redrive"])
def test_only_dead_letter_queues_can_be_named(console: Console, command: str) -> None:
    line = console.refused("dlq", command, "EventsQueue")

    assert EVENTS_DLQ in line


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


def test_a_key_lives_as_long_as_it_says(console: Console, fake_clock: FakeClock) -> None:
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


@pytest.mark.parametrize("words", [["--days", "0"], ["--scopes", "payments:write"]])
def test_a_key_that_cant_be_is_a_usage_error(console: Console, words: list[str]) -> None:
    assert console.run("keys", "create", "--system", "shop", *words).exit_code == 2


def test_doctor_finds_dead_letters_empty_secrets_and_a_dead_intake(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    empty = json.dumps({"mode": "live", "signing_secrets": []})
    secrets.create_secret(Name="kassa/webhooks/stripe/main", SecretString=empty)
    console.send(EVENTS_DLQ, POISON)

    result = console.run("doctor", "--json")

    assert result.exit_code == 1
    problems = {f["subject"]: f for f in json.loads(result.stdout) if not f["is_ok"]}
    assert set(problems) == {"intake", EVENTS_DLQ, "secret webhooks/stripe/main"}
    assert f"kassa dlq redrive {EVENTS_DLQ}" in problems[EVENTS_DLQ]["what_to_do"]


def test_doctor_tells_of_a_secret_that_names_another_merchant(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    kept = {"mode": "live", "merchant_id": "somebody", "signing_secrets": ["whsec_1"]}
    for name in ("webhooks/stripe/main", "webhooks/adyen/shop"):
        secrets.create_secret(Name=f"kassa/{name}", SecretString=json.dumps(kept))

    findings = json.loads(console.run("doctor", "--json").stdout)

    other = {f["subject"]: f["what_to_do"] for f in findings if "somebody" in f["seen"]}
    assert set(other) == {"secret webhooks/stripe/main", "secret webhooks/adyen/shop"}
    assert "MerchantId is main" in other["secret webhooks/adyen/shop"]


def test_doctor_names_a_signing_secret_that_can_not_work(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    for name, signing in (("standard/tea", "whsec_aGlkZGVu"), ("adyen/shop", "hidden")):
        kept = {"mode": "live", "merchant_id": "main", "signing_secrets": [signing]}
        words = {"Name": f"kassa/webhooks/{name}", "SecretString": json.dumps(kept)}
        secrets.create_secret(**words)
    empty = json.dumps({"signing_secrets": []})
    secrets.create_secret(Name="kassa/webhooks/stripe/main", SecretString=empty)

    findings = json.loads(console.run("doctor", "--json").stdout)

    told = {f["subject"]: f for f in findings if "can't work" in f["seen"]}
    assert set(told) == {"secret webhooks/standard/tea", "secret webhooks/adyen/shop"}
    assert "--account tea" in told["secret webhooks/standard/tea"]["what_to_do"]
    assert "hidden" not in json.dumps(findings)


def test_doctor_never_shows_a_secret(console: Console) -> None:
    secrets = boto3.client("secretsmanager")
    kept = json.dumps({"mode": "live", "signing_secrets": ["whsec_1"]})
    secrets.create_secret(Name="kassa/webhooks/stripe/main", SecretString=kept)

    shown = console.run("doctor").stdout

    assert "whsec" not in shown
    assert "sk_test" not in shown


def test_doctor_says_what_to_put_into_a_secret_that_has_no_value_yet(console: Console) -> None:
    boto3.client("secretsmanager").create_secret(Name="kassa/webhooks/stripe/main")

    findings = json.loads(console.run("doctor", "--json").stdout)

    [secret] = [f for f in findings if f["subject"] == "secret webhooks/stripe/main"]
    assert secret["seen"] == "it is empty, or there is none"
    assert "kassa gateways connect stripe" in secret["what_to_do"]


def test_a_taken_port_is_found(console: Console) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        [_, finding] = checks.look_at_machine([port])

    assert not finding.is_ok
    assert checks.look_at_machine([port])[1].is_ok


@pytest.mark.moto
def test_aws_refusals_are_told_in_one_line(console: Console) -> None:
    boto3.client("dynamodb").delete_table(TableName=console.made.table)

    line = console.refused("keys", "list")

    assert "AWS refused Query: ResourceNotFoundException" in line
