"""`kassa refunds`: the queue, the receipt and the verdicts, typed by people with their own keys."""

from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from typing import Any

import httpx
import pytest

from functions.approve_refund.app import lambda_handler as approve_handler
from functions.decide_refund.app import lambda_handler as decide_handler
from kassa.platform import aws
from kassa.refunds.decision.rejection import Question, RejectionReason
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.aws_stack import Context
from tests.support.console import Console, in_the_cloud
from tests.support.console import console as console
from tests.support.refund_stage import RefundStage, http_event
from tests.support.refund_stage import stage as stage

PEOPLE = {"Bearer kassa_anna": "anna", "Bearer kassa_bert": "bert", "Bearer kassa_shop": "shop"}


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the real handlers behind the API's address; each key is a person's."""
    monkeypatch.setenv("KASSA_API_KEY", "kassa_anna")

    def answer(method: str, url: str, **options: Any) -> httpx.Response:
        request = httpx.Request(method, url, json=options["json"], headers=options["headers"])
        person = PEOPLE.get(request.headers["authorization"])
        if person is None:
            return httpx.Response(403, json={"message": "Forbidden"}, request=request)
        path = request.url.path
        event = http_event(f"{method} {path}", request.content.decode(), person)
        handler: Any = approve_handler if path == "/refunds" else decide_handler
        with in_the_cloud(), redirect_stdout(StringIO()):  # its logs aren't the command's
            response = handler(event, Context())
        return httpx.Response(response["statusCode"], content=response["body"], request=request)

    monkeypatch.setattr(httpx, "request", answer)


def escalated(stage: RefundStage, amount_minor: int = 60_00, **more: Any) -> str:
    """Return the id of a request that the policy left to people."""
    case = stage.request_refund(stage.pay(), amount_minor, **more)
    assert case.lifecycle.state is RequestState.ESCALATED
    stage.drain()
    return case.request.refund_request_id


def printed(console: Console, *arguments: str) -> str:
    """Run a command that must succeed, and return what it said."""
    result = console.run("refunds", *arguments)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def case_of(stage: RefundStage, refund_request_id: str) -> RefundCase:
    aws.install({})
    return stage.requests.named(refund_request_id)


def test_the_queue_shows_the_most_urgent_first_with_what_brought_it_there(
    stage: RefundStage, console: Console
) -> None:
    first = escalated(stage)
    stage.clock.at += timedelta(hours=5)
    second = escalated(stage, 75_50, reason="not_received")
    stage.clock.at += timedelta(hours=1)

    lines = printed(console, "list").splitlines()

    rows = [line for line in lines if "rr_" in line]
    assert [first in rows[0], second in rows[1]] == [True, True]
    assert "in 42 h" in rows[0]
    assert "75.50 EUR" in rows[1]
    assert "not received" in rows[1]
    assert "no rule fits" in rows[1]
    found = console.json("refunds", "list", "--limit", "1")
    assert [case["request"]["refund_request_id"] for case in found] == [first]
    assert "more than these 1" in printed(console, "list", "--limit", "1")


def test_a_limit_in_code_is_named_beside_the_rule_that_it_stands_above(
    stage: RefundStage, console: Console
) -> None:
    stage.save_policy(rules=[{"id": "R9", "name": "All", "when": {}, "then": "approve"}])
    case = stage.request_refund(stage.pay(600_00), 600_00)

    shown = printed(console, "show", case.request.refund_request_id)

    assert "rule R9 (policy version 2), but above the limit of one refund" in shown
    assert "Due in 48 h. A person decides: above the limit of one refund." in shown


def test_what_is_overdue_says_for_how_long(stage: RefundStage, console: Console) -> None:
    escalated(stage)
    stage.clock.at += timedelta(hours=47)
    assert "in 60 min" in printed(console, "list")
    stage.clock.at += timedelta(hours=4)
    assert "3 h ago" in printed(console, "list")


def test_an_empty_queue_and_an_empty_day_say_so(stage: RefundStage, console: Console) -> None:
    assert printed(console, "list") == "No refund request waits for a person.\n"
    assert "No refunds were requested on 2020-01-01" in printed(
        console, "list", "--day", "2020-01-01"
    )
    assert console.json("refunds", "list") == []


def test_a_days_list_shows_how_everything_of_it_stands(
    stage: RefundStage, console: Console
) -> None:
    waiting = escalated(stage)
    approved = stage.request_refund(stage.pay(), 10_00).request.refund_request_id

    shown = printed(console, "list", "--day", "2026-11-21")

    rows = {line.split()[1]: line for line in shown.splitlines() if "rr_" in line}
    assert "a person decides" in rows[waiting]
    assert "rule R1" in rows[approved]
    assert "approved" in rows[approved]


def test_a_receipt_says_what_was_decided_by_what_and_what_would_have_flipped_it(
    stage: RefundStage, console: Console
) -> None:
    named = escalated(stage, comment="the lid is [bold]cracked[/bold]")

    shown = printed(console, "show", named)

    for text in (
        *("a person decides", "60.00 EUR", "order order-1", "in 48 h"),
        *("would have been approved up to 50.00 EUR", "policy version 1", "amount"),
        *("[bold]cracked[/bold]", "Lifecycle", "requested", "Not known: "),
    ):
        assert text in shown, text
    found = console.json("refunds", "show", named)
    assert set(found) == {"request", "lifecycle", "comment", "customer_steps"}


def test_what_a_person_does_is_confirmed_in_a_line(stage: RefundStage, console: Console) -> None:
    named = escalated(stage)

    assert "is yours until 2026-11-21 09:15:00 UTC" in printed(console, "claim", named)
    assert "with anna until 09:15" in printed(console, "list")
    line = console.refused("refunds", "approve", named, "--key", "kassa_bert")
    assert line.startswith("kassa: anna is looking at the request until")
    assert "left to others" in printed(console, "hand-back", named)
    approved = printed(console, "approve", named, "--amount", "40.00 EUR")
    assert "40.00 EUR is approved; it can be undone until 2026-11-21 09:05:00 UTC." in approved
    assert case_of(stage, named).lifecycle.approved_minor == 40_00
    assert "40.00 EUR of it was approved." in printed(console, "show", named)
    assert "It can be undone until" in printed(console, "show", named)
    assert "a person decides" in printed(console, "undo", named)
    assert case_of(stage, named).lifecycle.state is RequestState.ESCALATED
    assert "an approval was undone" in printed(console, "show", named)


def test_a_rejection_and_a_question_show_what_the_customer_is_sent(
    stage: RefundStage, console: Console
) -> None:
    named = escalated(stage)

    question = printed(console, "ask", named, "--question", "photo")
    assert "whom you write to; a person decides until 2026-11-23 09:00:00 UTC" in question
    assert "could you send us a photo" in " ".join(question.split())
    rejected = printed(console, "reject", named, "--reason", "no_fault_found")
    assert "is rejected for good" in rejected
    assert "To tell the customer (en); Kassa sends them nothing:" in rejected
    assert "is told" not in rejected
    assert "found no fault" in rejected


def test_the_first_of_two_is_answered_that_another_must(
    stage: RefundStage, console: Console
) -> None:
    stage.save_policy(rules=[], second_person_over=["50.00 EUR"])
    named = escalated(stage)

    assert "needs a second person" in printed(console, "approve", named)
    assert "1 of 2 approved 60.00 EUR: anna" in printed(console, "list")
    assert "is approved" in printed(console, "approve", named, "--key", "kassa_bert")
    assert "after anna" in printed(console, "show", named)


def test_a_refund_is_requested_and_its_receipt_comes_at_once(
    stage: RefundStage, console: Console
) -> None:
    payment_id = stage.pay()
    arguments = ("request", "--payment", payment_id, "--reason", "damaged", "--claim", "T-1")

    shown = printed(console, *arguments, "--amount", "40.00 EUR", "--comment", "broken")

    assert "approved" in shown
    assert "rule R1" in shown
    assert "“broken”" in shown
    again = console.json("refunds", *arguments, "--amount", "40.00 EUR")
    assert again["request"]["claim_id"] == "T-1"
    assert "asked for before" not in shown
    assert "It was asked for before" in printed(console, *arguments, "--amount", "40.00 EUR")
    other = console.refused("refunds", *arguments, "--amount", "41.00 EUR")
    assert "claim_id: the claim has request" in other


def test_who_asked_is_shown_by_name_to_whoever_has_a_key_alone(
    stage: RefundStage, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = console.json("persons", "create", "--name", "Front desk", "--role", "support")
    monkeypatch.setitem(PEOPLE, "Bearer kassa_anna", added["person_id"])
    arguments = ("request", "--payment", stage.pay(), "--reason", "goodwill")

    shown = printed(console, *arguments, "--amount", "60.00 EUR")

    assert "Front desk" in shown


def test_the_rest_of_an_order_is_requested_without_an_amount(
    stage: RefundStage, console: Console
) -> None:
    stage.pay()

    found = console.json("refunds", "request", "--order", "order-1", "--reason", "other")

    assert found["request"]["amount"] == {"amount_minor": 100_00, "currency": "EUR"}


@pytest.mark.parametrize("written", ["40.00", "40,00 EUR", "40.001 EUR", "EUR 40", "-1 EUR", "x"])
def test_an_amount_that_isnt_written_exactly_is_refused(
    stage: RefundStage, console: Console, written: str
) -> None:
    line = console.refused("refunds", "approve", "rr_1", f"--amount={written}")

    assert line.startswith("kassa: --amount: ")


def test_another_currency_is_refused(stage: RefundStage, console: Console) -> None:
    named = escalated(stage)

    line = console.refused("refunds", "approve", named, "--amount", "4000 JPY")

    assert "currency: the request is in EUR" in line


def test_without_a_key_one_line_says_how_to_make_one(
    stage: RefundStage, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KASSA_API_KEY")
    acts = [[act, "rr_1"] for act in ("claim", "approve", "hand-back", "undo")]
    acts += [["reject", "rr_1", "--reason", "too_late"], ["ask", "rr_1", "--question", "photo"]]
    acts += [["request", "--order", "order-1", "--reason", "other"]]

    for arguments in acts:
        assert "kassa keys create" in console.refused("refunds", *arguments)


def test_an_unknown_request_and_a_wrong_key_are_reported_in_one_line(
    stage: RefundStage, console: Console
) -> None:
    assert "no refund request rr_9" in console.refused("refunds", "show", "rr_9")
    assert "no refund request rr_9" in console.refused("refunds", "claim", "rr_9")
    assert "refused this key" in console.refused("refunds", "claim", "rr_9", "--key", "kassa_x")


def test_every_verdict_has_json(stage: RefundStage, console: Console) -> None:
    named = escalated(stage)
    verdicts = [["claim"], ["ask", "--question", Question.PARCEL], ["hand-back"], ["approve"]]
    verdicts += [["undo"], ["reject", "--reason", RejectionReason.NOT_ENTITLED]]

    for action, *more in verdicts:
        found = console.json("refunds", action, named, *more)
        assert set(found) == {"case", "customer_text"}


@pytest.mark.parametrize("arguments", [["reject", "rr_1"], ["ask", "rr_1", "--question", "why"]])
def test_arguments_that_a_command_doesnt_know_are_a_usage_error(
    stage: RefundStage, console: Console, arguments: list[str]
) -> None:
    assert console.run("refunds", *arguments).exit_code == 2
