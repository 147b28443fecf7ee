"""Orders receive their payments: what paid them, what ended, and a duplicate payment goes back."""

import json
from itertools import permutations
from typing import Any

import pytest

from functions.track_order.app import lambda_handler
from kassa.checkout.alarm_part_payment import alarm_part_payment
from kassa.checkout.duplicate_payments import refund_duplicate_payment
from kassa.core.callers import Caller
from kassa.core.errors import (
    CheckoutUnavailable,
    Conflict,
    NotPublished,
    PaymentNotFound,
    StaleWrite,
    UnreadableEvent,
)
from kassa.core.money import Money
from kassa.gateways.events import ObjectKind
from kassa.orders.lifecycle import Discrepancy, DiscrepancyKind
from kassa.platform.messaging import event_bus as bus
from kassa.platform.telemetry import metrics
from kassa.refunds.approve_refund import approve_refund
from kassa.refunds.find_payment import meant_by
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.policy.inputs import Reason
from kassa.refunds.policy.model import Outcome
from kassa.refunds.request.body import RefundRequestBody
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context
from tests.support.builders import eur
from tests.support.duplicate_payments import approve, found, take_back
from tests.support.order_scene import LOST, OrderScene, charge, object_report, payment, scene

__all__ = ["scene"]

CHECKOUT, PAYMENT = ObjectKind.CHECKOUT, ObjectKind.PAYMENT


def paid_by(scene: OrderScene, order_id: str = "order-1") -> str | None:
    first = scene.lifecycle(order_id).paid_by
    return first.payment_id if first else None


def case(scene: OrderScene) -> RefundCase:
    """Return the case of the one duplicate payment that was found."""
    named = {one.refund_request_id for one in found(scene)}
    assert len(named) == 1
    return RefundRequests().named(str(named.pop()))


def test_a_captured_payment_pays_its_order(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))

    assert (scene.states(), paid_by(scene)) == ([("north", "paid")], "pay_1")
    assert scene.post().status == "paid"
    assert found(scene) == []


def test_a_checkout_that_was_finished_is_shown_as_completed_until_it_is_paid(
    scene: OrderScene,
) -> None:
    scene.post()
    done = object_report("north_1", CHECKOUT, "completed", scene.clock.at)
    scene.track(*scene.report("north", "pay_1", done))

    assert scene.post().status == "completed"
    assert scene.attempt().payment_id == "pay_1"
    scene.track(*scene.capture("north", "pay_1"))
    assert scene.post().status == "paid"


def test_an_expired_checkout_makes_room_for_a_new_attempt(scene: OrderScene) -> None:
    first = scene.post()
    over = object_report("north_1", CHECKOUT, "expired", scene.clock.at)
    facts = scene.report("north", "pay_1", over)
    scene.track(*facts)
    second = scene.post()
    scene.track(*facts)  # again, after the new page was opened

    assert second.url != first.url
    assert scene.states() == [("north", "expired"), ("south", "open")]


def test_a_declined_card_leaves_the_checkout_open_where_the_gateway_says_so(
    scene: OrderScene,
) -> None:
    first = scene.post()
    declined = charge("pay_1", 100_00, scene.clock.at, "failed")
    scene.track(*scene.report("north", "pay_1", declined))

    assert scene.post().url == first.url
    assert scene.attempt().declined_at is None


def test_a_decline_that_ended_the_checkout_makes_room_for_a_new_attempt(scene: OrderScene) -> None:
    scene.post()
    scene.north.states["order-1.1"] = type(scene.north.states["order-1.1"]).FAILED
    scene.track(*scene.report("north", "pay_1", charge("pay_1", 100_00, scene.clock.at, "failed")))

    assert scene.post().attempt == 2
    assert scene.states() == [("north", "failed"), ("south", "open")]


def test_a_decline_counts_as_the_end_where_the_gateway_cannot_be_looked_up(
    scene: OrderScene,
) -> None:
    scene.route("blind")
    scene.post()
    declined = charge("pay_1", 100_00, scene.clock.at, "failed")
    scene.track(*scene.report("blind", "pay_1", declined))

    assert scene.post().attempt == 2


def test_a_payment_voided_ends_the_attempt_that_it_is_of(scene: OrderScene) -> None:
    scene.post()
    done = object_report("north_1", CHECKOUT, "completed", scene.clock.at)
    scene.track(*scene.report("north", "pay_1", done))
    scene.track(
        *scene.report("north", "pay_1", object_report("pay_1", PAYMENT, "voided", scene.clock.at))
    )

    assert scene.states() == [("north", "failed")]
    assert scene.attempt().reason == "voided"


