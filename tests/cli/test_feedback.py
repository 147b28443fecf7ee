"""`kassa feedback`: what people said of the console's pages, for whoever runs it."""

import json

import pytest

from kassa.console.help.give_feedback import give_feedback
from tests.support.aws_stack import Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.fake_clock import FakeClock


@pytest.mark.usefixtures("stack")
def test_nothing_is_listed_before_somebody_said_something(console: Console) -> None:
    assert console.run("feedback").stdout.strip() == "Nobody has said anything yet."


def test_feedback_is_listed_newest_first_as_it_was_written(
    console: Console, stack: Stack, fake_clock: FakeClock
) -> None:
    give_feedback("person_0123456789ab", "payouts", "Where is [bold]my[/bold] bank?")
    fake_clock.sleep(60)
    give_feedback("person_0123456789ab", "", "Thanks.")
    lines = console.run("feedback").stdout.splitlines()
    listed = json.loads(console.run("feedback", "--json").stdout)

    assert [lines[1], lines[3]] == ["Thanks.", "Where is [bold]my[/bold] bank?"]
    assert lines[2].endswith("person_0123456789ab  payouts")
    assert [one["page"] for one in listed] == ["", "payouts"]
