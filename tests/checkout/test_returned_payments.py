"""Money of an order that goes back and comes again: by its page, its parts and its duplicates."""

from itertools import permutations

import pytest

from kassa.core.money import Money
from kassa.gateways.events import ObjectKind as K
from kassa.gateways.events import ObjectReport
from kassa.ledger.facts import LedgerFact
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.policy.model import Outcome
from kassa.refunds.store import RefundRequests
from tests.support.duplicate_payments import approve, found, take_back
from tests.support.order_scene import OrderScene, charge, object_report, payment, scene

__all__ = ["scene"]


def refund(
    scene: OrderScene, payment_id: str, minor: int, state: str = "succeeded", gateway: str = "north"
) -> list[LedgerFact]:
    report = object_report(f"re_{payment_id}", K.REFUND, state, scene.clock.at, minor)
    return scene.report(gateway, payment_id, report)


def seconds(scene: OrderScene) -> list[str]:
    return [one.payment_id for one in scene.lifecycle().duplicate_payments]


def promised(gateway: str, payment_id: str) -> int:
    return sum(RefundRequests().payment(payment(gateway, payment_id)).reservations.values())


def test_a_returned_card_beside_a_gift_card_lets_the_customer_pay_again(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "gift", 20_00))
    scene.track(*scene.capture("north", "card", 80_00))
    scene.track(*take_back(scene, "card", 80_00))
    again = scene.post()

    assert (again.status, again.attempt) == ("part_paid", 2)
    assert again.expires_at is not None
    assert again.expires_at > scene.clock.at


def test_checkouts_at_two_gateways_are_both_over_once_one_payment_was_returned(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.track(*scene.capture("north", "gift", 20_00))
    over = object_report("north_1", K.CHECKOUT, "expired", scene.clock.at)
    scene.track(*scene.report("north", "gift", over))
    scene.post()
    scene.track(*scene.capture("south", "card", 80_00))
    scene.track(*take_back(scene, "card", 80_00, "south"))

    assert [one.state for one in scene.lifecycle().attempts] == ["failed", "failed"]
    assert scene.post().attempt == 3


def test_a_returned_surplus_payment_lets_the_customer_pay_again(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "a", 80_00))
    scene.track(*scene.capture("north", "b", 30_00))
    scene.track(*take_back(scene, "b", 30_00))

    assert (scene.lifecycle().status, scene.post().attempt) == ("part_paid", 2)


def test_a_part_whose_refund_fails_after_another_payment_paid_goes_back(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "a", 40_00))
    scene.track(*refund(scene, "a", 40_00))
    scene.track(*scene.capture("north", "b"))
    failed = refund(scene, "a", 40_00, "failed")
    scene.track(*failed, *failed)

    assert (scene.lifecycle().status, seconds(scene)) == ("paid", ["a"])
    assert promised("north", "a") == 40_00
    assert len({one.refund_request_id for one in found(scene)}) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_whatever_the_order_no_more_is_kept_than_was_ordered(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    approve(scene)
    scene.post()
    acts = (
        lambda: scene.capture("north", "a", 40_00),
        lambda: refund(scene, "a", 40_00),
        lambda: scene.capture("north", "b"),
        lambda: refund(scene, "a", 40_00, "failed"),
    )
    for number in order:
        scene.track(*acts[number]())

    assert [one.payment_id for one in scene.lifecycle().payers] == ["b"]
    assert (seconds(scene), promised("north", "a")) == (["a"], 40_00)


def test_a_debit_that_is_collected_again_after_another_payment_paid_goes_back(
    scene: OrderScene,
) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    scene.track(*take_back(scene, "pay_1", 100_00))
    scene.post()
    scene.track(*scene.capture("south", "pay_2"))
    again = charge("pay_1", 100_00, scene.clock.at, number=2)
    scene.track(*scene.report("north", "pay_1", again))

    assert (seconds(scene), promised("north", "pay_1")) == (["pay_1"], 100_00)


def test_other_money_whose_refund_fails_goes_back_too(scene: OrderScene) -> None:
    def yen(report: ObjectReport) -> ObjectReport:
        return report.model_copy(update={"amount": Money(amount_minor=100_00, currency="JPY")})

    scene.post()
    scene.track(*scene.report("north", "y", yen(charge("y", 1, scene.clock.at))))
    back = object_report("re_y", K.REFUND, "succeeded", scene.clock.at)
    scene.track(*scene.report("north", "y", yen(back)))
    scene.track(*scene.capture("north", "b"))
    came_back = object_report("re_y", K.REFUND, "failed", scene.clock.at)
    scene.track(*scene.report("north", "y", yen(came_back)))

    assert (scene.lifecycle().status, seconds(scene)) == ("paid", ["y"])
    assert [one.payment_id for one in found(scene)] == ["y"]


def test_a_duplicate_payment_is_put_up_for_refund_once_a_refund_by_hand_fails(
    scene: OrderScene,
) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    second = scene.capture("south", "pay_2")
    scene.track(*second, *refund(scene, "pay_2", 100_00, gateway="south"))
    assert [one.refund_request_id for one in found(scene)] == [None]

    scene.track(*refund(scene, "pay_2", 100_00, "failed", gateway="south"))
    assert promised("south", "pay_2") == 100_00
    assert found(scene)[-1].refund_request_id is not None


@pytest.mark.parametrize("how", ["refunded", "charged back"])
def test_a_person_decides_about_a_duplicate_payment_where_the_other_went_back(
    scene: OrderScene, how: str
) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    second = scene.capture("south", "pay_2")
    if how == "refunded":
        scene.track(*refund(scene, "pay_1", 100_00))
    else:
        taken = object_report("dp/w", K.DISPUTE_FUNDS, "withdrawn", scene.clock.at, 100_00)
        lost = object_report("dp", K.DISPUTE, "lost", scene.clock.at, 100_00)
        scene.report("north", "pay_1", lost, taken.model_copy(update={"belongs_to": "dp"}))
    scene.track(*second)
    [named] = [one.refund_request_id for one in found(scene)]
    receipt = RefundRequests().named(str(named)).request.receipt

    assert (receipt.decision, receipt.why) == (Outcome.ESCALATE, "order_not_covered")
    assert promised("south", "pay_2") == 0


def test_a_duplicate_payment_that_takes_over_is_not_up_for_refund_any_more(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    scene.track(*scene.capture("south", "pay_2"))
    [named] = [str(one.refund_request_id) for one in found(scene)]
    returned = take_back(scene, "pay_1", 100_00)
    scene.track(*returned, *returned)
    lifecycle = RefundRequests().named(named).lifecycle

    assert [one.payment_id for one in scene.lifecycle().payers] == ["pay_2"]
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.REJECTED, Why.PAYS)
    assert len([one for one in lifecycle.changes if one.why == Why.PAYS]) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_part_that_went_back_whole_pays_nothing_in_whatever_order(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    approve(scene)
    scene.post()
    acts = (
        lambda: scene.capture("north", "a", 80_00),
        lambda: scene.capture("north", "b", 30_00),
        lambda: refund(scene, "b", 30_00),
    )
    for number in order:
        scene.track(*acts[number]())
    assert (scene.lifecycle().status, scene.lifecycle().reopened_at) == ("part_paid", None)

    scene.track(*scene.capture("north", "c", 20_00))
    assert (scene.lifecycle().status, seconds(scene)) == ("paid", [])
