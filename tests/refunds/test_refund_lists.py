"""GET /refunds: the queue of what waits for a person, and what was requested on a day."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.api_requests import get
from tests.support.refund_stage import RefundStage, decide, escalated
from tests.support.refund_stage import stage as stage


def ids(answer: dict[str, Any]) -> list[str]:
    return [case["request"]["refund_request_id"] for case in answer["cases"]]


def test_the_queue_holds_what_a_person_decides_and_nothing_else(stage: RefundStage) -> None:
    waiting = escalated(stage)
    stage.request_refund(stage.pay(), 10_00)
    rejected = escalated(stage)
    decide(rejected, "reject", reason="too_late")

    status, answer = get("/refunds")

    assert (status, ids(answer)) == (200, [waiting.request.refund_request_id])
    assert answer["cases"][0]["lifecycle"]["state"] == "escalated"
    assert answer["next_cursor"] is None


def test_the_most_urgent_comes_first_and_pages_follow_one_another(stage: RefundStage) -> None:
    cases = []
    for _ in range(5):
        cases.append(escalated(stage).request.refund_request_id)
        stage.clock.at += timedelta(minutes=10)

    found: list[str] = []
    query = {"limit": "2"}
    for _ in range(4):
        _, answer = get("/refunds", **query)
        found += ids(answer)
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]

    assert found == cases


def test_a_question_moves_a_case_behind_those_that_are_due(stage: RefundStage) -> None:
    first = escalated(stage)
    stage.clock.at += timedelta(hours=1)
    second = escalated(stage)
    stage.clock.at += timedelta(hours=1)
    decide(first, "ask", question="photo")
    stage.drain()

    _, answer = get("/refunds")

    assert ids(answer) == [case.request.refund_request_id for case in (second, first)]


def test_a_day_lists_all_that_was_requested_on_it_newest_first(stage: RefundStage) -> None:
    one = escalated(stage)
    two = stage.request_refund(stage.pay(), 10_00)
    stage.clock.at += timedelta(days=1)
    later = escalated(stage)

    _, first_day = get("/refunds", day="2026-11-21")
    _, second_day = get("/refunds", day="2026-11-22")

    assert set(ids(first_day)) == {case.request.refund_request_id for case in (one, two)}
    states = {case["lifecycle"]["state"] for case in first_day["cases"]}
    assert states == {RequestState.ESCALATED, RequestState.ACCEPTED}
    assert ids(second_day) == [later.request.refund_request_id]
    assert get("/refunds", day="2020-01-01")[1] == {
        "cases": [],
        "has_more": False,
        "next_cursor": None,
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"day": "21.11.2026"}, "day"),
        ({"cursor": "none"}, "cursor"),
    ],
)
def test_what_cant_be_listed_is_refused_naming_the_field(
    stage: RefundStage, query: dict[str, str], field: str
) -> None:
    status, answer = get("/refunds", **query)

    assert (status, answer["message"].partition(":")[0]) == (400, field)
