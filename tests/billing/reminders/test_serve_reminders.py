"""The API of reminders: its policy, its calendar, what was sent, and pauses."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.serve_reminders.app import lambda_handler
from kassa.audit import store as audit_trail
from kassa.platform import clock
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.open_invoices import issue, pay
from tests.support.refund_stage import answered, http_event
from tests.support.reminders import DUE, published_facts, rule, run, run_days

NUMBER = "2026-00000001"
DAY = timedelta(days=1)


def ask(route: str, body: Any = None, **parameters: str) -> tuple[int, dict[str, Any]]:
    paths = {name: parameters.pop(name) for name in ("customer_id",) if f"{{{name}}}" in route}
    event = http_event(route, body, "anna", **paths)
    return answered(lambda_handler(event | {"queryStringParameters": parameters}, Context()))


@pytest.fixture
def owed(stack: Stack) -> Stack:
    """Issue an invoice of 100 EUR that is due on the fifth of December."""
    issue(100_00, "first", due_on=DUE)
    stack.published()
    return stack


def test_a_policy_is_saved_once_as_a_version_and_audited(stack: Stack) -> None:
    assert ask("GET /reminders/policy")[0] == 404
    document = {"thresholds": ["5.00 EUR"], "interest": {"annual_percent": "9.5"}}
    status, saved = ask("PUT /reminders/policy", document)
    again = ask("PUT /reminders/policy", document)

    assert (status, saved["is_new"], saved["policy"]["version"]) == (201, True, 1)
    assert (again[0], again[1]["is_new"]) == (200, False)
    _, shown = ask("GET /reminders/policy")
    assert [one["days"] for one in shown["steps"]] == [-3, 0, 3, 10, 21]
    assert shown["thresholds"] == [{"amount_minor": 500, "currency": "EUR"}]
    assert (shown["interest"]["annual_percent"], shown["saved_by"]) == ("9.5", "anna")
    [act] = [json.loads(one.content) for one in audit_trail.items(clock.now().date())]
    assert (act["operation"], act["after"]) == ("reminder_policy.save", "1")


def test_every_mistake_of_a_policy_is_said_at_once_with_its_place(stack: Stack) -> None:
    wrong = {"steps": [{"days": "x"}], "window": {"from": "18:00", "until": "9"}, "fees": 1}
    status, error = ask("PUT /reminders/policy", wrong)

    assert (status, error["type"]) == (400, "invalid_request")
    for place in ("steps[0].days", "steps[0].name", "steps[0].tone", "window.until", "fees"):
        assert f"{place}: " in error["message"]
    assert ask("GET /reminders/policy")[0] == 404


def test_the_calendar_is_what_the_runs_then_send(owed: Stack, fake_clock: FakeClock) -> None:
    rule(late_fees=[FEE], interest={"annual_percent": 10})
    issue(50_00, "second", due_on=DUE + 2 * DAY)
    status, calendar = ask("GET /reminders/preview", days="40")
    run_days(fake_clock, fake_clock.at.date(), 40)
    sent = published_facts(owed)

    assert (status, calendar["is_complete"], calendar["held"]) == (200, True, [])
    assert [
        (one["on"], one["step"], one["amounts"], one["invoices"]) for one in calendar["reminders"]
    ] == [(one["occurred_at"][:10], one["step"], one["amounts"], shown(one)) for one in sent]


def test_the_calendar_says_what_is_held_back(owed: Stack) -> None:
    rule()
    pause = {"invoice_number": NUMBER, "until": str(DUE + 4 * DAY), "reason": "a call"}
    assert ask("POST /reminders/pause", pause)[0] == 200
    _, calendar = ask("GET /reminders/preview", days="30")

    assert [one["on"] for one in calendar["reminders"]] == ["2026-12-10", "2026-12-15"]
    [held] = calendar["held"]
    assert held == {"number": NUMBER, "customer_id": "customer-1", "reason": "paused"}


def test_a_calendar_without_a_policy_says_why_there_is_none(owed: Stack) -> None:
    status, error = ask("GET /reminders/preview")

    assert (status, error["message"][:9]) == (404, "no policy")


def test_a_policy_is_tried_on_how_invoices_stood_and_writes_nothing(
    owed: Stack, fake_clock: FakeClock
) -> None:
    fake_clock.at += timedelta(days=20)
    pay(NUMBER, 40_00, "p1", at=fake_clock.at)
    fake_clock.at += timedelta(days=5)
    before = owed.items()
    status, tried = ask("POST /reminders/policy/try", {"policy": {}, "days": 20})

    assert status == 200
    assert [(one["on"], one["amounts"][0]["amount_minor"]) for one in tried["reminders"]] == [
        ("2026-12-02", 100_00),
        ("2026-12-05", 100_00),
        ("2026-12-08", 100_00),
        ("2026-12-15", 60_00),
    ]
    assert owed.items() == before


def test_what_a_customer_was_sent_is_listed_with_their_pauses(
    owed: Stack, fake_clock: FakeClock
) -> None:
    rule()
    run(fake_clock, DUE)
    pause = {"customer_id": "customer-1", "until": str(DUE + DAY), "reason": "a call"}
    ask("POST /reminders/pause", pause)
    _, shown = ask("GET /reminders/customers/{customer_id}", customer_id="customer-1")

    [reminder] = shown["reminders"]
    assert (reminder["stage"], reminder["step"]) == ("published", "due")
    assert shown["pauses"]["paused_until"] == str(DUE + DAY)
    _, resumed = ask("POST /reminders/resume", {"customer_id": "customer-1"})
    assert resumed["paused_until"] is None
    acts = [json.loads(one.content) for one in audit_trail.items(fake_clock.at.date())]
    assert [one["operation"] for one in acts] == ["reminders.pause", "reminders.resume"]
    assert acts[0]["reason"] == "a call"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"until": "2026-12-05", "reason": "x"}, "name a customer, or an invoice_number"),
        ({"customer_id": "c", "until": "2020-01-01", "reason": "x"}, "until: must be a day from"),
        ({"customer_id": "c", "until": "2030-01-01", "reason": "x"}, "within two years"),
        ({"customer_id": "c", "until": "2026-12-05", "reason": " "}, "reason: say why"),
        ({"invoice_number": "2026-00000009", "until": "2026-12-05", "reason": "x"}, "no invoice"),
    ],
)
def test_a_pause_that_says_too_little_is_refused(
    owed: Stack, body: dict[str, Any], says: str
) -> None:
    status, error = ask("POST /reminders/pause", body)

    assert status in (400, 404)
    assert says in error["message"]


FEE = {"name": "second", "currency": "EUR", "after_days": 10, "fixed": "5.00 EUR"}


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_a_mistyped_customer_is_neither_paused_nor_resumed(owed: Stack, action: str) -> None:
    body = {"customer_id": "customer-7x"}
    if action == "pause":
        body |= {"until": str(DUE + DAY), "reason": "a call"}
    status, refused = ask(f"POST /reminders/{action}", body)

    assert (status, refused["code"]) == (404, "not_found")
    assert "nothing was invoiced to a customer customer-7x" in refused["message"]


def shown(fact: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a fact's invoices as the API shows them."""
    return [{"order_id": None} | one for one in fact["invoices"]]
