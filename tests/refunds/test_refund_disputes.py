"""What a bank has paid back isn't paid again without a person, in whichever way it did."""

from typing import Any

import pytest

from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.policy.model import Outcome
from tests.support.refund_scene import APPROVING, RefundScene
from tests.support.refund_scene import scene as scene


def disputed(scene: RefundScene, payment_id: str, amount_minor: int, status: str) -> None:
    """Open a dispute at the gateway and let the bank decide it."""
    dispute = scene.fake.open_dispute(scene.charge_of(payment_id), amount_minor)
    scene.fake.close_dispute(dispute["id"], status)
    scene.deliver()


def test_a_refund_after_a_lost_dispute_goes_to_a_person_without_any_rule(
    scene: RefundScene,
) -> None:
    payment_id = scene.pay()
    disputed(scene, payment_id, 40_00, "lost")
    case = scene.request_refund(payment_id, 40_00)

    assert case.lifecycle.state is RequestState.ESCALATED
    receipt = case.request.receipt
    assert (receipt.why, receipt.rule_id) == ("lost_dispute", "R1")
    assert (receipt.inputs.lost_dispute, receipt.inputs.disputed_percent) == (True, 40)


def test_a_dispute_that_was_won_and_came_back_in_full_stands_against_nothing(
    scene: RefundScene,
) -> None:
    payment_id = scene.pay()
    disputed(scene, payment_id, 40_00, "won")
    case = scene.request_refund(payment_id, 40_00)

    assert case.request.receipt.decision is Outcome.APPROVE
    assert case.request.receipt.inputs.lost_dispute is False


@pytest.mark.parametrize(
    ("then", "why", "state"),
    [
        ("approve", "policy", RequestState.APPROVED),
        ("reject", "policy", RequestState.REJECTED),
    ],
)
def test_a_rule_that_names_lost_disputes_decides_itself(
    scene: RefundScene, then: str, why: str, state: RequestState
) -> None:
    rule = {"id": "R0", "name": "Lost", "when": {"lost_dispute": "yes"}, "then": then}
    scene.save_policy(rules=[rule, *APPROVING])
    payment_id = scene.pay()
    disputed(scene, payment_id, 40_00, "lost")
    case = scene.request_refund(payment_id, 40_00)

    assert (case.lifecycle.state, case.request.receipt.why) == (state, why)


def test_a_rule_may_look_at_how_much_disputes_took(scene: RefundScene) -> None:
    when: Any = {"disputed_percent": {"up_to": 50}, "lost_dispute": "yes"}
    rule = {"id": "R0", "name": "Half", "when": when, "then": "approve"}
    scene.save_policy(rules=[rule, *APPROVING])
    half, more = scene.pay(), scene.pay()
    disputed(scene, half, 50_00, "lost")
    disputed(scene, more, 50_01, "lost")

    assert scene.request_refund(half, 10_00).lifecycle.state is RequestState.APPROVED
    assert scene.request_refund(more, 10_00).lifecycle.state is RequestState.ESCALATED


def test_a_dispute_lost_between_approval_and_payment_stops_the_payment(
    scene: RefundScene,
) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 40_00)
    disputed(scene, payment_id, 40_00, "lost")
    scene.work()

    lifecycle = scene.lifecycle(case)
    assert (lifecycle.state, lifecycle.changes[-1].why) == (
        RequestState.ESCALATED,
        Why.LOST_DISPUTE,
    )
    assert scene.refunds() == []


def test_nobody_deciding_in_time_never_pays_beside_a_lost_dispute(scene: RefundScene) -> None:
    scene.save_policy(on_expiry="approve", decide_within_hours=2, remind_after_hours=1)
    payment_id = scene.pay()
    disputed(scene, payment_id, 40_00, "lost")
    case = scene.request_refund(payment_id, 40_00)
    scene.pass_by(hours=2)
    scene.pass_by(hours=25)

    assert scene.lifecycle(case).state is RequestState.ESCALATED
    assert scene.refunds() == []
