"""`kassa reminders`, as an operator uses it."""

from pathlib import Path

import pytest

from tests.support.console import Console
from tests.support.console import console as console
from tests.support.messages import let_out
from tests.support.open_invoices import issue
from tests.support.reminders import DUE, rule

WRONG = """
steps:
  - {name: soon, days: -3, tone: friendly}
  - name: late
    days: soon
    tone: loud
window: {from: 9 am}
late_fees:
  - {name: a, currency: EUR, after_days: 3, fixed: 5.00 USD}
  - {name: b, currency: EUR, after_days: 0}
"""


@pytest.fixture
def owed(console: Console) -> Console:
    """Issue an invoice of 100 EUR that is due on the fifth of December."""
    issue(100_00, "first", due_on=DUE)
    return console


def test_the_example_is_checked_tried_and_saved_and_then_rules(
    owed: Console, tmp_path: Path
) -> None:
    file = tmp_path / "reminders.yaml"
    file.write_text(owed.run("reminders", "policy", "example").stdout)

    assert "can be saved" in owed.run("reminders", "policy", "check", str(file)).stdout
    assert "0 reminders in 30 days" in owed.run("reminders", "policy", "try", str(file)).stdout
    assert "nobody is reminded" in owed.run("reminders", "policy", "show").stdout
    saved = owed.run("reminders", "policy", "save", str(file)).stdout
    assert "Version 1 is saved" in saved
    assert "says the same" in owed.run("reminders", "policy", "save", str(file)).stdout
    shown = owed.run("reminders", "policy", "show").stdout
    assert "3 days before it" in shown
    assert "from 09:00 until 18:00" in shown


def test_every_mistake_is_said_with_its_line(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "reminders.yaml"
    file.write_text(WRONG)
    refused = console.run("reminders", "policy", "check", str(file))

    assert refused.exit_code == 1

    for line in (
        "line 5: steps[1].days: soon isn't a whole number",
        "line 6: steps[1].tone: loud is no tone; there are friendly, neutral, firm, final",
        "line 7: window.from: 9 am isn't a time like 09:00",
        "line 9: late_fees[0]: USD stands there, and its currency is EUR",
        "line 10: late_fees[1].after_days: 0 isn't from 1 to 730",
        "line 10: late_fees[1]: say one of fixed, percent, tiers: how much it is",
    ):
        assert line in refused.stdout


def test_the_calendar_follows_pauses(owed: Console, tmp_path: Path) -> None:
    file = tmp_path / "reminders.yaml"
    file.write_text("{}\n")
    owed.run("reminders", "policy", "save", str(file))
    before = owed.json("reminders", "preview", "--days", "25")
    owed.run("reminders", "pause", "customer-1", "--until", "2026-12-09", "--reason", "a call")
    paused = owed.json("reminders", "preview", "--days", "25")

    assert [one["on"] for one in before["reminders"]] == [
        *("2026-12-02", "2026-12-05", "2026-12-08", "2026-12-15"),
    ]
    assert [one["on"] for one in paused["reminders"]] == ["2026-12-10", "2026-12-15"]
    assert "reminded of again" in owed.run("reminders", "resume", "customer-1").stdout
    assert owed.json("reminders", "preview", "--days", "25") == before
    assert "before-due" in owed.run("reminders", "preview").stdout
    assert "never reminded" in owed.run("reminders", "list", "customer-1").stdout


def test_the_calendar_comes_first_and_then_what_each_reminder_says(owed: Console) -> None:
    rule()
    let_out()
    plain = owed.run("reminders", "preview", "--days", "25").stdout
    shown = owed.run("reminders", "preview", "--days", "25", "--text").stdout

    assert shown.startswith(plain.rstrip())
    assert "Subject:" not in plain
    assert shown.count("Subject: ") == 4
    assert "It won't be sent as things stand: no address." in shown
    assert "2026-12-02 customer-1, before-due, by mail" in shown
    assert owed.json("reminders", "preview", "--days", "25", "--text")["texts"] == 4
