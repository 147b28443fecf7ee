"""`POST /reports/window`: a report of any whole days is built later, and then answered as kept."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.build_report.app import lambda_handler
from kassa.archive.archive_facts import archive_facts
from kassa.fact_catalog import AnyFact
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.api_requests import LET_IN, answered, get, sent
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.facts import captured

AFTER = datetime(2026, 11, 18, 2, tzinfo=UTC)  # 11:00 on the 18th in Tokyo
NAME = "2026-11-01..2026-11-17"
ASKED = {"first": "2026-11-01", "last": "2026-11-17"}
POST = "POST /reports/window"


@pytest.fixture(autouse=True)
def _in_tokyo(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Asia/Tokyo")
    settings.cache_clear()
    yield
    settings.cache_clear()


class Waiting:
    """Takes what is invoked and keeps it, as Lambda does until there is room."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []

    def invoke(self, **arguments: Any) -> None:
        """Take an invocation."""
        assert arguments["InvocationType"] == "Event"
        self.taken.append(json.loads(arguments["Payload"]))

    def run(self) -> None:
        """Run what was taken."""
        while self.taken:
            lambda_handler(self.taken.pop(0), Context())


@pytest.fixture
def later(stack: Stack) -> Iterator[Waiting]:
    """Put Lambda in the way of what is built later."""
    waiting = Waiting()
    aws.install({"lambda": waiting})
    yield waiting
    aws.install({})


def sold(day: int) -> AnyFact:
    """Return a capture of ten euros at noon of a day of November in Tokyo."""
    at = datetime(2026, 11, day, 3, tzinfo=UTC)
    return captured(f"pi_{day}", at, (10_00, "EUR"))


def ask(body: Any) -> tuple[int, dict[str, Any]]:
    answer = lambda_handler(sent(POST, body, LET_IN), Context())
    body = json.loads(answer["body"])
    return answer["statusCode"], body.get("error", body)


def test_by_the_api_a_window_is_built_later_and_then_answered_from_what_is_kept(
    stack: Stack, fake_clock: FakeClock, later: Waiting
) -> None:
    fake_clock.at = AFTER
    archive_facts([sold(1), sold(2)])
    status, standing = ask(ASKED)
    assert (status, standing["state"], standing["documents"]) == (202, "building", [])
    assert get(f"/reports/window/{NAME}")[0] == 404

    later.run()
    status, standing = ask(ASKED)
    assert (status, standing["state"], standing["name"]) == (200, "closed", NAME)
    assert "report.html" in {one["name"] for one in standing["documents"]}
    assert later.taken == []
    found = get(f"/reports/window/{NAME}/status")[1]
    assert (found["state"], found["first_day"]) == ("closed", "2026-11-01")
    status, report = get(f"/reports/window/{NAME}")
    assert (status, report["currencies"][0]["gross"]["amount_minor"]) == (200, 20_00)
    assert get(f"/reports/window/{NAME}", report="fees")[0] == 200
    assert get(f"/reports/window/{NAME}", report="customers")[0] == 400


def test_by_the_api_another_edition_is_built_later_too(
    stack: Stack, fake_clock: FakeClock, later: Waiting
) -> None:
    fake_clock.at = AFTER
    archive_facts([sold(1)])
    ask(ASKED)
    later.run()
    archive_facts([sold(2)])

    assert ask(ASKED | {"anew": True})[0] == 202
    later.run()
    status, standing = ask(ASKED)
    assert (status, standing["name"]) == (200, f"{NAME}-e2")
    names = [one["name"] for one in get("/reports", period="window")[1]["reports"]]
    assert names == [f"{NAME}-e2", NAME]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"first": "2026-11-18"}, "last"),
        ({"last": "2026-11-19"}, "day"),
        ({"last": "2026-11-31"}, "last"),
        ({"last": "2026-11-17T00:00:00Z"}, "last"),
        ({"last": 1794873600}, "last"),
        ({"first": "2025-01-01"}, "last"),
        ({"report": "fees"}, "report"),
        ({"first": None}, "first"),
    ],
)
def test_by_the_api_bad_days_are_refused_and_nothing_is_built(
    stack: Stack, fake_clock: FakeClock, later: Waiting, changes: dict[str, Any], param: str
) -> None:
    fake_clock.at = AFTER
    archive_facts([sold(1)])
    status, error, _ = answered(POST, sent(POST, ASKED | changes))
    assert (status, error["param"], later.taken) == (400, param, [])


def test_by_the_api_days_of_before_the_books_are_not_found(
    stack: Stack, fake_clock: FakeClock, later: Waiting
) -> None:
    fake_clock.at = AFTER
    archive_facts([sold(16)])
    status, error = ask({"first": "2026-10-01", "last": "2026-10-31"})
    assert (status, later.taken) == (404, [])
    assert "the books begin on 2026-11-16" in error["message"]
    assert get("/reports/window/2026-10-01..2026-10-31")[0] == 404


# github.com/stratosphereips/AIP/issues/45: days to come were answered as if something were missing.
@pytest.mark.parametrize("of", ["daily/2026-11-19", "window/2026-11-01..2026-11-19"])
def test_days_to_come_have_no_status(stack: Stack, fake_clock: FakeClock, of: str) -> None:
    fake_clock.at = AFTER
    status, found = get(f"/reports/{of}/status")

    assert (status, found["param"]) == (400, "day")
