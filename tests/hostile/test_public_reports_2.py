"""What went wrong elsewhere, tried here: approvals, cursors, days and orders nobody can take.

Each test names the public report that it follows.
"""

import json
from datetime import timedelta

import pytest

from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import clock
from tests.support.api_requests import DAY, get, pages, pay, place
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.refund_scene import RefundScene
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import LIMIT, cases_of, only_noted, outcome_unknown
from tests.support.staff import OPERATOR, person
from tests.support.template import ALARMS, matches

OLD_KEY = "0123456789abcdef"  # of the time before keys belonged to persons


# github.com/LeanerCloud/CUDly/pull/1500: four eyes were asked for at some doors, not at all.


def test_an_approval_of_somebody_who_has_left_counts_for_nobody(scene: RefundScene) -> None:
    [large] = cases_of(scene, LIMIT + 1)
    anna, bert, carla = (person(Role.APPROVER) for _ in range(3))
    assert only_noted(anna, large)

    Persons().disable(str(anna.person_id), clock.now(), OPERATOR)

    assert only_noted(bert, large)
    assert scene.lifecycle(large).approvals == (bert.person_id,)
    assert carla.approve(large) == "approved"
    assert scene.lifecycle(large).approvals == (bert.person_id, carla.person_id)


def test_an_approval_by_a_key_without_a_person_counts_for_nobody(scene: RefundScene) -> None:
    """The key may have been the very person's who approves now."""
    [large] = cases_of(scene, LIMIT + 1)
    before = scene.lifecycle(large)
    old = {"approvals": (OLD_KEY,), "approved_minor": LIMIT + 1, "version": before.version + 1}
    scene.requests.keep(before, before.model_copy(update=old))
    anna, bert = person(Role.APPROVER), person(Role.APPROVER)

    assert only_noted(anna, large)
    assert only_noted(anna, large)
    assert bert.approve(large) == "approved"


def test_who_resolved_a_refund_first_and_left_counts_for_nobody(
    scene: RefundScene,
) -> None:
    case = outcome_unknown(scene)
    scene.save_policy(second_person_over=["50.00 EUR"])
    body = {"outcome": "not_paid", "note": "no such refund in the dashboard"}
    anna, bert, carla = (person(Role.APPROVER) for _ in range(3))
    assert anna.decide(case, "resolve", **body)[0] == 200

    Persons().disable(str(anna.person_id), clock.now(), OPERATOR)

    assert bert.decide(case, "resolve", **body)[0] == 200
    assert (scene.lifecycle(case).resolved_by, scene.lifecycle(case).is_over) == (
        bert.person_id,
        False,
    )
    assert carla.decide(case, "resolve", **body)[0] == 200
    assert scene.lifecycle(case).is_over


# github.com/NorthlandPositronics/Cogtrix/issues/313: a cursor that fits no list gave a wrong page.


LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "payments": ("/payments", {}),
    "a customer's payments": ("/payments", {"customer_id": "cus_1", "gateway": "stripe"}),
    "orders": ("/orders", {}),
    "a customer's orders": ("/orders", {"customer_id": "customer-1"}),
    "yesterday's events": ("/events", {"day": "2026-11-20"}),
    "refunds of a day": ("/refunds", {"day": DAY}),
    "refunds to decide": ("/refunds", {}),
    "invoices": ("/invoices", {}),
}


def cursor_of(path: str, **query: str) -> str:
    """Return where a list's second page begins."""
    return str(next(pages(path, 1, **query))["next_cursor"])


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("source", ["payments", "a customer's payments", "orders"])
def test_a_cursor_of_another_list_is_refused(
    stack: Stack, fake_clock: FakeClock, name: str, source: str
) -> None:
    for number in range(2):
        pay(number, customer="cus_1")
        place(number, fake_clock, customer_id="customer-1")
    (begun, of_source), (path, query) = LISTS[source], LISTS[name]
    cursor = cursor_of(begun, **of_source)

    status, answer = get(path, cursor=cursor, **query)

    assert (status, answer.get("param")) == ((200, None) if name == source else (400, "cursor"))


def test_todays_list_is_not_cut_short_by_midnight(stack: Stack, fake_clock: FakeClock) -> None:
    """Without a day the second page would be another day's, and end the list without a word."""
    for number in range(2):
        pay(number)
    cursor = cursor_of("/events")
    fake_clock.at += timedelta(days=1)

    status, answer = get("/events", cursor=cursor)

    assert (status, answer["param"]) == (400, "cursor")
    assert len(get("/events", cursor=cursor, day=DAY)[1]["events"]) == 3


# github.com/anomalyco/opencode/issues/48034: what no page gave was taken for what one gave.


@pytest.mark.parametrize("named", ["payment_id", "order_id"])
def test_a_list_of_one_page_takes_no_cursor(stack: Stack, named: str) -> None:
    pay(1)

    status, answer = get("/payments", cursor="abc", **{named: "pi_1"})

    assert (status, answer["param"]) == (400, "cursor")


# github.com/guardian/security-hq/pull/1476: an alarm asked for other dimensions than were counted.


def test_one_fault_of_ours_is_counted_for_its_alarm(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kassa.orders.lists.of_day", lambda *_: 1 // 0)

    assert get("/orders")[0] == 500

    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines() if "_aws" in one]
    (line,) = [one for one in lines if "ApiRequestFailed" in one]
    assert matches(ALARMS["ApiRequestFailedAlarm"], line["stack"], line)


# github.com/Julien-Au/gymcoach/issues/172: what looked like a date was none, or another one.


@pytest.mark.parametrize("day", ["0", "86400", "-86400", "2026-11-21T00:00:00", "20261121", "now"])
@pytest.mark.parametrize("path", ["/payments", "/orders", "/events", "/refunds", "/events/evt_1"])
def test_a_day_is_a_day_of_the_calendar_and_nothing_that_could_be_read_as_one(
    stack: Stack, path: str, day: str
) -> None:
    status, answer = get(path, day=day)

    assert (status, answer["param"]) == (400, "day")
    assert answer["message"] == "day: must be a day of the calendar, written as 2026-11-29"


@pytest.mark.parametrize("day", ["0", "2026-11-21T00:00:00"])
def test_a_reports_day_is_no_less(stack: Stack, day: str) -> None:
    assert get(f"/reports/daily/{day}")[0] == 400
