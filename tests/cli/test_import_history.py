"""`kassa import`: asked for, watched until it is over, and what failed of it sent in again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.history import progress
from kassa.gateways.stripe import client as stripe_client
from kassa.platform.settings import settings
from tests.support.aws_stack import Stack
from tests.support.console import EVENTS_DLQ, POISON, Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import SCENARIOS, expected
from tests.support.gateway_stage import Stage
from tests.support.past_stage import ONE_PAGE, ask, happen, past, walk

ALL = SCENARIOS["all of it"]
SINCE = ("--from", "2026-09-22")


@pytest.fixture
def stripe(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        happen(stage, ALL)
        stage.save_secrets()
        yield stage


def test_a_past_is_imported_by_one_command(stripe: Stage, console: Console) -> None:
    shown = console.run("import", "stripe", *SINCE)

    assert shown.exit_code == 0, shown.output
    assert "rows are queued, all from 2026-09-22 on." in shown.stdout
    stripe.book()
    assert stripe.ledger() == expected(ALL, stripe.scene.can)
    assert console.run("audit", "list").stdout.count("history.import") == 2


def test_how_far_each_came_is_listed(
    stripe: Stage, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No past was imported yet" in console.run("import").stdout
    monkeypatch.setattr(stripe_client, "PAGE", 2)
    ask(stripe)
    walk(stripe, ONE_PAGE)

    listed = console.run("import").stdout
    assert "stripe/main" in listed
    assert "running" in listed
    [found] = console.json("import")
    assert (found["rows"], found["state"]) == (2, "running")
    console.run("import", "stripe")
    assert console.json("import")[0]["state"] == "finished"


def test_a_day_is_the_merchant_s_as_from_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Asia/Tokyo")
    settings.cache_clear()
    assert progress.day(datetime(2026, 9, 21, 15, tzinfo=UTC)) == "2026-09-22"
    settings.cache_clear()


def test_a_past_is_left_to_the_clock(stripe: Stage, console: Console) -> None:
    said = console.run("import", "stripe", *SINCE, "--leave").stdout

    assert "is imported by itself" in said
    [invoked] = console.functions.invoked
    assert invoked["InvocationType"] == "Event"
    assert json.loads(invoked["Payload"]) == {"import": "stripe/main"}


def test_a_past_that_is_asked_for_begins_earlier_or_as_it_did(
    stripe: Stage, console: Console
) -> None:
    console.run("import", "stripe", *SINCE)
    assert "only earlier is new" in console.refused("import", "stripe", "--from", "2026-10-01")
    assert console.json("import")[0]["begins_at"].startswith("2026-09-22")
    console.run("import", "stripe", "--from", "2026-09-01")
    assert console.json("import")[0]["begins_at"].startswith("2026-09-01")


def test_a_silent_gateway_is_said_and_left_to_the_clock(stripe: Stage, console: Console) -> None:
    ask(stripe)
    stripe.scene.is_reachable = False  # type: ignore[attr-defined]
    for _ in range(3):
        waits = walk(stripe)
        assert waits.again_at is not None
        stripe.clock.at = waits.again_at
    walk(stripe)

    assert "again at" in console.run("import").stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("stripe",), "say since when"),
        (("nobody", *SINCE), "no gateway is called nobody"),
        (("stripe", "--from", "2026-11-21"), "the books begin at"),
        (("standard", *SINCE), "import a file"),
        (("paypal", *SINCE), "paypal/main isn't connected: 'kassa gateways connect paypal'"),
        (("stripe", *SINCE, "--file", str(Path(__file__))), "stripe has an API"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_line(
    words: tuple[str, ...], why: str, stripe: Stage, console: Console
) -> None:
    assert why in console.refused("import", *words)


def test_failed_rows_are_listed_and_only_they_go_back(stripe: Stage, console: Console) -> None:
    disputes = stripe.scene.fake.account.kinds["dispute"].values()  # type: ignore[attr-defined]
    for one in disputes:
        one["status"] = "a_status_of_tomorrow"
    console.run("import", "stripe", *SINCE)
    stripe.book()
    for body in [*stripe.failures, POISON]:
        console.send(EVENTS_DLQ, body)
    failed = len(stripe.failures)
    assert failed > 1

    listed = console.run("import", "--failed").stdout
    assert listed.count("stripe/main, import: kassa.") == failed
    assert len(console.json("import", "stripe", "--failed")) == failed
    [run] = console.json("import", "list")
    assert (run["source"], run["state"], run["failed"]) == ("api", "finished", failed)
    shown = console.run("import", "list").stdout
    assert run["import_id"] in shown
    assert "Why rows failed: 'kassa import IMPORT --failed'" in shown
    assert len(console.json("import", run["import_id"], "--failed")) == failed
    assert console.json("import", "another", "--failed") == []
    assert console.json("import", "paypal", "--failed") == []

    assert f"{failed} rows are on the way again" in console.run("import", "--repeat").stdout
    assert console.json("dlq", "list")[EVENTS_DLQ] == 1
    assert sorted(console.take("EventsQueue")) == sorted(stripe.failures)
    assert console.run("import", "--failed").stdout == "No row failed.\n"
