"""Chargebacks of what paid an order: a card's is contested, a bank debit's is its return."""

from itertools import permutations

import pytest

from kassa.checkout.apply_fact import is_applicable
from kassa.gateways.events import ObjectKind as K
from kassa.gateways.events import ObjectReport
from kassa.gateways.payment_methods import Means, means
from kassa.ledger.facts import LedgerFact
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.store import RefundRequests
from tests.support.duplicate_payments import approve, found
from tests.support.order_scene import OrderScene, charge, object_report, payment, scene

__all__ = ["scene"]

CARD, SEPA_DEBIT = means("visa"), means("sepa_debit")
REOPENED = "order reopened after it was paid"  # with its metric, which an alarm counts


def captured(
    scene: OrderScene,
    payment_id: str,
    minor: int = 100_00,
    method: Means = CARD,
    gateway: str = "north",
) -> list[LedgerFact]:
    scene.pass_by(seconds=1)
    taken = charge(payment_id, minor, scene.clock.at).model_copy(update=method._asdict())
    return scene.report(gateway, payment_id, taken)


def charged_back(
    scene: OrderScene, payment_id: str, minor: int = 100_00, gateway: str = "north"
) -> list[LedgerFact]:
    scene.pass_by(days=3)
    return disputed(scene, (gateway, payment_id), ("open", "withdrawn"), minor)


def refunded(
    scene: OrderScene, payment_id: str, state: str = "succeeded", minor: int = 100_00
) -> list[LedgerFact]:
    report = object_report(f"re_{payment_id}", K.REFUND, state, scene.clock.at, minor)
    return let_through(scene.report("north", payment_id, report))


def won(
    scene: OrderScene, payment_id: str, minor: int = 100_00, gateway: str = "north"
) -> list[LedgerFact]:
    scene.pass_by(days=30)
    return disputed(scene, (gateway, payment_id), ("won", "reinstated"), minor)


def disputed(
    scene: OrderScene, payment: tuple[str, str], states: tuple[str, str], minor: int
) -> list[LedgerFact]:
    """Report how a payment's dispute and its funds stand."""
    gateway, payment_id = payment
    standing = object_report(f"dp_{payment_id}", K.DISPUTE, states[0], scene.clock.at, minor)
    funds = moved(scene, payment_id, states[1], minor)
    return let_through(scene.report(gateway, payment_id, standing, funds))


def let_through(facts: list[LedgerFact]) -> list[LedgerFact]:
    """Return the facts that OrdersRule lets through to the order."""
    return [fact for fact in facts if is_applicable(fact)]


def moved(scene: OrderScene, payment_id: str, state: str, minor: int) -> ObjectReport:
    report = object_report(
        f"dp_{payment_id}/{state}", K.DISPUTE_FUNDS, state, scene.clock.at, minor
    )
    return report.model_copy(update={"belongs_to": f"dp_{payment_id}"})


def payers(scene: OrderScene) -> list[str]:
    return [one.payment_id for one in scene.lifecycle().payers]


def seconds(scene: OrderScene) -> list[str]:
    return [one.payment_id for one in scene.lifecycle().duplicate_payments]


def promised(gateway: str, payment_id: str) -> int:
    return sum(RefundRequests().payment(payment(gateway, payment_id)).reservations.values())


def test_a_cards_chargeback_leaves_its_order_paid(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    scene.track(*charged_back(scene, "pay_1"))
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, lifecycle.reopened_at) == ("paid", None)
    assert lifecycle.payers[0].charged_back_minor == 100_00


