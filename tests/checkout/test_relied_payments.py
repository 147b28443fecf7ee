"""A duplicate payment goes back only while what paid its order in its place is still there."""

from typing import Any

import pytest

from kassa.gateways.events import ObjectKind as K
from kassa.people.persons import Role
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.paying import steps
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.store import RefundRequests
from tests.support.duplicate_payments import RefundingGateway, approve, paid_twice
from tests.support.order_scene import OrderScene, object_report, payment, scene
from tests.support.staff import person

__all__ = ["scene"]

TAKEN = ("refunded", "charged back", "disputed")


@pytest.fixture
def gateway(scene: OrderScene) -> RefundingGateway:
    scene.gateways["south"] = made = RefundingGateway("south")
    return made


def take(scene: OrderScene, how: str) -> None:
    """Let money of the payment that paid the order go, or be questioned."""
    at = scene.clock.at
    if how == "refunded":
        reports = [object_report("re_pay_1", K.REFUND, "succeeded", at, 30_00)]
    else:
        reports = [object_report("dp", K.DISPUTE, "open", at, 100_00)]
    if how == "charged back":
        funds = object_report("dp/w", K.DISPUTE_FUNDS, "withdrawn", at, 100_00)
        reports.append(funds.model_copy(update={"belongs_to": "dp"}))
    scene.report("north", "pay_1", *reports)


def go_on(scene: OrderScene, named: str) -> RefundCase:
    pay_refund(named, RefundRequests(), scene.time_left())
    return RefundRequests().named(named)


def approve_by_person(scene: OrderScene, named: str) -> None:
    """Let a person approve it, until nobody can undo that any more."""
    assert person(Role.APPROVER).approve(RefundRequests().named(named)) == "approved"
    scene.pass_by(hours=1)


def held(named: str) -> int:
    state = RefundRequests().payment(payment("south", "pay_2"))
    return state.reservations.get(named, 0)


def test_what_paid_the_order_is_there_and_the_duplicate_goes_back(
    scene: OrderScene, gateway: RefundingGateway
) -> None:
    approve(scene)
    named = paid_twice(scene)

    assert go_on(scene, named).lifecycle.state is RequestState.ACCEPTED
    assert gateway.refunded == [named]


@pytest.mark.parametrize("how", TAKEN)
def test_an_approved_duplicate_stays_once_what_paid_its_order_goes(
    scene: OrderScene, gateway: RefundingGateway, how: str
) -> None:
    approve(scene)
    named = paid_twice(scene)
    take(scene, how)
    for _ in range(2):
        lifecycle = go_on(scene, named).lifecycle

    assert (lifecycle.state, lifecycle.changes[-1].why) == (
        RequestState.ESCALATED,
        Why.NOT_COVERED,
    )
    assert (gateway.refunded, held(named)) == ([], 0)


@pytest.mark.parametrize("how", TAKEN)
def test_a_person_who_was_shown_that_decides(
    scene: OrderScene, gateway: RefundingGateway, how: str
) -> None:
    approve(scene)
    named = paid_twice(scene)
    take(scene, how)
    go_on(scene, named)
    approve_by_person(scene, named)

    assert go_on(scene, named).lifecycle.state is RequestState.ACCEPTED
    assert len(gateway.refunded) == 1


def test_a_person_who_approved_before_it_went_is_asked_again(
    scene: OrderScene, gateway: RefundingGateway
) -> None:
    named = paid_twice(scene)  # without a policy a person decides
    approve_by_person(scene, named)
    take(scene, "charged back")

    lifecycle = go_on(scene, named).lifecycle

    assert (lifecycle.state, lifecycle.changes[-1].why) == (
        RequestState.ESCALATED,
        Why.NOT_COVERED,
    )
    assert gateway.refunded == []


def test_nobody_deciding_in_time_never_gives_it_back(
    scene: OrderScene, gateway: RefundingGateway
) -> None:
    approve(scene, on_expiry="approve")
    named = paid_twice(scene)
    take(scene, "charged back")
    go_on(scene, named)
    scene.pass_by(days=30)

    assert go_on(scene, named).lifecycle.state is RequestState.ESCALATED
    assert gateway.refunded == []


def test_what_goes_between_the_look_and_the_note_is_seen(
    scene: OrderScene, gateway: RefundingGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(scene)
    named = paid_twice(scene)
    submit: Any = steps.submit_refund

    def late(*arguments: Any) -> Any:
        monkeypatch.setattr(steps, "submit_refund", submit)
        take(scene, "charged back")
        return submit(*arguments)

    monkeypatch.setattr(steps, "submit_refund", late)

    assert go_on(scene, named).lifecycle.state is RequestState.ESCALATED
    assert gateway.refunded == []


def test_a_submission_without_an_answer_is_not_repeated_once_it_went(
    scene: OrderScene, gateway: RefundingGateway
) -> None:
    approve(scene)
    named = paid_twice(scene)
    gateway.is_out = True
    assert go_on(scene, named).lifecycle.state is RequestState.SUBMITTED
    gateway.is_out = False
    take(scene, "charged back")
    scene.pass_by(hours=1)
    lifecycle = go_on(scene, named).lifecycle

    assert (lifecycle.state, lifecycle.is_over) == (RequestState.ESCALATED, False)
    assert (gateway.refunded, held(named)) == ([], 100_00)  # it may be with the gateway
