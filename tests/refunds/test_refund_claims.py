"""One complaint is paid once, and a line of an order never more often than it was sold."""

from typing import Any

import pytest

from kassa.core.callers import Caller
from kassa.core.errors import ClaimTaken, LinesRefunded, OverHeadroom
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from tests.support.refund_races import Race, race
from tests.support.refund_scene import RefundScene, time_left
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import order_sent

LINES = [
    {"name": "Lamp", "quantity": 3, "amount_minor": 60_00, "sku": "L-1"},
    {"name": "Bulb", "quantity": 1, "amount_minor": 40_00},
]


def ordered() -> None:
    """Send the order that the payment is of."""
    order_sent("order-1", amount_minor=100_00, lines=LINES)


def lines(sku: str, quantity: int = 1, amount_minor: int = 20_00) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": quantity, "amount_minor": amount_minor}]


def approve(scene: RefundScene, case: RefundCase, amount_minor: int | None = None) -> RefundCase:
    body = DecisionBody(amount_minor=amount_minor)
    verdict = Verdict(Action.APPROVE, Caller(key_id="anna"), body)
    named = case.request.refund_request_id
    return decide_refund(named, verdict, scene.requests, time_left()).case


OTHER_COMMENTS: list[dict[str, Any]] = [
    {"comment": "it is broken"},
    {"reason": "not_as_described"},
    {"line_items": lines(" l-1 ")},
    {"line_items": lines("LAMP")},
    {"line_items": [lines("L-1")[0] | {"category": "light"}]},
]


@pytest.mark.parametrize("other", OTHER_COMMENTS)
def test_the_same_complaint_is_paid_once_however_it_is_worded(
    scene: RefundScene, other: dict[str, Any]
) -> None:
    ordered()
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, line_items=lines("L-1"), comment="broken")
    again = scene.request_refund(payment_id, **{"line_items": lines("L-1")} | other)

    assert again == first
    assert scene.payment(payment_id).available_minor == 80_00


def test_a_first_outcome_answers_all_that_is_left_requested_again(scene: RefundScene) -> None:
    payment_id = scene.pay(60_00)
    first = scene.request_refund(payment_id)

    assert scene.request_refund(payment_id, reason="other") == first
    assert scene.request_refund(payment_id, 60_00, comment="all of it") == first


def test_two_partial_refunds_by_amount_need_two_claims(scene: RefundScene) -> None:
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, 20_00)

    assert scene.request_refund(payment_id, 20_00, reason="other") == first
    second = scene.request_refund(payment_id, 20_00, claim_id="second-lamp")
    assert second.lifecycle.state is RequestState.APPROVED
    assert scene.payment(payment_id).available_minor == 60_00


def test_a_line_is_refused_beyond_its_quantity_saying_what_is_left(scene: RefundScene) -> None:
    ordered()
    payment_id = scene.pay()
    scene.request_refund(payment_id, line_items=lines("L-1", 2, 40_00), claim_id="a")

    with pytest.raises(LinesRefunded, match=r"^line_items: 1 of l-1 may still be") as refused:
        scene.request_refund(payment_id, line_items=lines("Lamp", 2, 40_00), claim_id="b")
    assert refused.value.left_lines == {"l-1": 1}
    last = scene.request_refund(payment_id, line_items=lines("l-1", 1), claim_id="c")
    assert last.lifecycle.state is RequestState.APPROVED
    with pytest.raises(LinesRefunded):
        scene.request_refund(payment_id, line_items=lines("l-1", 1, 1), claim_id="d")
    held = scene.payment(payment_id).refunded_lines.values()
    assert sorted(held, key=str) == [{"l-1": 1}, {"l-1": 2}]


