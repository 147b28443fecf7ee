"""`kassa report due`, as an operator sees it."""

import json
from datetime import timedelta

import pytest

from kassa.archive.archive_facts import archive_facts
from tests.support.aws_stack import NOW
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.facts import captured

DAY = NOW - timedelta(days=1)


@pytest.fixture
def shop(console: Console) -> Console:
    before = captured("pi_0", DAY - timedelta(days=3), (9_00, "EUR"))
    past = before.model_copy(
        update={"metadata": before.metadata.model_copy(update={"is_imported": True})}
    )
    archive_facts([captured("pi_1", DAY, (1_00, "EUR"))])
    archive_facts([past])
    return console


def due(shop: Console, *options: str) -> list[str]:
    """Return what is printed, without the metrics of the function that runs in this process."""
    result = shop.run("report", "due", *options)
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if not line.startswith('{"_aws"')]


def test_what_is_due_is_built_until_nothing_is(shop: Console) -> None:
    assert due(shop) == [
        "daily report of 2026-11-20 closed",
        "4 days of an imported past rolled up",
        "There may be more: run it again.",
    ]
    assert due(shop) == ["Nothing is due."]


def test_programs_read_what_was_built(shop: Console) -> None:
    done = json.loads("".join(due(shop, "--json")))

    assert ([one["day"] for one in done["built"]], done["rolled_up"]) == (["2026-11-20"], 4)
