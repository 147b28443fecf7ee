"""`kassa anomalies`, as an operator sees it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.reports.anomalies import alerted_store
from kassa.reports.anomalies.finding import Finding, Kind
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import captured

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop(
    console: Console,
    stack: Stack,
    fake_clock: FakeClock,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
) -> Console:
    """Return a console beside a day's closed report, on which a customer paid twice."""
    monkeypatch.setenv("COLUMNS", "80")
    archive_facts([
        captured(f"pi_{n}", NOON + n * timedelta(minutes=1), (50_00, "EUR"), customer_id="cus_1",
                 order_id="order-1")
        for n in range(2)
    ])  # fmt: skip
    fake_clock.at = NOON + timedelta(hours=14)
    lambda_handler({}, context)
    return console


def shown(shop: Console, *args: str) -> str:
    result = shop.run("anomalies", *args)
    assert result.exit_code == 0, result.output
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    return result.stdout


def the_id(shop: Console) -> str:
    report = json.loads(shop.run("anomalies", "list", "2026-11-20", "--json").stdout)
    found: str = report["findings"][0]["anomaly_id"]
    return found


def test_what_stood_out_is_listed_and_shown_with_its_events(shop: Console) -> None:
    anomaly_id = the_id(shop)
    listed = shown(shop, "list", "2026-11-20").splitlines()
    assert listed[0] == "A customer paid €50.00 twice within 1 minute"
    assert listed[-1] == f"{anomaly_id}  Duplicate payment  €50.00  alerted"

    one = shown(shop, "show", anomaly_id)
    assert "same customer, same amount, same order order-1" in one
    assert "pi_0, pi_1" in one


def test_of_a_day_that_goes_on_nobody_was_alerted_yet(shop: Console) -> None:
    again = NOON + timedelta(hours=13)
    archive_facts([
        captured(f"pi_later_{n}", again + n * timedelta(minutes=1), (50_00, "EUR"),
                 customer_id="cus_2", order_id="order-2")
        for n in range(2)
    ])  # fmt: skip
    lambda_handler({"day": "2026-11-21"}, Context())

    listed = " ".join(shown(shop, "list", "2026-11-21").split())
    assert "Duplicate payment €50.00 will be alerted when the day is closed" in listed


def test_one_is_marked_listed_and_taken_back(shop: Console) -> None:
    anomaly_id = the_id(shop)
    said = shown(shop, "expect", anomaly_id, "--reason", "two tickets")
    assert said == "Expected from the next report on: duplicate payment, customer cus_1.\n"
    first, name, said = shown(shop, "expected").splitlines()[:3]
    assert first == "5 alerts a day at most."
    assert name == f"{anomaly_id}  Duplicate payment, customer cus_1"
    assert said.startswith("  2026-11-21 02:00:00 UTC  expected by ")
    assert shop.run("anomalies", "take-back", anomaly_id).exit_code == 2  # without a reason
    shown(shop, "take-back", anomaly_id, "--reason", "one seat")
    shown(shop, "budget", "3")
    said = " ".join(shown(shop, "expected").split())
    assert said.startswith("3 alerts a day at most.")
    assert said.index("two tickets") < said.index("not expected") < said.index("one seat")


def test_what_was_alerted_today_is_listed_and_marked_before_the_day_s_report(
    shop: Console,
) -> None:
    today = date(2026, 11, 21)
    at = NOON + timedelta(hours=13)
    one = Finding(
        anomaly_id=f"{today}-4f1c09ab", kind=Kind.CARD_TESTING, headline="cards are being tested",
        reasons=(), began_at=at, ended_at=at, found_on=today, like="account stripe/main EUR",
        level=15, surprise=20, count=15,
    )  # fmt: skip
    alerted_store.save("main", today, alerted_store.AlertedDay().with_alerts([one], at))

    listed = shown(shop, "list", "2026-11-21").splitlines()
    assert listed == ["cards are being tested", f"{one.anomaly_id}  Card testing  alerted"]
    assert "cards are being tested" in shown(shop, "show", one.anomaly_id)
    assert "Expected from" in shown(shop, "expect", one.anomaly_id, "--reason", "our own cards")


def test_what_isnt_there_is_said_in_a_line(shop: Console) -> None:
    gone = shop.run("anomalies", "show", "2026-11-20-00000000")
    assert gone.exit_code == 1
    assert "nothing called 2026-11-20-00000000 was found on 2026-11-20" in gone.output
