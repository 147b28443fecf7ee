"""Progress: who waits for a build sees how far it is; a build that died isn't shown for ever."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.reports.progress import line_of
from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.core.periods import Period, PeriodKind
from kassa.platform import aws
from kassa.reports.reading.progress_store import ALIVE, Building, put_waiting, read_progress
from tests.support.api_requests import LET_IN, get, sent
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
NAME = "2026-11-01..2026-11-17"
WINDOW = Period.named(PeriodKind.WINDOW, NAME, "UTC")
STATUS = f"/reports/window/{NAME}/status"
POST = "POST /reports/window"
ASKED = {"first": "2026-11-01", "last": "2026-11-17"}
SECOND = timedelta(seconds=1)


class Waiting:
    """Takes what is invoked and keeps it."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []

    def invoke(self, **arguments: Any) -> None:
        """Take an invocation."""
        self.taken.append(json.loads(arguments["Payload"]))


@pytest.fixture
def later(stack: Stack, fake_clock: FakeClock) -> Iterator[Waiting]:
    """Put Lambda in the way of what is built later."""
    fake_clock.at, waiting = NOW, Waiting()
    archive_facts([captured("pi_1", NOW - timedelta(days=9), (10_00, "EUR"))])
    aws.install({"lambda": waiting})
    yield waiting
    aws.install({})


def ask() -> tuple[int, dict[str, Any]]:
    answer = lambda_handler(sent(POST, ASKED, LET_IN), Context())
    return answer["statusCode"], json.loads(answer["body"])


def standing() -> dict[str, Any]:
    status, found = get(STATUS)
    assert status == 200, found
    return dict(found)


def test_a_requested_window_waits_is_built_and_stands(later: Waiting) -> None:
    assert standing()["state"] == "missing"
    status, found = ask()
    assert (status, found["state"], found["progress"]["stage"]) == (202, "building", "waiting")

    lambda_handler(later.taken.pop(), Context())
    assert (standing()["state"], standing()["progress"]) == ("closed", None)


def test_who_asks_again_while_it_is_built_begins_no_other(later: Waiting) -> None:
    assert [ask()[0] for _ in range(3)] == [202] * 3
    assert len(later.taken) == 1


def test_a_build_that_died_is_shown_no_more_and_may_be_begun_again(
    later: Waiting, fake_clock: FakeClock
) -> None:
    ask()
    fake_clock.at = NOW + ALIVE
    assert (standing()["state"], ask()[0], len(later.taken)) == ("building", 202, 1)
    fake_clock.at += SECOND
    assert standing()["state"] == "missing"
    assert (ask()[0], len(later.taken)) == (202, 2)


def test_stage_percent_facts_and_time_left_are_said(later: Waiting, fake_clock: FakeClock) -> None:
    building = Building("main", PeriodKind.WINDOW, NAME)
    fake_clock.at = NOW + 20 * SECOND
    building.at("fees", 40, 1_234)
    found = read_progress("main", PeriodKind.WINDOW, NAME, fake_clock.at)

    assert found is not None
    assert (found.stage, found.percent, found.rows, found.left_s) == ("fees", 40, 1_234, 30)
    said = line_of(NAME, found)
    assert said == f"building {NAME}: fees, 40 %, 1,234 facts, about 0:00:30 left"
    assert len(said) <= 80


def test_what_takes_a_moment_is_never_written_down(later: Waiting, fake_clock: FakeClock) -> None:
    building = Building("main", PeriodKind.DAILY, "2026-11-17")
    building.at("reading", 10)
    fake_clock.at = NOW + SECOND
    building.at("fees", 40)
    building.over()

    assert read_progress("main", PeriodKind.DAILY, "2026-11-17", fake_clock.at) is None


def test_an_earlier_build_writes_nothing_over_a_later_one(
    later: Waiting, fake_clock: FakeClock
) -> None:
    earlier = Building("main", PeriodKind.WINDOW, NAME)
    fake_clock.at = NOW + 5 * SECOND
    assert put_waiting("main", WINDOW, fake_clock.at)
    fake_clock.at = NOW + 9 * SECOND
    earlier.at("fees", 40)
    earlier.over()

    found = read_progress("main", PeriodKind.WINDOW, NAME, fake_clock.at)
    assert found is not None
    assert found.stage == "waiting"


def test_a_slow_build_says_each_stage_in_order_and_never_goes_back(
    later: Waiting, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    at = Building.at

    def slow(self: Building, stage: str, percent: int, rows: int | None = None) -> None:
        fake_clock.at += 3 * SECOND
        at(self, stage, percent, rows)
        progress = standing()["progress"]
        seen.append((progress["stage"], progress["percent"]))

    monkeypatch.setattr(Building, "at", slow)
    lambda_handler({"period": "window", "day": NAME}, Context())

    stages, percents = zip(*seen, strict=True)
    assert {"reading", "counted", "fees", "anomalies", "summary", "writing"} <= set(stages)
    assert list(percents) == sorted(percents)
    assert standing()["state"] == "closed"
