"""`kassa dlq`: dead letters are named by ids alone, and go back to where they failed."""

import json

import boto3
import pytest

from cli.stack import choose
from infra import stack as stacks
from kassa.fact_catalog import AnyFact
from tests.support import stripe_events as s
from tests.support.console import EVENTS_DLQ, POISON, Console
from tests.support.console import console as console
from tests.support.queue_batches import CAPTURED, batch


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
    [envelope] = console.made.published()
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
