"""Ends that name their payment alone, as Adyen's do: of which dispute they are."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.track_order.app import lambda_handler as track_handler
from kassa.disputes import note_dispute
from kassa.disputes.dispute import Standing
from tests.support.aws_stack import Context, Stack
from tests.support.dispute_stage import ORDER, DisputeStage, disputing, payment_id
from tests.support.fake_clock import FakeClock
from tests.support.queue_batches import batch, failed


@pytest.fixture
def stage(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DisputeStage]:
    """Open a stage with a payment at Adyen."""
    with disputing("adyen", stack, fake_clock, monkeypatch) as made:
        made.stage.scene.pay(ORDER, 100_00)
        made.stage.deliver()
        yield made


def opened(stage: DisputeStage, amount_minor: int) -> str:
    """Open a dispute of an amount; return its id."""
    made = stage.fake.open_dispute(payment_id(stage), amount_minor)
    stage.dispute_id = str(made.get("dispute_id") or made["id"]).rpartition(":")[2]
    stage.deliver()
    return stage.dispute_id


def charge_back_again(stage: DisputeStage, dispute_id: str) -> None:
    """Let the bank take what was won a second time, two days later."""
    stage.stage.clock.at += timedelta(days=2)
    stage.fake.charge_back_again(dispute_id)
    stage.deliver()


def standings(stage: DisputeStage, *dispute_ids: str) -> list[str]:
    """Return how disputes stand."""
    found = []
    for stage.dispute_id in dispute_ids:
        found.append(stage.dispute().standing.value)
    return found


def test_what_was_won_and_is_taken_a_second_time_is_lost(stage: DisputeStage) -> None:
    dispute_id = opened(stage, 100_00)
    stage.close("won")
    assert stage.dispute().standing is Standing.WON

    charge_back_again(stage, dispute_id)

    assert stage.dispute().standing is Standing.LOST
    for name in ("DisputeWon", "DisputeLost"):  # and again, the older one last
        for envelope in [one for one in stage.published if one["detail-type"] == name]:
            assert failed(track_handler(batch(json.dumps(envelope)), Context())) == []
    assert stage.dispute().standing is Standing.LOST


def test_of_two_disputes_the_amount_says_which_was_won_and_which_taken_again(
    stage: DisputeStage,
) -> None:
    first, second = opened(stage, 30_00), opened(stage, 40_00)
    stage.dispute_id = first
    stage.close("won")
    assert standings(stage, first, second) == ["won", "open"]

    charge_back_again(stage, first)

    assert standings(stage, first, second) == ["lost", "open"]


def test_of_two_alike_nobody_guesses(stage: DisputeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = list[str]()
    monkeypatch.setattr(note_dispute.logger, "warning", lambda what, **_: noted.append(what))
    first, second = opened(stage, 30_00), opened(stage, 30_00)
    stage.dispute_id = first

    stage.close("won")

    assert standings(stage, first, second) == ["open", "open"]
    assert noted == ["dispute end not told apart"]
