"""An order is paid by its duplicate payment where that isn't given back after all and nothing else
pays: what was approved before the first payment was charged back isn't submitted.
"""

import json

import pytest

from functions.track_order.app import lambda_handler as track_order
from kassa.people.persons import Role
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Why
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context
from tests.support.duplicate_payments import RefundingGateway, paid_twice, take_back
from tests.support.order_scene import OrderScene, scene
from tests.support.queue_batches import batch
from tests.support.staff import Worker, person

__all__ = ["scene"]


@pytest.fixture
def approver(scene: OrderScene) -> Worker:
    scene.gateways["south"] = RefundingGateway("south")
    return person(Role.APPROVER)


def go_on(scene: OrderScene, named: str) -> RefundLifecycle:
    """Let the request go on, and its order hear of each fact twice."""
    before = len(scene.bus.facts)
    pay_refund(named, RefundRequests(), scene.time_left())
    facts = [json.dumps({"detail": fact}) for kind, fact in scene.bus.facts[before:] if hears(kind)]
    for _ in range(2):
        assert track_order(batch(*facts), Context()) == {"batchItemFailures": []}
    return RefundRequests().named(named).lifecycle


def hears(kind: str) -> bool:
    return kind in ("RefundEscalated", "RefundRejected", "RefundResolved")


def decide(worker: Worker, named: str, action: str, **fields: object) -> None:
    status, answer = worker.decide(RefundRequests().named(named), action, **fields)
    assert status == 200, answer


def standing(scene: OrderScene) -> tuple[str, list[str], list[str]]:
    """Return how the order stands, what pays it and what is second."""
    lifecycle = scene.lifecycle()
    seconds = [one.payment_id for one in lifecycle.duplicate_payments]
    return lifecycle.status, [one.payment_id for one in lifecycle.payers], seconds


def test_what_was_approved_to_go_back_pays_once_it_is_held(
    scene: OrderScene, approver: Worker
) -> None:
    named = paid_twice(scene)
    decide(approver, named, "approve")
    scene.track(*take_back(scene, "pay_1"))
    assert standing(scene) == ("failed", [], ["pay_2"])

    lifecycle = go_on(scene, named)

    assert standing(scene) == ("paid", ["pay_2"], [])
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.REJECTED, Why.PAYS)
    assert scene.lifecycle().reopened_at is None


def test_what_was_approved_to_go_back_pays_once_the_approval_is_undone(
    scene: OrderScene, approver: Worker
) -> None:
    named = paid_twice(scene)
    decide(approver, named, "approve")
    first = take_back(scene, "pay_1")
    scene.clock.at = RefundRequests().named(named).lifecycle.changes[-1].at
    scene.track(*first)
    decide(approver, named, "undo")

    lifecycle = go_on(scene, named)

    assert standing(scene) == ("paid", ["pay_2"], [])
    assert lifecycle.changes[-1].why == Why.PAYS


def test_a_rejected_duplicate_stays_second_while_another_pays(
    scene: OrderScene, approver: Worker
) -> None:
    named = paid_twice(scene)
    decide(approver, named, "reject", reason="too_late")

    go_on(scene, named)

    assert standing(scene) == ("paid", ["pay_1"], ["pay_2"])


def test_what_may_be_with_its_gateway_pays_once_people_know_that_it_isnt(
    scene: OrderScene, approver: Worker
) -> None:
    named = paid_twice(scene)
    decide(approver, named, "approve")
    scene.pass_by(hours=1)
    scene.gateways["south"].is_out = True
    assert go_on(scene, named).state is RequestState.SUBMITTED
    scene.track(*take_back(scene, "pay_1"))
    assert go_on(scene, named).state is RequestState.ESCALATED
    assert standing(scene) == ("failed", [], ["pay_2"])

    approver.take_another_key()
    decide(approver, named, "resolve", outcome="not_paid", note="asked them")
    lifecycle = go_on(scene, named)

    assert standing(scene) == ("paid", ["pay_2"], [])
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.REJECTED, Why.PAYS)
