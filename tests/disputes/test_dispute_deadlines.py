"""Deadlines of disputes: staff hear of them in time, once each, and of one that was missed."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.fake_gateways.kit.faults import Kind
from kassa.core.money import Money
from kassa.disputes.dispute import AnswerState, Dispute, Standing, changed, next_check_at
from kassa.platform.messaging import event_bus
from tests.support.dispute_stage import DisputeStage
from tests.support.dispute_stage import stage as stage


def until(stage: DisputeStage, before: timedelta) -> None:
    """Let time pass until so long before the deadline, with the clock's function run often."""
    due_by = stage.dispute().evidence_due_by
    assert due_by is not None
    stage.stage.clock.at = due_by - before
    for _ in range(3):
        stage.watch()
        stage.stage.clock.at += timedelta(minutes=5)


def test_a_deadline_is_announced_twice_and_one_that_was_missed_once(stage: DisputeStage) -> None:
    until(stage, timedelta(hours=80))
    assert stage.facts("DisputeEvidenceDue") == []
    until(stage, timedelta(hours=71))
    until(stage, timedelta(hours=23))
    until(stage, timedelta(0))
    until(stage, -timedelta(hours=30))

    assert [one["data"]["hours"] for one in stage.facts("DisputeEvidenceDue")] == [72, 24]
    [missed] = stage.facts("DisputeDeadlineMissed")
    assert missed["data"]["dispute_id"] == stage.dispute_id


def test_nobody_is_reminded_of_a_dispute_that_is_answered(stage: DisputeStage) -> None:
    stage.add_file()
    assert stage.act("answer")[0] == 200
    stage.stage.clock.at += timedelta(days=60)
    stage.watch()

    assert stage.facts("DisputeEvidenceDue") == []
    assert stage.facts("DisputeDeadlineMissed") == []


def test_a_late_watch_announces_the_nearest_hours_alone(stage: DisputeStage) -> None:
    until(stage, timedelta(hours=10))

    assert [one["data"]["hours"] for one in stage.facts("DisputeEvidenceDue")] == [24]


def test_what_the_bus_didnt_take_is_published_by_the_next_run(
    stage: DisputeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.add_file()

    def refuse(facts: object) -> None:
        raise RuntimeError("crashed")

    with monkeypatch.context() as patch:
        patch.setattr(event_bus, "publish", refuse)
        assert stage.act("answer")[0] == 500
    assert stage.dispute().answer is AnswerState.SUBMITTED

    stage.watch()

    assert len(stage.facts("DisputeAnswered")) == 1


def test_what_stays_unknown_is_asked_for_less_and_less(stage: DisputeStage) -> None:
    stage.add_file()
    stage.lose(Kind.LOST_RESPONSE)
    stage.act("answer")
    stage.lose_nothing()
    for _ in range(4):
        stage.silence()
        stage.stage.clock.at += timedelta(minutes=30)
        stage.watch()
        stage.lose_nothing()

    assert stage.dispute().answer is AnswerState.UNKNOWN
    assert stage.submissions() == 1


@pytest.mark.parametrize("gateway", ["standard", "adyen"])
def test_a_deadline_that_no_gateway_says_is_asked_for_a_few_times_and_no_more(
    gateway: str,
) -> None:
    asked, now = 0, datetime(2026, 11, 21, 9, tzinfo=UTC)
    dispute = Dispute(
        merchant_id="main",
        gateway=gateway,
        account="main",
        payment_id="pi_1",
        dispute_id="dp_1",
        amount=Money(amount_minor=100, currency="EUR"),
        opened_at=now,
        standing=Standing.OPEN,
    )
    while (due := next_check_at(dispute, now)) is not None:
        asked, now = asked + 1, due
        dispute = changed(dispute, None, tries=dispute.tries + 1)

    assert asked == (0 if gateway == "standard" else 4)
