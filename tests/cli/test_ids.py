"""Ids at the command line: the beginning of one is enough, as long as only one begins so."""

from datetime import timedelta
from pathlib import Path

import pytest

from cli.people import lookup as people
from tests.support import stripe_events as s
from tests.support.aws_stack import FakeClock
from tests.support.console import Console
from tests.support.console import console as console

LONG_ID = "evt_1PgafmB7WZ01zgkW6dKueIc5"


def captured(event_id: str, payment_id: str) -> object:
    charge = s.charge() | {"id": f"ch_{payment_id}", "payment_intent": payment_id}
    return s.event("charge.succeeded", charge, event_id)


def test_the_beginning_of_an_event_is_enough(console: Console) -> None:
    console.book(captured(LONG_ID, "pi_1"), captured("evt_2", "pi_2"))

    assert console.json("events", "show", "evt_1P")["event_id"] == LONG_ID
    assert console.json("events", "resend", "evt_1Pgaf")["event_id"] == LONG_ID


def test_a_beginning_of_several_names_them_and_does_nothing(console: Console) -> None:
    console.book(captured(LONG_ID, "pi_1"), captured("evt_1Q", "pi_2"))

    line = console.refused("events", "resend", "evt_1")

    assert LONG_ID in line
    assert "evt_1Q" in line
    assert console.take("EventsQueue") == []


def test_of_very_many_only_some_are_named(console: Console) -> None:
    for number in range(9):
        console.book(captured(f"evt_1{number}", f"pi_{number}"))

    line = console.refused("events", "show", "evt_1")

    assert line.count("evt_1") == 6
    assert "and more" in line


def test_a_whole_id_is_never_ambiguous(console: Console) -> None:
    console.book(captured("evt_1", "pi_1"), captured("evt_10", "pi_10"))

    assert console.json("events", "show", "evt_1")["event_id"] == "evt_1"
    assert console.json("payments", "show", "pi_1")["state"]["payment_id"] == "pi_1"


def test_the_beginning_of_a_payment_is_enough_for_two_weeks(
    console: Console, fake_clock: FakeClock
) -> None:
    console.book(captured(LONG_ID, "pi_3Pgafm"), captured("evt_2", "pi_4"))

    fake_clock.at += timedelta(days=13)
    assert console.json("payments", "show", "pi_3")["state"]["payment_id"] == "pi_3Pgafm"
    fake_clock.at += timedelta(days=1)
    assert "no payment pi_3 is booked" in console.refused("payments", "show", "pi_3")
    assert console.json("payments", "show", "pi_3Pgafm")["state"]["payment_id"] == "pi_3Pgafm"


def test_a_beginning_of_two_payments_names_both(console: Console) -> None:
    console.book(captured(LONG_ID, "pi_31"), captured("evt_2", "pi_32"))

    line = console.refused("payments", "show", "pi_3")

    assert "pi_31, pi_32" in line or "pi_32, pi_31" in line


def test_an_unknown_gateway_is_reported_as_unknown(console: Console) -> None:
    line = console.refused("payments", "show", "pi_1", "--gateway", "strype")

    assert "no gateway is called strype: there are stripe, paypal, klarna" in line


def test_the_beginning_of_a_mappings_version_is_enough(console: Console) -> None:
    example = Path(__file__).parents[2] / "docs" / "mappings" / "example.yaml"
    assert console.run("mapping", "save", str(example)).exit_code == 0
    version = console.json("mapping", "show")["version"]

    assert console.json("mapping", "show", "--version", version[:6])["version"] == version


@pytest.mark.parametrize("name", ["Events", "events", "EventsDead"])
def test_a_dead_letter_queue_is_named_by_its_beginning(console: Console, name: str) -> None:
    console.send("EventsDeadLetterQueue", "x")

    assert len(console.json("dlq", "show", name)) == 1


def test_a_beginning_of_several_queues_names_them(console: Console) -> None:
    line = console.refused("dlq", "redrive", "Facts")

    assert "FactsDeadLetterQueue, FactsRuleDeadLetterQueue" in line


def test_a_person_and_a_key_are_named_by_their_beginnings(console: Console) -> None:
    arguments = ("--name", "Kaisa [bold]", "--role", "approver")
    person = console.json("persons", "create", *arguments)
    key = console.json("keys", "create", "--person", person["person_id"][:12])
    assert key["person_id"] == person["person_id"]
    assert console.json("persons", "show", person["person_id"][:10])["name"] == "Kaisa [bold]"

    shown = console.run("keys", "list").stdout
    assert "Kaisa [bold]" in shown
    assert person["person_id"] in shown
    revoked = console.json("keys", "revoke", key["key_id"][:9])
    assert revoked["key_id"] == key["key_id"]
    assert console.json("persons", "disable", person["person_id"][:12])["disabled_at"]


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 101])
def test_a_key_without_a_name_to_know_it_by_is_refused(console: Console, name: str) -> None:
    assert "system: a name" in console.refused("keys", "create", "--system", name)
    assert console.json("keys", "list") == []


def test_who_decided_is_shown_by_name(console: Console) -> None:
    person = console.json("persons", "create", "--name", "Kaisa", "--role", "approver")
    person_id = person["person_id"]

    assert people.who(person_id) == f"Kaisa ({person_id})"
    assert people.who("person_000000000000") == "person_000000000000"
    shop = console.json("keys", "create", "--system", "my-shop")["key_id"]
    assert people.who(shop) == f"my-shop ({shop})"
    assert people.who("6f0a8c21d94be375") == "6f0a8c21d94be375"
    assert people.who("[bold]") == r"\[bold]"
