"""Marks of anomalies: by API and command line, with reason, by whom, and what was said before."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.save_policy.app import lambda_handler
from kassa.audit import store as audit_trail
from kassa.audit.trail import Actor
from kassa.core.errors import InvalidRequest
from kassa.core.periods import Period
from kassa.reports.anomalies import alerted_store, store
from kassa.reports.anomalies.finding import Finding, Kind
from kassa.reports.anomalies.marks import HISTORY, REACH, Entered, expected, mark_of
from kassa.reports.anomalies.store import Marks
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.refund_stage import answered, http_event

ANA, BEN = Actor(person_id="person_ana"), Actor(person_id="person_ben")
DAY = NOW.date()


def finding(level: int = 100, n: int = 1, **more: Any) -> Finding:
    fields: dict[str, Any] = {"kind": Kind.CARD_TESTING, "like": "account stripe/main EUR"} | more
    return Finding(
        anomaly_id=f"{DAY}-{n:08x}", headline="h", reasons=(), began_at=NOW, ended_at=NOW,
        found_on=DAY, level=level, surprise=5, count=1, **fields,
    )  # fmt: skip


@pytest.fixture
def known(stack: Stack) -> Finding:
    """Return an anomaly of today that was alerted."""
    one = finding()
    alerted_store.save("main", DAY, alerted_store.AlertedDay().with_alerts([one], NOW))
    return one


def put(anomaly_id: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    route = "PUT /anomalies/{anomaly_id}/mark"
    event = http_event(route, body, "key-1", anomaly_id=anomaly_id)
    return answered(lambda_handler(event, Context()))


def got() -> dict[str, Any]:
    status, found = answered(
        lambda_handler(http_event("GET /anomalies/marks", "", "key-1"), Context())
    )
    assert status == 200
    return found


def test_an_alert_is_marked_by_the_api_with_reason_and_by_whom(known: Finding) -> None:
    status, mark = put(known.anomaly_id, {"is_expected": True, "reason": "we try  our cards"})

    assert (status, mark["reason"], mark["like"]) == (200, "we try our cards", known.like)
    assert mark["marked_by"]
    assert got()["marks"] == [mark]
    [act] = [json.loads(one.content) for one in audit_trail.items(DAY)]
    assert (act["operation"], act["reason"]) == ("anomaly.expect", "we try our cards")
    assert act["object_id"] == f"anomaly/{known.anomaly_id}"


def test_what_was_said_before_stays_in_the_mark_s_history(known: Finding) -> None:
    put(known.anomaly_id, {"is_expected": True, "reason": "a sale"})
    put(known.anomaly_id, {"is_expected": True, "reason": "a sale"})
    put(known.anomaly_id, {"is_expected": True, "reason": "a sale each month"})
    _, mark = put(known.anomaly_id, {"is_expected": False, "reason": "no sale at all"})

    said = [(one["is_expected"], one["reason"]) for one in mark["history"]]
    assert said == [(True, "a sale"), (True, "a sale each month")]
    assert (mark["is_expected"], mark["reason"]) == (False, "no sale at all")
    acts = [json.loads(one.content)["operation"] for one in audit_trail.items(DAY)]
    assert acts == ["anomaly.expect", "anomaly.expect", "anomaly.take_back"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"is_expected": True, "reason": " "}, "say why"),
        ({"is_expected": True, "reason": "x" * 301}, "300"),
        ({"is_expected": "perhaps", "reason": "r"}, "is_expected"),
        ({"reason": "r"}, "is_expected"),
    ],
)
def test_a_mark_that_says_too_little_is_refused(
    known: Finding, body: dict[str, Any], says: str
) -> None:
    status, refused = put(known.anomaly_id, body)
    assert status == 400
    assert says in json.dumps(refused)
    assert got()["marks"] == []


@pytest.mark.parametrize("anomaly_id", [f"{DAY}-ffffffff", "2026-02-31-ffffffff"])
@pytest.mark.usefixtures("known")
def test_what_was_never_found_can_t_be_marked(anomaly_id: str) -> None:
    status, refused = put(anomaly_id, {"is_expected": True, "reason": "r"})
    assert status == 404
    assert "nothing called" in json.dumps(refused)


def test_a_name_that_is_none_is_refused_in_words(stack: Stack) -> None:
    status, refused = put("tomorrow", {"is_expected": True, "reason": "r"})
    assert status in (400, 404)
    assert "anomal" in json.dumps(refused)


def test_history_keeps_the_last_few_and_the_trail_all(stack: Stack) -> None:
    marks = Marks("main")
    for n in range(HISTORY + 3):
        mark = marks.expect(finding(), f"reason {n}", ANA)

    assert [one.reason for one in mark.history] == [f"reason {n}" for n in range(2, HISTORY + 2)]
    assert len(list(audit_trail.items(DAY))) == HISTORY + 3


def test_a_mark_is_taken_back_once_with_a_reason_and_who_did(stack: Stack) -> None:
    marks = Marks("main")
    marks.expect(finding(), "a sale", ANA)
    taken = marks.take_back(finding().anomaly_id, "no sale", BEN)

    assert (taken.is_expected, taken.marked_by) == (False, "person_ben")
    assert [(one.reason, one.marked_by) for one in taken.history] == [("a sale", "person_ana")]
    with pytest.raises(InvalidRequest, match="isn't marked"):
        marks.take_back(finding().anomaly_id, "again", BEN)


def test_a_manifest_keeps_the_marks_without_names_and_history(stack: Stack) -> None:
    marks = Marks("main")
    marks.expect(finding(), "a sale", ANA)
    marks.expect(finding(), "a sale each month", ANA)
    [kept] = alerted_store.entered(Period.of(DAY, "UTC"))["marks"]

    assert kept["reason"] == "a sale each month"
    assert not {"history", "marked_by"} & set(kept)


def test_what_expects_nothing_makes_room_for_what_does(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MARKS_MAX", 2)
    marks = Marks("main")
    marks.expect(finding(n=1), "a", ANA)
    marks.take_back(finding(n=1).anomaly_id, "b", ANA)
    for n in (2, 3):
        marks.expect(finding(n=n), "c", ANA)

    assert [one.anomaly_id[-1] for one in marks.read().marks] == ["2", "3"]
    with pytest.raises(InvalidRequest, match="2 anomalies are marked"):
        marks.expect(finding(n=4), "d", ANA)


def said(*marks: tuple[int, bool]) -> Entered:
    """Return marks of anomalies that are alike, each so bad, expected or not."""
    entered = Entered()
    for n, (level, is_expected) in enumerate(marks):
        at = NOW + timedelta(minutes=n)
        entered = entered.with_mark(mark_of(finding(level, n), f"r{n}", at, is_expected))
    return entered


@pytest.mark.parametrize(
    ("marks", "level", "why"),
    [
        ([(100, True)], 125, "r0"),
        ([(100, True)], 126, None),
        ([(100, True), (110, False)], 88, None),  # as bad, less a quarter
        ([(100, True), (110, False)], 87, "r0"),  # far better than what isn't expected
        ([(100, False), (100, True)], 100, "r1"),  # the newest decides
        ([(100, True), (200, True)], 240, "r1"),
    ],
)
def test_the_newest_mark_that_is_about_a_finding_decides(
    marks: list[tuple[int, bool]], level: int, why: str | None
) -> None:
    assert REACH == 1.25
    [one] = expected([finding(level, 9)], said(*marks).marks)
    assert one.expected == why


def test_a_mark_is_about_its_kind_and_its_like_alone() -> None:
    marks = said((100, True)).marks
    others = [finding(100, 9, like="account paypal/main EUR"), finding(100, 9, kind=Kind.VELOCITY)]
    assert [one.expected for one in expected(others, marks)] == [None, None]


def test_the_page_says_of_each_kind_what_is_alike() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "anomalies.md").read_text()
    table = page.partition("## What is expected")[2].partition("\n- ")[0]
    assert [kind for kind in Kind if f"`{kind}`" not in table] == []
