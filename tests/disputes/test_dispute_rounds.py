"""A dispute that asks for another answer: a round of its own, and never by an old report."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.track_order.app import lambda_handler as track_handler
from infra.fake_gateways.paypal.objects import disputes as at_paypal
from kassa.disputes.dispute import AnswerState, Standing, Step
from tests.support.aws_stack import Context, Stack
from tests.support.dispute_stage import ORDER, DisputeStage, disputing, payment_id
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch, failed

BODY = {"statement": "We handed it over."}
AGAIN = {"statement": "We handed it over, and here is the proof."}
ASKS = {"stripe": {"status": "warning_needs_response"}, "paypal": {"stage": "INQUIRY"}}


@pytest.fixture(params=ASKS)
def stage(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[DisputeStage]:
    """Open a stage where a bank, or a buyer, asks a question that takes no money yet."""
    with disputing(request.param, stack, fake_clock, monkeypatch) as made:
        made.stage.scene.pay(ORDER, 100_00)
        made.stage.deliver()
        opened = made.fake.open_dispute(payment_id(made), **ASKS[request.param])
        made.dispute_id = str(opened.get("dispute_id") or opened["id"])
        made.deliver()
        yield made


def escalate(stage: DisputeStage) -> None:
    """Let the question become a chargeback, two days later."""
    stage.stage.clock.at += timedelta(days=2)
    of = {"stripe": "escalate_inquiry", "paypal": "escalate_dispute"}[stage.gateway]
    getattr(stage.fake, of)(stage.gateway_id())
    stage.deliver()


def deliver_again(stage: DisputeStage) -> None:
    """Let all that the books said of the dispute come once more, the last first."""
    opened = [one for one in stage.published if one["detail-type"] == "DisputeOpened"]
    for envelope in reversed(opened):
        assert failed(track_handler(batch(json.dumps(envelope)), Context())) == []


def days_pass(stage: DisputeStage, days: int) -> None:
    """Let days pass, with the clock's function run twice in each."""
    for _ in range(days * 2):
        stage.stage.clock.at += timedelta(hours=12)
        stage.watch()


def hours(stage: DisputeStage) -> list[Any]:
    """Return how many hours before the deadline staff was reminded."""
    return [one["data"]["hours"] for one in stage.facts("DisputeEvidenceDue")]


def test_a_question_that_was_answered_is_answered_again_as_a_chargeback(
    stage: DisputeStage,
) -> None:
    assert stage.act("answer", BODY)[1]["dispute"]["answer"] == "submitted"
    first = stage.dispute().evidence_due_by

    escalate(stage)

    again = stage.dispute()
    assert (again.standing, again.answer) == (Standing.OPEN, AnswerState.NONE)
    assert first is not None
    assert again.evidence_due_by is not None
    assert again.evidence_due_by > first
    assert {Step.ANSWERED, Step.REOPENED} <= {one.step for one in again.changes}
    deliver_again(stage)
    assert stage.dispute().changes == again.changes
    assert stage.act("answer", AGAIN)[1]["dispute"]["answer"] == "submitted"
    deliver_again(stage)
    assert stage.dispute().answer is AnswerState.SUBMITTED
    assert stage.act("answer", BODY)[0] == 409
    days_pass(stage, 12)
    assert len(stage.facts("DisputeAnswered")) == 2
    assert hours(stage) == []


def test_the_same_answer_in_the_next_round_is_submitted_as_well(stage: DisputeStage) -> None:
    stage.act("answer", BODY)
    escalate(stage)
    assert stage.act("answer", BODY)[1]["dispute"]["answer"] == "submitted"
    assert len([one for one in stage.dispute().changes if one.step is Step.ANSWERED]) == 2


@pytest.mark.parametrize("is_answered", [True, False])
def test_the_deadline_of_a_chargeback_is_announced_whatever_became_of_the_question(
    stage: DisputeStage, is_answered: bool
) -> None:
    if is_answered:
        stage.act("answer", BODY)
    else:
        days_pass(stage, 6)  # of Stripe's question staff was reminded
    before = hours(stage)

    escalate(stage)
    days_pass(stage, 12)

    assert hours(stage) == [*before, 72, 24]
    assert len(stage.facts("DisputeDeadlineMissed")) == 1


@pytest.mark.parametrize("stage", ["paypal"], indirect=True)
def test_paypal_that_asks_for_more_is_heard_within_a_day(stage: DisputeStage) -> None:
    escalate(stage)
    stage.act("answer", BODY)
    days_pass(stage, 3)
    assert stage.dispute().answer is AnswerState.SUBMITTED

    at_paypal.ask_again(stage.fake.account, stage.gateway_id())
    stage.deliver()
    days_pass(stage, 2)

    assert stage.dispute().answer is AnswerState.NONE
    assert stage.act("answer", AGAIN)[1]["dispute"]["answer"] == "submitted"
    days_pass(stage, 12)
    assert stage.dispute().answer is AnswerState.SUBMITTED
    assert stage.facts("DisputeDeadlineMissed") == []


def test_an_old_report_opens_nothing_that_has_ended(stage: DisputeStage) -> None:
    escalate(stage)
    stage.act("answer", BODY)
    stage.stage.clock.at += timedelta(days=1)
    stage.close("won")
    deliver_again(stage)
    assert stage.dispute().standing is Standing.WON
    assert stage.dispute().answer is AnswerState.SUBMITTED