def test_a_late_void_of_an_older_payment_closes_no_newer_checkout(scene: OrderScene) -> None:
    scene.post()
    over = object_report("north_1", CHECKOUT, "expired", scene.clock.at)
    scene.track(*scene.report("north", "pay_1", over))
    second = scene.post()
    scene.track(
        *scene.report("north", "pay_0", object_report("pay_0", PAYMENT, "voided", scene.clock.at))
    )

    assert scene.post() == second
    assert scene.states() == [("north", "expired"), ("south", "open")]


def test_a_payment_proves_that_an_unknown_attempt_opened_a_checkout(scene: OrderScene) -> None:
    scene.north.acts = [LOST]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.track(*scene.capture("north", "pay_1"))

    assert scene.states() == [("north", "paid")]
    assert scene.due() == []
    assert scene.post().status == "paid"


def test_a_duplicate_payment_at_another_gateway_is_put_up_for_refund(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    scene.pass_by(days=3)
    scene.track(*scene.capture("south", "pay_2", 100_00))

    (fact,) = found(scene)
    assert (fact.paid_by, fact.payment_id, fact.amount.amount_minor) == (
        "north/main/pay_1",
        "pay_2",
        100_00,
    )
    request = case(scene).request
    assert (request.payment, request.amount.amount_minor) == (payment("south", "pay_2"), 100_00)
    assert (request.reason, request.claim_id) == (Reason.CHARGED_TWICE, "duplicate-payment:pay_2")
    assert (request.receipt.decision, request.requested_by) == (Outcome.APPROVE, "kassa")
    assert RefundRequests().payment(payment("south", "pay_2")).available_minor == 0
    assert RefundRequests().payment(payment("north", "pay_1")).available_minor == 100_00
    assert scene.wake_ups.waiting == [json.dumps({"refund_request_id": fact.refund_request_id})]


def test_without_a_policy_a_person_decides_about_a_duplicate_payment(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"), *scene.capture("north", "pay_2"))

    assert case(scene).request.receipt.decision is Outcome.ESCALATE


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whichever_comes_first_pays_and_each_other_goes_back_once(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    approve(scene)
    scene.post()
    facts = [
        *scene.capture("north", "pay_0"),
        *scene.capture("south", "pay_1"),
        *scene.capture("north", "pay_2"),
    ]
    for number in (*order, *reversed(order)):  # and each comes twice
        scene.track(facts[number])

    first, *others = [f"pay_{number}" for number in order]
    assert paid_by(scene) == first
    assert [one.payment_id for one in scene.lifecycle().duplicate_payments] == others
    assert {one.payment_id for one in found(scene)} == set(others)
    assert len({one.refund_request_id for one in found(scene)}) == 2


def test_a_duplicate_payment_received_again_requests_and_publishes_the_same(
    scene: OrderScene,
) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    second = scene.capture("south", "pay_2")
    scene.track(*second, *second, *second)

    published = [fact for name, fact in scene.bus.facts if name == "DuplicatePaymentFound"]
    assert len(published) == 3
    assert published[0] == published[1] == published[2]
    assert RefundRequests().payment(payment("south", "pay_2")).reservations == {
        case(scene).lifecycle.submission_id: 100_00
    }


@pytest.mark.parametrize("step", ["approve_refund", "bus"])
def test_a_crash_between_noting_and_refunding_is_made_good_by_redelivery(
    scene: OrderScene, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    second = scene.capture("south", "pay_2")

    def broken(*given: Any, **more: Any) -> Any:
        raise NotPublished("away")

    with monkeypatch.context() as patch:
        place = bus if step == "bus" else refund_duplicate_payment
        patch.setattr(place, "publish" if step == "bus" else step, broken)
        with pytest.raises(NotPublished):
            scene.track(*second)
    assert found(scene) == []
    scene.track(*second)

    assert case(scene).request.receipt.decision is Outcome.APPROVE


def test_of_two_payments_received_at_once_one_pays_and_the_other_goes_back(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(scene)
    scene.post()
    first, second = scene.capture("north", "pay_1"), scene.capture("south", "pay_2")
    real = scene.orders.keep

    def overtaken(*given: Any) -> None:
        monkeypatch.setattr(scene.orders, "keep", real)
        scene.track(*second)
        real(*given)

    monkeypatch.setattr(scene.orders, "keep", overtaken)
    scene.track(*first)

    assert paid_by(scene) == "pay_2"
    assert [one.payment_id for one in found(scene)] == ["pay_1"]


def test_a_duplicate_payment_that_was_refunded_already_is_only_published(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    second = scene.capture("south", "pay_2")
    back = object_report("re_1", ObjectKind.REFUND, "succeeded", scene.clock.at)
    scene.report("south", "pay_2", back)
    scene.track(*second)

    assert [one.refund_request_id for one in found(scene)] == [None]


def test_a_further_capture_of_a_duplicate_payment_goes_back_too(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    scene.track(*scene.capture("south", "pay_2", 40_00))
    scene.track(*scene.report("south", "pay_2", charge("pay_2", 60_00, scene.clock.at, number=2)))

    held = RefundRequests().payment(payment("south", "pay_2")).reservations
    assert sorted(held.values()) == [40_00, 60_00]
    assert len(scene.lifecycle().duplicate_payments) == 1


def test_a_further_capture_of_the_paying_payment_is_no_duplicate_payment(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1", 40_00))
    assert scene.post().status == "part_paid"
    scene.track(*scene.report("north", "pay_1", charge("pay_1", 60_00, scene.clock.at, number=2)))

    assert (scene.post().status, paid_by(scene), found(scene)) == ("paid", "pay_1", [])
    assert scene.lifecycle().part_payments == ()


def test_a_payment_in_part_pays_no_order_and_goes_back_once_another_pays_it(
    scene: OrderScene,
) -> None:
    approve(scene)
    scene.post()
    part = scene.capture("north", "pay_1", 40_00)
    over = object_report("north_1", CHECKOUT, "expired", scene.clock.at)
    scene.track(*part, *scene.report("north", "pay_1", over), *part)
    assert (scene.states(), paid_by(scene)) == ([("north", "expired")], None)
    assert [one.payment_id for one in scene.lifecycle().part_payments] == ["pay_1"]

    scene.post()
    full = scene.capture("south", "pay_2")
    scene.track(*full, *full)

    assert (scene.states()[-1], paid_by(scene)) == (("south", "paid"), "pay_2")
    assert {one.payment_id for one in found(scene)} == {"pay_1"}
    assert case(scene).request.amount.amount_minor == 40_00


def test_what_went_back_of_a_part_is_made_good_by_redelivery(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1", 40_00))
    full = scene.capture("south", "pay_2")

    def broken(*given: Any, **more: Any) -> Any:
        raise NotPublished("away")

    with monkeypatch.context() as patch:
        patch.setattr(refund_duplicate_payment, "approve_refund", broken)
        with pytest.raises(NotPublished):
            scene.track(*full)
    scene.track(*full)

    assert case(scene).request.payment == payment("north", "pay_1")


def test_other_money_than_was_ordered_pays_no_order(scene: OrderScene) -> None:
    scene.post()
    yen = charge("pay_1", 100_00, scene.clock.at)
    yen = yen.model_copy(update={"amount": yen.amount.model_copy(update={"currency": "JPY"})})
    scene.track(*scene.report("north", "pay_1", yen))

    assert (paid_by(scene), scene.post().status) == (None, "discrepancy")
    assert alarms_raised() == 1
    assert scene.lifecycle().discrepancy == Discrepancy(
        kind=DiscrepancyKind.OTHER_CURRENCY,
        ordered=eur(100_00),
        captured=(Money(amount_minor=100_00, currency="JPY"),),
    )


def alarms_raised() -> int:
    """Return how often the alarm for what isn't what was ordered was raised."""
    counted = metrics.metric_set.get("OrderDiscrepancy", {}).get("Value", [])
    metrics.clear_metrics()
    return len(counted)


def test_a_gift_card_and_a_card_pay_an_order_together(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "gift", 20_00))
    assert (scene.post().status, paid_by(scene)) == ("part_paid", None)
    scene.track(*scene.capture("north", "card", 80_00))

    assert scene.post().status == "paid"
    assert {one.payment_id for one in scene.lifecycle().payers} == {"gift", "card"}
    assert (scene.states(), found(scene), alarms_raised()) == ([("north", "paid")], [], 0)
    assert (scene.lifecycle().part_payments, scene.lifecycle().alarms_at) == ((), None)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parts_pay_together_in_whatever_order_they_are_received(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    scene.post()
    amounts = {"gift": 20_00, "voucher": 30_00, "card": 50_00}
    facts = [scene.capture("north", name, minor)[0] for name, minor in amounts.items()]
    for number in (*order, *order):
        scene.track(facts[number])

    assert scene.post().status == "paid"
    assert [one.payment_id for one in scene.lifecycle().payers] == ["card", "gift", "voucher"]
    assert found(scene) == []


def test_what_is_captured_after_parts_paid_an_order_is_a_duplicate_payment(
    scene: OrderScene,
) -> None:
    approve(scene)
    scene.post()
    for name, minor in (("gift", 20_00), ("card", 80_00), ("again", 80_00)):
        scene.track(*scene.capture("north", name, minor))

    assert scene.post().status == "paid"
    assert [one.payment_id for one in scene.lifecycle().duplicate_payments] == ["again"]
    assert case(scene).request.amount.amount_minor == 80_00


@pytest.mark.parametrize("amounts", [(120_00,), (30_00, 80_00)])
def test_more_than_was_ordered_is_a_discrepancy_and_never_paid(
    scene: OrderScene, amounts: tuple[int, ...]
) -> None:
    scene.post()
    for number, minor in enumerate(amounts):
        scene.track(*scene.capture("north", f"pay_{number}", minor))

    discrepancy = scene.lifecycle().discrepancy
    assert discrepancy is not None
    assert (discrepancy.kind, discrepancy.captured) == ("more", (eur(sum(amounts)),))
    assert (scene.post().status, scene.post().attempt, alarms_raised()) == ("discrepancy", 1, 1)
    assert found(scene) == []  # which of it goes back is for a person


def test_a_surplus_that_went_back_leaves_the_order_paid(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1", 120_00))
    back = object_report("re_1", ObjectKind.REFUND, "succeeded", scene.clock.at, 20_00)
    scene.track(*scene.report("north", "pay_1", back))
    assert (scene.post().status, scene.lifecycle().discrepancy) == ("paid", None)

    came_back = object_report("re_1", ObjectKind.REFUND, "failed", scene.clock.at, 20_00)
    scene.track(*scene.report("north", "pay_1", came_back))
    assert scene.post().status == "discrepancy"


def test_a_refund_of_a_paid_order_leaves_it_paid(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    back = object_report("re_1", ObjectKind.REFUND, "succeeded", scene.clock.at, 60_00)
    scene.track(*scene.report("north", "pay_1", back))

    assert (scene.post().status, scene.lifecycle().discrepancy, found(scene)) == ("paid", None, [])


@pytest.mark.parametrize("refunded", [29_00, 100_00])
def test_an_order_is_paid_too_that_receives_its_payment_after_a_refund_of_it(
    scene: OrderScene, refunded: int
) -> None:
    scene.post()
    captured = scene.capture("north", "pay_1")
    back = object_report("re_1", ObjectKind.REFUND, "succeeded", scene.clock.at, refunded)
    refund = scene.report("north", "pay_1", back)
    scene.track(*refund, *captured, *refund)

    assert (scene.post().status, paid_by(scene)) == ("paid", "pay_1")
    assert scene.states() == [("north", "paid")]
    assert (scene.lifecycle().discrepancy, found(scene)) == (None, [])


def test_a_part_that_went_back_pays_nothing(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1", 40_00))
    back = object_report("re_1", ObjectKind.REFUND, "succeeded", scene.clock.at, 40_00)
    scene.track(*scene.report("north", "pay_1", back), *scene.capture("north", "pay_2", 60_00))
    assert scene.post().status == "part_paid"

    scene.track(*scene.capture("north", "pay_3", 40_00))
    assert [one.payment_id for one in scene.lifecycle().payers] == ["pay_2", "pay_3"]
    assert (scene.post().status, found(scene)) == ("paid", [])


def test_a_part_alone_for_an_hour_alarms_once_and_a_part_made_whole_before_never(
    scene: OrderScene,
) -> None:
    for order_id, amounts in (("order-1", (20_00,)), ("order-2", (20_00, 80_00))):
        scene.post(order_id=order_id)
        for number, minor in enumerate(amounts):
            part = charge(f"{order_id}-{number}", minor, scene.clock.at)
            scene.track(*scene.report("north", f"{order_id}-{number}", part, order_id=order_id))
    assert alarms_raised() == 0
    scene.pass_by(hours=1)
    assert scene.due() == ["order-1"]
    alarm_part_payment("order-1", scene.orders)
    alarm_part_payment("order-1", scene.orders)

    assert (alarms_raised(), scene.lifecycle().alarms_at) == (1, None)
    assert scene.post().status == "part_paid"


def test_a_refund_received_before_its_capture_changes_nothing(scene: OrderScene) -> None:
    scene.post()
    captured = scene.capture("north", "pay_1", 40_00)
    back = object_report("re_1", ObjectKind.REFUND, "succeeded", scene.clock.at, 40_00)
    scene.track(*scene.report("north", "pay_1", back))
    assert scene.lifecycle().part_payments == ()
    scene.track(*captured)

    assert [one.left_minor for one in scene.lifecycle().part_payments] == [0]
    assert (scene.lifecycle().discrepancy, scene.post().status) == (None, "open")


def test_a_refund_that_names_an_order_paid_by_two_payments_must_name_one(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "gift", 20_00), *scene.capture("south", "card", 80_00))
    with pytest.raises(Conflict, match="north gift, south card"):
        meant_by(RefundRequestBody(order_id="order-1", reason=Reason.DAMAGED))


def test_an_order_captured_in_a_unit_too_small_is_never_paid(scene: OrderScene) -> None:
    scene.post(order_id="isk", currency="ISK", amount_minor=50_000, lines=None)
    part = charge("pay_1", 500, scene.clock.at)
    part = part.model_copy(update={"amount": Money(amount_minor=500, currency="ISK")})
    scene.track(*scene.report("north", "pay_1", part, order_id="isk"))

    assert scene.post(order_id="isk", currency="ISK", amount_minor=50_000, lines=None).status == (
        "part_paid"
    )


def test_a_payment_in_part_proves_that_an_unknown_attempt_opened_a_checkout(
    scene: OrderScene,
) -> None:
    scene.north.acts = [LOST]
    with pytest.raises(CheckoutUnavailable):
        scene.post()
    scene.track(*scene.capture("north", "pay_1", 1_00))

    assert scene.states() == [("north", "open")]


def test_a_payment_that_names_no_order_changes_nothing(scene: OrderScene) -> None:
    scene.post()
    captured = charge("pay_9", 100_00, scene.clock.at)
    scene.track(*scene.report("north", "pay_9", captured, order_id=None))

    assert scene.states() == [("north", "open")]


def test_an_order_never_sent_is_only_counted_when_it_is_paid_again(scene: OrderScene) -> None:
    scene.track(*scene.capture("north", "pay_1"))
    assert "UnsentOrderPaidAgain" not in metrics.metric_set
    scene.track(*scene.capture("north", "pay_2"))

    assert "UnsentOrderPaidAgain" in metrics.metric_set
    assert scene.orders.find("order-1") is None
    assert found(scene) == []
    metrics.clear_metrics()


def test_a_fact_that_says_nothing_of_orders_is_left_to_a_person(scene: OrderScene) -> None:
    facts = scene.capture("north", "pay_1")
    closed = object_report("dp_1", ObjectKind.DISPUTE, "inquiry_closed", scene.clock.at)
    with pytest.raises(UnreadableEvent):
        scene.track(*scene.report("north", "pay_1", closed))
    assert len(facts) == 1


def test_a_lost_race_comes_back_as_a_message(
    scene: OrderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.post()
    facts = scene.capture("north", "pay_1")

    def overtaken(*given: Any) -> None:
        raise StaleWrite("another was first")

    monkeypatch.setattr(scene.orders, "keep", overtaken)
    with pytest.raises(StaleWrite):
        scene.track(*facts)


def test_a_batch_of_facts_reaches_its_orders_and_only_what_is_no_fact_comes_back(
    scene: OrderScene,
) -> None:
    scene.post()
    (fact,) = scene.capture("north", "pay_1")
    bodies = [json.dumps({"detail": json.loads(fact.model_dump_json())}), '{"detail": {}}']
    records = [
        {"messageId": f"m{n}", "body": body, "eventSource": "aws:sqs", "attributes": {}}
        for n, body in enumerate(bodies)
    ]
    answer = lambda_handler({"Records": records}, Context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert paid_by(scene) == "pay_1"


def test_a_refund_that_names_the_order_alone_finds_the_gateway_that_paid_it(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.track(*scene.capture("south", "pay_1"), *scene.capture("north", "pay_2"))
    request_body = RefundRequestBody(order_id="order-1", reason=Reason.DAMAGED, amount_minor=5_00)
    made = approve_refund(request_body, Caller(key_id="shop"), RefundRequests(), scene.time_left())

    assert made.request.payment == payment("south", "pay_1")


def test_a_refund_of_an_order_never_sent_looks_at_every_gateway_account(scene: OrderScene) -> None:
    scene.capture("south", "pay_1")
    request_body = RefundRequestBody(order_id="order-1", reason=Reason.DAMAGED)
    assert meant_by(request_body).subject == payment("south", "pay_1")

    scene.capture("north", "pay_2")
    with pytest.raises(Conflict, match="north pay_2, south pay_1"):
        meant_by(request_body)


def test_a_refund_that_names_a_gateway_stays_there(scene: OrderScene) -> None:
    scene.capture("south", "pay_1")
    with pytest.raises(PaymentNotFound):
        meant_by(RefundRequestBody(order_id="order-1", gateway="north", reason=Reason.DAMAGED))


def reopened() -> int:
    """Return how often the alarm for orders that were reopened was raised."""
    counted = metrics.metric_set.get("OrderReopened", {}).get("Value", [])
    metrics.clear_metrics()
    return len(counted)


def test_an_order_whose_payment_was_taken_back_is_reopened_and_alarms(scene: OrderScene) -> None:
    scene.post()
    captured = scene.capture("north", "pay_1")
    scene.track(*captured)
    back = take_back(scene, "pay_1")
    scene.track(*back)

    assert (scene.states(), paid_by(scene)) == ([("north", "failed")], None)
    assert scene.attempt().reason == "insufficient_funds"
    assert (scene.lifecycle().status, scene.lifecycle().reopened_at) == ("failed", scene.clock.at)
    assert reopened() == 1
    scene.track(*captured, *back)  # heard of again, late
    assert (scene.lifecycle().status, paid_by(scene)) == ("failed", None)
    assert scene.post().gateway == "south"


def test_what_was_taken_back_before_its_capture_was_received_pays_nothing(
    scene: OrderScene,
) -> None:
    scene.post()
    captured = scene.capture("north", "pay_1")
    scene.track(*take_back(scene, "pay_1"), *captured)

    assert (paid_by(scene), scene.lifecycle().reopened_at, reopened()) == (None, None, 0)
    assert scene.states() == [("north", "failed")]
    assert scene.post().attempt == 2


def test_a_duplicate_payment_takes_over_from_the_one_that_was_taken_back(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"), *scene.capture("south", "pay_2"))
    assert [one.payment_id for one in scene.lifecycle().duplicate_payments] == ["pay_2"]
    scene.track(*take_back(scene, "pay_1"))

    assert (paid_by(scene), scene.post().status) == ("pay_2", "paid")
    assert (scene.lifecycle().duplicate_payments, scene.lifecycle().reopened_at, reopened()) == (
        (),
        None,
        0,
    )
    assert scene.states() == [("north", "failed")]


def test_a_duplicate_payment_whose_refund_is_approved_does_not_take_over(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*scene.capture("north", "pay_1"), *scene.capture("south", "pay_2"))
    scene.track(*take_back(scene, "pay_1"))

    assert (paid_by(scene), scene.lifecycle().status, reopened()) == (None, "failed", 1)
    assert [one.payment_id for one in scene.lifecycle().duplicate_payments] == ["pay_2"]


def test_a_part_that_was_taken_back_leaves_the_others_waiting_for_the_rest(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.track(*scene.capture("north", "gift", 20_00), *scene.capture("north", "card", 80_00))
    scene.track(*take_back(scene, "card", 80_00))
    assert (scene.lifecycle().status, paid_by(scene), reopened()) == ("part_paid", None, 1)

    scene.track(*scene.capture("south", "again", 80_00))
    assert (scene.lifecycle().status, found(scene), scene.lifecycle().reopened_at) == (
        "paid",
        [],
        None,
    )
    assert {one.payment_id for one in scene.lifecycle().payers} == {"gift", "again"}


def test_a_payment_paid_again_after_it_was_taken_back_pays_the_order(scene: OrderScene) -> None:
    scene.post()
    scene.track(*scene.capture("north", "pay_1"))
    scene.track(*take_back(scene, "pay_1"))
    scene.track(*scene.report("north", "pay_1", charge("pay_1", 100_00, scene.clock.at, number=2)))

    assert (scene.lifecycle().status, scene.states()) == ("paid", [("north", "paid")])
    assert scene.lifecycle().reopened_at is None