def test_what_people_approve_in_part_counts_the_lines_in_full(scene: RefundScene) -> None:
    ordered()
    scene.save_policy(rules=[])
    payment_id = scene.pay()
    one = scene.request_refund(payment_id, line_items=lines("L-1", 2, 40_00), claim_id="a")
    two = scene.request_refund(payment_id, line_items=lines("L-1", 2, 40_00), claim_id="b")
    approve(scene, one, 10_00)

    with pytest.raises(LinesRefunded) as refused:
        approve(scene, two)
    assert refused.value.left_lines == {"l-1": 1}
    assert scene.payment(payment_id).available_minor == 90_00


def test_a_refund_that_comes_back_gives_its_lines_back(scene: RefundScene) -> None:
    ordered()
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, line_items=lines("L-1", 3, 60_00), claim_id="a")
    scene.work()
    scene.deliver()
    scene.work()
    scene.fake.fail_refund(scene.refunds()[0]["id"])
    scene.deliver()
    scene.work()

    assert scene.lifecycle(first).state is RequestState.ESCALATED
    assert scene.payment(payment_id).refunded_lines == {}
    second = scene.request_refund(payment_id, line_items=lines("L-1", 3, 60_00), claim_id="b")
    assert second.lifecycle.state is RequestState.APPROVED
    with pytest.raises((LinesRefunded, OverHeadroom)):
        approve(scene, first)


def test_a_line_nobody_knows_the_quantity_of_goes_to_a_person_the_second_time(
    scene: RefundScene,
) -> None:
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, line_items=lines("x"), claim_id="a")
    second = scene.request_refund(payment_id, line_items=lines(" X "), claim_id="b")

    assert first.lifecycle.state is RequestState.APPROVED
    assert second.lifecycle.state is RequestState.ESCALATED
    assert second.request.receipt.why == "line_refunded"
    assert approve(scene, second).lifecycle.state is RequestState.APPROVED


def test_the_same_line_for_another_amount_is_a_claim_that_is_taken(scene: RefundScene) -> None:
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, line_items=lines("x"))

    assert scene.request_refund(payment_id, line_items=lines("x", 1, 19_00)) == first
    with pytest.raises(ClaimTaken):
        scene.request_refund(payment_id, 19_00, line_items=lines("x", 1, 19_00))


WITH, WITHOUT = {"line_items": lines("x")}, {"amount_minor": 20_00}


@pytest.mark.parametrize(("first", "second"), [(WITH, WITHOUT), (WITHOUT, WITH)])
@pytest.mark.parametrize("is_paid", [True, False])
def test_as_much_with_lines_and_without_may_be_one_complaint_and_goes_to_a_person(
    scene: RefundScene, first: dict[str, Any], second: dict[str, Any], is_paid: bool
) -> None:
    payment_id = scene.pay()
    scene.request_refund(payment_id, **first)
    if is_paid:
        scene.work()
        scene.deliver()
        scene.work()
    case = scene.request_refund(payment_id, **second)

    assert (case.lifecycle.state, case.request.receipt.why) == (
        RequestState.ESCALATED,
        "same_amount",
    )
    named = scene.request_refund(payment_id, claim_id="another", **second)
    assert named.request.receipt.why != "same_amount"


def test_two_lines_of_one_price_are_two_complaints(scene: RefundScene) -> None:
    payment_id = scene.pay()
    for sku in ("a", "b"):
        case = scene.request_refund(payment_id, line_items=lines(sku))
        assert case.lifecycle.state is RequestState.APPROVED


@pytest.mark.parametrize("seed", range(6))
def test_copies_under_other_claims_at_once_never_give_a_line_back_too_often(seed: int) -> None:
    with race(seed) as run:
        ordered()
        payment_id = run.scene.pay()
        run.at_once(*(at_once(run, payment_id, n) for n in range(6)))

        held = run.scene.payment(payment_id).refunded_lines
        assert sum(quantities["l-1"] for quantities in held.values()) == 3
        assert run.answers == {"answered": 3, "LinesRefunded": 3}


def at_once(run: Race, payment_id: str, n: int) -> Any:
    items = lines("L-1", 1, 10_00)
    return lambda: run.scene.request_refund(payment_id, line_items=items, claim_id=f"claim-{n}")
