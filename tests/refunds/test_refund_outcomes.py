"""How refunds end: paid is what was approved, and what nobody knows is ended by a person."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.decide_refund.app import lambda_handler as decide_handler
from kassa.core.errors import GatewayRefused, OverHeadroom
from kassa.gateways import dispatch as calls
from kassa.gateways import registry
from kassa.ledger import store as books
from kassa.ledger.compaction import close
from kassa.platform.telemetry import metrics
from kassa.refunds.check_gateway_refunds import gateway_answer, seen_now
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Step, Why
from kassa.refunds.lifecycle.outcomes import GatewayAnswer, GatewayRefundStatus
from kassa.refunds.lifecycle.timeline import customer_steps
from kassa.refunds.paying.watch_refunds import enqueue_due_refunds
from tests.support.aws_stack import Context
from tests.support.refund_scene import RefundScene
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import (
    NOTE,
    metrics_in,
    outcome_unknown,
    resolve,
    silence,
    speak_again,
)
from tests.support.refund_stage import answered, http_event

APPROVED = 60_00


def reject(scene: RefundScene, case: RefundCase) -> None:
    route = "POST /refunds/{refund_request_id}/{action}"
    named = {"refund_request_id": case.request.refund_request_id, "action": "reject"}
    body = {"reason": "not_entitled"}
    status, answer = answered(decide_handler(http_event(route, body, "bert", **named), Context()))
    assert status == 200, answer


def held(scene: RefundScene, case: RefundCase) -> dict[str, int]:
    return scene.requests.payment(case.request.payment).reservations


def alter(scene: RefundScene, **changes: Any) -> None:
    """Let the gateway have made something else of the refund, and report that."""
    for event in scene.events:
        if event["type"].startswith("refund.") or event["type"] == "charge.refund.updated":
            event["data"]["object"].update(changes)


# Paid is not approved.


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"amount": 60}, "60 EUR"),
        ({"amount": 60_01}, "6001 EUR"),
        ({"currency": "usd"}, "6000 USD"),
    ],
)
def test_another_amount_or_currency_is_a_discrepancy_and_never_paid(
    scene: RefundScene, changes: dict[str, Any], left: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    scene.work()
    alter(scene, **changes)
    metrics.clear_metrics()
    scene.deliver()
    scene.work()
    scene.pass_by(hours=30)

    lifecycle = scene.lifecycle(case)
    assert lifecycle.state is RequestState.DISCREPANCY
    assert lifecycle.changes[-1].step is Step.DISCREPANCY
    assert (lifecycle.changes[-1].why, lifecycle.changes[-1].amount_minor) == (left, APPROVED)
    assert "RefundDiscrepancyFound" in scene.names()
    assert (lifecycle.next_check_at, lifecycle.refund_id) == (None, scene.refunds()[0]["id"])
    metrics.flush_metrics()
    assert (
        sum(sum(one["RefundDiscrepancy"]) for one in metrics_in(capsys, "RefundDiscrepancy")) == 1
    )
    assert customer_steps(scene.requests.named(case.request.refund_request_id))[-1].step == (
        "in_review"
    )


def test_what_was_approved_and_no_more_is_paid(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    scene.work()
    scene.deliver()
    scene.work()

    assert scene.lifecycle(case).state is RequestState.PAID


# Unknown outcomes end.


def test_a_refund_that_the_gateway_never_had_is_resolved_as_not_paid(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    assert held(scene, case) == {case.request.refund_request_id: APPROVED}
    status, body = resolve(scene, case, "not_paid")

    assert (status, body["gateway_status"]["answer"]) == (200, "none")
    lifecycle = scene.lifecycle(case)
    assert (lifecycle.state, lifecycle.is_over, held(scene, case)) == (
        RequestState.ESCALATED,
        True,
        {},
    )
    last = lifecycle.changes[-1]
    assert (last.step, last.by, last.why, last.note) == (Step.RESOLVED, "anna", "not_paid", NOTE)
    scene.work()
    assert "RefundResolved" in scene.names()
    assert NOTE not in json.dumps(scene.bus.facts)


def test_resolved_as_not_paid_it_may_be_approved_anew_under_another_name(
    scene: RefundScene,
) -> None:
    case = outcome_unknown(scene)
    resolve(scene, case, "not_paid")
    route = "POST /refunds/{refund_request_id}/{action}"
    named = {"refund_request_id": case.request.refund_request_id, "action": "approve"}
    answered(decide_handler(http_event(route, {}, "bert", **named), Context()))
    scene.pass_by(minutes=6)
    scene.deliver()
    scene.work()

    (made,) = scene.refunds()
    assert made["metadata"]["refund_request_id"] == f"{case.request.refund_request_id}.2"
    assert scene.lifecycle(case).state is RequestState.PAID


def test_a_reservation_of_what_was_rejected_while_unknown_is_released(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    reject(scene, case)
    status, _ = resolve(scene, case, "not_paid")

    assert status == 200
    assert (scene.lifecycle(case).state, held(scene, case)) == (RequestState.REJECTED, {})
    assert resolve(scene, case, "not_paid")[0] == 200  # said again it is done already
    assert resolve(scene, case, "not_paid", "carl")[0] == 409


def test_what_the_gateway_has_is_never_resolved_as_not_paid(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    silence(scene, acts=True)
    scene.work()
    speak_again(scene)
    scene.clock.at += timedelta(hours=2)
    status, body = resolve(scene, case, "not_paid")

    assert (status, held(scene, case)) == (409, {case.request.refund_request_id: APPROVED})
    assert (
        body["message"] == "it isn't not_paid: the gateway says paid, 60.00 EUR (6000 minor units)"
    )
    status, body = resolve(scene, case, "paid")
    assert (status, body["gateway_status"]["answer"]) == (200, "paid")
    lifecycle = scene.lifecycle(case)
    assert (lifecycle.state, lifecycle.refund_id) == (RequestState.PAID, scene.refunds()[0]["id"])


def test_what_the_gateway_never_had_is_never_resolved_as_paid(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    status, body = resolve(scene, case, "paid")

    assert (status, body["message"]) == (409, "it isn't paid: the gateway says none")
    assert scene.lifecycle(case).state is RequestState.ESCALATED


def test_a_silent_gateway_is_waited_for(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    silence(scene)

    for outcome in ("paid", "not_paid"):
        status, body = resolve(scene, case, outcome)
        assert status == 409
        assert body["message"].startswith("the gateway doesn't answer now")
    assert held(scene, case)


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gateway be one that can't be asked what became of a refund."""
    able = registry.gateway("stripe")
    can = able.can - {registry.Ability.FIND_REFUND, registry.Ability.LOOK_UP}
    known = dict(registry.GATEWAYS) | {"stripe": able._replace(can=can)}
    monkeypatch.setattr(registry, "GATEWAYS", known)


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize(
    ("outcome", "state"), [("paid", RequestState.PAID), ("not_paid", RequestState.ESCALATED)]
)
def test_where_the_gateway_cannot_be_looked_up_a_person_knows(
    scene: RefundScene, outcome: str, state: RequestState
) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    silence(scene)
    scene.work()
    for _ in range(12):
        scene.pass_by(hours=4)
    assert Why.UNKNOWN in [change.why for change in scene.lifecycle(case).changes]
    scene.clock.at += timedelta(hours=2)
    status, body = resolve(scene, case, outcome)

    assert (status, body["gateway_status"]["answer"]) == (200, "unknown")
    assert scene.lifecycle(case).state is state
    assert held(scene, case) == (
        {case.request.refund_request_id: APPROVED} if outcome == "paid" else {}
    )