def test_a_bank_debit_that_is_charged_back_reopens_its_order(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1", method=SEPA_DEBIT))
    scene.track(*charged_back(scene, "pay_1"))
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, payers(scene)) == ("failed", [])
    assert lifecycle.reopened_at == scene.clock.at
    assert [(one.state, one.reason) for one in lifecycle.attempts] == [("failed", "charged_back")]
    assert scene.post().attempt == 2


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_it_is_reopened_whichever_the_order_receives_first(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    scene.post()
    facts = [captured(scene, "pay_1", method=SEPA_DEBIT), charged_back(scene, "pay_1")]
    for number in order:
        scene.track(*facts[number])

    assert payers(scene) == []
    assert scene.post().status == "open"


def test_a_debit_that_is_taken_back_in_part_leaves_a_part(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1", method=SEPA_DEBIT))
    scene.track(*charged_back(scene, "pay_1", 40_00))
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, lifecycle.part_payments[0].left_minor) == ("part_paid", 60_00)


def test_a_debit_that_comes_back_to_us_pays_again(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1", method=SEPA_DEBIT))
    scene.track(*charged_back(scene, "pay_1"))
    scene.track(*won(scene, "pay_1"))

    assert (scene.lifecycle().status, payers(scene)) == ("paid", ["pay_1"])
    assert scene.lifecycle().reopened_at is None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_return_of_a_debit_that_was_refunded_in_full_reopens_nothing(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    scene.post()
    acts = (
        lambda: captured(scene, "pay_1", method=SEPA_DEBIT),
        lambda: refunded(scene, "pay_1"),
        lambda: charged_back(scene, "pay_1"),
    )
    for number in order:
        scene.track(*acts[number]())
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, payers(scene), lifecycle.reopened_at) == ("paid", ["pay_1"], None)
    assert RefundRequests().payment(payment("north", "pay_1")).excess_minor == 100_00


def test_it_is_reopened_with_an_alarm_once_that_refund_fails(
    scene: OrderScene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1", method=SEPA_DEBIT))
    scene.track(*refunded(scene, "pay_1"), *charged_back(scene, "pay_1"))
    assert REOPENED not in caplog.messages
    scene.track(*refunded(scene, "pay_1", "failed"))

    assert (scene.lifecycle().status, payers(scene)) == ("failed", [])
    assert caplog.messages.count(REOPENED) == 1
    assert scene.post().attempt == 2


def test_a_return_of_a_debit_that_was_refunded_in_part_reopens_its_order(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1", method=SEPA_DEBIT))
    scene.track(*refunded(scene, "pay_1", minor=30_00), *charged_back(scene, "pay_1"))

    assert (payers(scene), scene.post().attempt) == ([], 2)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_debit_that_comes_back_to_us_pays_whatever_the_order_receives_first(
    scene: OrderScene, order: tuple[int, ...]
) -> None:
    scene.post()
    acts = (
        lambda: captured(scene, "pay_1", method=SEPA_DEBIT),
        lambda: charged_back(scene, "pay_1"),
        lambda: won(scene, "pay_1"),
    )
    for number in order:
        scene.track(*acts[number]())

    assert (scene.lifecycle().status, payers(scene)) == ("paid", ["pay_1"])


def test_what_paid_meanwhile_keeps_paying_and_the_debit_goes_back(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*captured(scene, "pay_1", method=SEPA_DEBIT))
    scene.track(*charged_back(scene, "pay_1"))
    scene.post()
    scene.track(*captured(scene, "pay_2", gateway="south"))
    scene.track(*won(scene, "pay_1"))

    assert (payers(scene), seconds(scene)) == (["pay_2"], ["pay_1"])
    assert promised("north", "pay_1") == 100_00


@pytest.mark.parametrize("method", [CARD, SEPA_DEBIT])
def test_a_part_that_was_charged_back_doesnt_pay_with_what_comes_later(
    scene: OrderScene, method: Means
) -> None:
    scene.post()
    scene.track(*captured(scene, "a", 60_00, method))
    scene.track(*charged_back(scene, "a", 60_00))
    scene.track(*captured(scene, "b", 40_00))
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, payers(scene)) == ("part_paid", [])
    assert lifecycle.discrepancy is not None
    assert [one.amount_minor for one in lifecycle.discrepancy.captured] == [40_00]


def test_a_surplus_that_was_charged_back_is_no_surplus_any_more(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1", 130_00))
    assert scene.lifecycle().status == "discrepancy"
    scene.track(*charged_back(scene, "pay_1", 30_00))

    assert (scene.lifecycle().status, scene.lifecycle().discrepancy) == ("paid", None)


def test_a_duplicate_pays_in_the_place_of_a_payment_that_was_charged_back(
    scene: OrderScene,
) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    scene.track(*captured(scene, "pay_2", gateway="south"))
    [named] = [str(one.refund_request_id) for one in found(scene)]
    scene.track(*charged_back(scene, "pay_1"))
    request = RefundRequests().named(named).lifecycle

    assert (scene.lifecycle().status, payers(scene), seconds(scene)) == ("paid", ["pay_2"], [])
    assert (request.state, request.changes[-1].why) == (RequestState.REJECTED, Why.PAYS)


def test_a_payment_that_comes_after_the_chargeback_pays_in_its_place(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    scene.track(*charged_back(scene, "pay_1"))
    scene.track(*captured(scene, "pay_2", gateway="south"))

    assert (payers(scene), found(scene), promised("south", "pay_2")) == (["pay_2"], [], 0)


def test_the_first_goes_back_once_its_dispute_is_won(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    scene.track(*charged_back(scene, "pay_1"))
    scene.track(*captured(scene, "pay_2", gateway="south"))
    facts = won(scene, "pay_1")
    scene.track(*facts, *facts)

    assert (payers(scene), seconds(scene)) == (["pay_2"], ["pay_1"])
    assert (promised("north", "pay_1"), promised("south", "pay_2")) == (100_00, 0)
    assert len({one.refund_request_id for one in found(scene)}) == 1


def test_a_duplicate_that_goes_back_already_doesnt_take_over(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    scene.track(*captured(scene, "pay_2", gateway="south"))
    scene.track(*charged_back(scene, "pay_1"))

    assert (payers(scene), seconds(scene)) == (["pay_1"], ["pay_2"])
    assert promised("south", "pay_2") == 100_00


def test_a_duplicate_that_is_too_little_doesnt_take_over(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    scene.track(*captured(scene, "pay_2", 60_00, gateway="south"))
    scene.track(*charged_back(scene, "pay_1"))

    assert (scene.lifecycle().status, payers(scene), seconds(scene)) == (
        "paid",
        ["pay_1"],
        ["pay_2"],
    )


def test_a_duplicate_that_was_disputed_when_it_was_found_goes_back_once_it_is_won(
    scene: OrderScene,
) -> None:
    approve(scene)
    scene.post()
    scene.track(*captured(scene, "pay_1"))
    second = captured(scene, "pay_2", gateway="south")
    disputed = charged_back(scene, "pay_2", gateway="south")
    scene.track(*second, *disputed)
    assert promised("south", "pay_2") == 0

    facts = won(scene, "pay_2", gateway="south")
    scene.track(*facts, *facts)
    assert promised("south", "pay_2") == 100_00
    named = {one.refund_request_id for one in found(scene)} - {None}
    assert len(named) == 1
