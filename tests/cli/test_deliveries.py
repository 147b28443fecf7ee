"""`kassa deliveries`, as an operator sees them at 80 columns."""

import json

import pytest

from kassa.audit import store as audit_trail
from kassa.deliveries.delivery import Channel, Outcome, Status
from kassa.deliveries.store import Deliveries
from tests.support.aws_stack import NOW
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.deliveries import a_delivery


@pytest.fixture
def sent(console: Console, monkeypatch: pytest.MonkeyPatch) -> tuple[Console, str]:
    """Let one mail bounce and one webhook arrive; return the console and the mail's delivery."""
    monkeypatch.setenv("COLUMNS", "80")
    deliveries = Deliveries("main")
    mail = a_delivery("pi_1", Channel.MAIL, message="receipt", recipient="customer:customer-77")
    for one, outcome in (
        (mail, Outcome(Status.BOUNCED, "no such mailbox", "m-1")),
        (a_delivery("pi_2"), Outcome(Status.SENT)),
    ):
        attempt = deliveries.begin(one, is_repeatable=True)
        assert attempt
        deliveries.end(attempt, outcome)
    return console, mail.delivery_id


def test_what_failed_is_listed_with_its_reason_and_whole_ids(sent: tuple[Console, str]) -> None:
    console, mail = sent
    output = console.run("deliveries", "list").stdout

    assert all(len(line) <= 80 for line in output.splitlines())
    assert mail in output
    assert "receipt by mail" in output
    assert "bounced, no such mailbox" in output
    assert "customer:customer-77" in output


def test_a_day_has_all_of_them_and_other_days_none(sent: tuple[Console, str]) -> None:
    console, _ = sent
    on_the_day = console.json("deliveries", "list", "--day", str(NOW.date()))
    assert len(on_the_day["deliveries"]) == 2
    assert "Nothing was sent" in console.run("deliveries", "list", "--day", "2026-11-20").stdout
    assert console.json("deliveries", "list", "--channel", "webhook")["deliveries"] == []


def test_one_is_shown_with_what_can_be_done(sent: tuple[Console, str]) -> None:
    console, mail = sent
    shown = console.run("deliveries", "show", mail).stdout

    assert f"kassa deliveries redrive {mail}" in shown
    assert "m-1" in shown
    assert "nothing was ever sent" in console.refused("deliveries", "show", "dl_nobody")


def test_who_redrives_stands_in_the_audit_trail(sent: tuple[Console, str]) -> None:
    console, mail = sent
    again = console.json("deliveries", "redrive", mail, "--reason", "the mailbox is back")

    assert again["status"] == "waiting"
    [item] = [json.loads(kept.content) for kept in audit_trail.items(NOW.date())]
    assert item["operation"] == "delivery.redrive"
    assert item["reason"] == "the mailbox is back"
    assert "only what failed" in console.refused("deliveries", "redrive", mail)
