"""A dispute that somebody answers in the gateway's own portal: nobody is warned of it."""

import json
from datetime import timedelta

import pytest

from infra.fake_gateways.klarna import disputes as at_klarna
from infra.fake_gateways.paypal.objects import disputes as at_paypal
from infra.fake_gateways.stripe.objects import disputes as at_stripe
from kassa.disputes.dispute import AnswerState, Standing, Step
from tests.support.dispute_stage import DisputeStage
from tests.support.dispute_stage import stage as stage

showing = pytest.mark.parametrize("stage", ["stripe", "paypal", "klarna"], indirect=True)


def answer_there(stage: DisputeStage) -> None:
    """Let somebody answer in the gateway's portal."""
    account, named = stage.fake.account, stage.gateway_id()
    if stage.gateway == "stripe":
        given = {"evidence": {"uncategorized_text": "by hand"}, "submit": "true"}
        at_stripe.update(account, named, given)
    elif stage.gateway == "paypal":
        evidences = [{"evidence_type": "OTHER", "notes": "by hand"}]
        at_paypal.answer(account, named, {"input": json.dumps({"evidences": evidences})})
    elif stage.gateway == "klarna":
        account.disputes[named]["attachments"] = ["x"]
        files = [{"payment_dispute_attachment_id": "x"}]
        at_klarna.represent(account, named, {"attachments": files})
    else:
        account.disputes[named]["is_defended"] = True
    stage.deliver()


def weeks_pass(stage: DisputeStage, *, is_silent: bool = False) -> None:
    """Let the deadline pass, with the clock's function run once a day."""
    for _ in range(26):
        stage.stage.clock.at += timedelta(days=1)
        if is_silent:
            stage.silence()
        stage.watch()
        stage.lose_nothing()


def warnings(stage: DisputeStage) -> int:
    """Return how many facts warned of the deadline, or said that it was missed."""
    return len(stage.facts("DisputeEvidenceDue") + stage.facts("DisputeDeadlineMissed"))


@showing
def test_nobody_is_warned_of_what_was_answered_in_the_portal(stage: DisputeStage) -> None:
    answer_there(stage)

    weeks_pass(stage)

    assert warnings(stage) == 0
    assert stage.dispute().answer is AnswerState.SUBMITTED
    assert stage.dispute().last(Step.ELSEWHERE) is not None
    assert stage.facts("DisputeAnswered") == []


@showing
@pytest.mark.parametrize("action", ["answer", "accept"])
def test_what_was_answered_in_the_portal_is_neither_answered_nor_given_up(
    stage: DisputeStage, action: str
) -> None:
    stage.add_file()
    answer_there(stage)

    first, again = (stage.act(action) for _ in range(2))

    assert (first[0], again[0]) == (409, 409)
    assert "has evidence of it already" in first[1]["message"]
    assert "at the gateway itself" in again[1]["message"]
    assert stage.dispute().standing is Standing.OPEN
    assert stage.dispute().answer is AnswerState.SUBMITTED
    assert stage.fake.truth()  # and the gateway decides
    stage.close("won")
    assert stage.dispute().standing is Standing.WON


@showing
def test_a_gateway_that_is_silent_keeps_nobody_from_being_warned(stage: DisputeStage) -> None:
    answer_there(stage)
    weeks_pass(stage, is_silent=True)
    assert warnings(stage) == 3


@pytest.mark.parametrize("stage", ["adyen"], indirect=True)
def test_where_a_gateway_cant_say_staff_is_warned(stage: DisputeStage) -> None:
    answer_there(stage)
    weeks_pass(stage)
    assert warnings(stage) == 3


@pytest.mark.parametrize("stage", ["stripe"], indirect=True)
def test_a_deadline_that_was_extended_is_warned_of_by_its_new_date(stage: DisputeStage) -> None:
    details = stage.fake.account.find("dispute", stage.gateway_id())["evidence_details"]
    details["due_by"] += 7 * 86_400
    stage.stage.clock.at += timedelta(days=6)
    stage.watch()
    assert warnings(stage) == 0
    weeks_pass(stage)
    assert [one["data"]["hours"] for one in stage.facts("DisputeEvidenceDue")] == [72, 24]


@showing
def test_what_was_decided_before_its_deadline_is_warned_of_no_more(stage: DisputeStage) -> None:
    stage.fake.close_dispute(stage.gateway_id(), "lost")  # and no report of it comes
    weeks_pass(stage)
    assert warnings(stage) == 0