def test_not_paid_waits_until_no_call_can_be_under_way(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    silence(scene)
    scene.work()
    speak_again(scene)
    scene.clock.at += timedelta(minutes=59)

    assert resolve(scene, case, "not_paid")[0] == 409
    scene.clock.at += timedelta(minutes=1)
    assert resolve(scene, case, "not_paid")[0] == 200


def test_nobody_resolves_what_they_requested(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    assert resolve(scene, case, "not_paid", who="shop")[0] == 409


def test_above_the_limit_of_one_person_two_must_resolve_alike(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    scene.save_policy(second_person_over=["50.00 EUR"])

    assert resolve(scene, case, "not_paid", "anna")[0] == 200
    assert resolve(scene, case, "not_paid", "anna")[0] == 200
    lifecycle = scene.lifecycle(case)
    assert (lifecycle.resolution, lifecycle.resolved_by, lifecycle.is_over) == (
        "not_paid",
        "anna",
        False,
    )
    assert held(scene, case)
    assert resolve(scene, case, "not_paid", "bert")[0] == 200
    lifecycle = scene.lifecycle(case)
    assert (lifecycle.is_over, lifecycle.changes[-1].by, held(scene, case)) == (True, "bert", {})
    assert lifecycle.changes[-1].note == f"{NOTE} (with anna)"


def test_only_what_is_unknown_is_resolved(scene: RefundScene) -> None:
    escalated = scene.request_refund(scene.pay(), 90_00)
    assert resolve(scene, escalated, "paid")[0] == 409
    paid = scene.request_refund(scene.pay(), APPROVED)
    scene.work()
    scene.deliver()
    scene.work()
    assert resolve(scene, paid, "not_paid")[0] == 409


@pytest.mark.parametrize("missing", ["outcome", "note"])
def test_an_outcome_and_how_one_knows_are_required(scene: RefundScene, missing: str) -> None:
    case = outcome_unknown(scene)
    outcome = None if missing == "outcome" else "not_paid"
    changes = {"note": None} if missing == "note" else {}
    status, body = resolve(scene, case, outcome, **changes)

    assert status == 400
    assert body["message"].startswith(missing)


# A gateway that tells of no refunds, whichever it is.


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gateway report no refunds by webhook."""
    known = registry.gateway("stripe")._replace(notifies_refunds=False)
    monkeypatch.setattr(registry, "GATEWAYS", dict(registry.GATEWAYS) | {"stripe": known})


def by_hand(scene: RefundScene, payment_id: str, amount_minor: int) -> None:
    """Refund at the gateway by hand, and lose what it reports of it."""
    scene.client.v1.refunds.create({"payment_intent": payment_id, "amount": amount_minor})
    scene.events.clear()


@pytest.mark.usefixtures("untold")
def test_what_was_refunded_by_hand_counts_before_anything_is_decided(scene: RefundScene) -> None:
    payment_id = scene.pay()
    by_hand(scene, payment_id, 60_00)

    with pytest.raises(OverHeadroom) as over:
        scene.request_refund(payment_id, 50_00)
    assert over.value.left_minor == 40_00
    assert scene.request_refund(payment_id).request.amount.amount_minor == 40_00


def test_a_gateway_that_reports_is_not_looked_up(scene: RefundScene) -> None:
    payment_id = scene.pay()
    silence(scene)

    assert scene.request_refund(payment_id, APPROVED).lifecycle.state is RequestState.APPROVED


@pytest.mark.usefixtures("untold")
def test_while_it_is_silent_nothing_is_approved_by_policy_people_or_time(
    scene: RefundScene,
) -> None:
    scene.save_policy(on_expiry="approve", decide_within_hours=2, remind_after_hours=1)
    payment_id = scene.pay()
    silence(scene)
    case = scene.request_refund(payment_id, APPROVED)
    assert (case.lifecycle.state, case.request.receipt.why) == (
        RequestState.ESCALATED,
        "gateway_silent",
    )
    route = "POST /refunds/{refund_request_id}/{action}"
    named = {"refund_request_id": case.request.refund_request_id, "action": "approve"}
    status, body = answered(decide_handler(http_event(route, {}, "bert", **named), Context()))
    assert status == 409
    assert body["message"].startswith("the gateway doesn't say now what it refunded")
    scene.pass_by(hours=3)
    assert scene.lifecycle(case).state is RequestState.ESCALATED

    speak_again(scene)
    assert answered(decide_handler(http_event(route, {}, "bert", **named), Context()))[0] == 200
    assert held(scene, case) == {case.request.refund_request_id: APPROVED}


@pytest.mark.usefixtures("untold")
def test_an_approval_by_time_counts_what_was_refunded_by_hand(scene: RefundScene) -> None:
    scene.save_policy(rules=[], on_expiry="approve", decide_within_hours=2, remind_after_hours=1)
    payment_id = scene.pay()
    short, fits = scene.request_refund(payment_id, 50_00), scene.request_refund(payment_id, 30_00)
    by_hand(scene, payment_id, 60_00)
    scene.pass_by(hours=3)

    assert scene.lifecycle(short).state is RequestState.ESCALATED
    assert scene.lifecycle(fits).state is not RequestState.ESCALATED


def test_what_nobody_knows_of_is_counted_daily_while_only_a_person_can_end_it(
    scene: RefundScene, capsys: pytest.CaptureFixture[str]
) -> None:
    case = outcome_unknown(scene)
    reject(scene, case)
    metrics.clear_metrics()
    scene.clock.at += timedelta(days=2)
    enqueue_due_refunds(lambda: 60.0)
    metrics.flush_metrics()

    assert sum(sum(one["RefundUnresolved"]) for one in metrics_in(capsys, "RefundUnresolved")) == 1


@pytest.mark.usefixtures("untold")
def test_what_was_settled_long_ago_is_counted_once_when_it_is_looked_up(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "close", lambda state: close(state, open_max=3))
    payment_id = scene.pay()
    for _ in range(4):
        scene.client.v1.refunds.create({"payment_intent": payment_id, "amount": 10_00})
        scene.deliver()
    assert scene.payment(payment_id).closed.count > 0

    assert scene.request_refund(payment_id).request.amount.amount_minor == 60_00


def test_a_gateway_that_only_finds_refunds_says_under_which_id(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    silence(scene, acts=True)
    scene.work()
    speak_again(scene)
    able = registry.gateway("stripe")
    finding = able._replace(can=able.can - {registry.Ability.LOOK_UP})
    monkeypatch.setattr(registry, "GATEWAYS", dict(registry.GATEWAYS) | {"stripe": finding})
    payment = scene.requests.payment(case.request.payment)
    stands = scene.requests.named(case.request.refund_request_id)

    assert gateway_answer(stands, payment) == GatewayAnswer(
        answer=GatewayRefundStatus.ACCEPTED, refund_id=scene.refunds()[0]["id"]
    )


def test_a_gateway_that_refuses_the_look_up_leaves_it_unknown(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = outcome_unknown(scene)

    def refuse(*_: Any) -> Any:
        raise GatewayRefused("no such account")

    monkeypatch.setattr(calls, "find_refund", refuse)
    status, body = resolve(scene, case, "not_paid")
    assert (status, body["gateway_status"]) == (
        200,
        {"answer": "unknown", "refund_id": None, "left": None},
    )
    assert body["customer_text"] is None


def test_what_is_seen_of_our_own_refund_uses_its_promise_up(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), APPROVED)
    silence(scene, acts=True)
    scene.work()
    speak_again(scene)
    payment = scene.requests.payment(case.request.payment)
    assert payment.reservations
    seen = seen_now(case.request.payment, payment)

    assert (seen.reservations, seen.available_minor) == ({}, 40_00)
