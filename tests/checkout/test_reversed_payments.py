"""What a gateway takes back without a dispute isn't contested: its order is open again."""

from itertools import permutations

import pytest

from kassa.checkout.apply_fact import is_applicable
from kassa.gateways.events import ObjectKind as K
from kassa.gateways.events import ObjectReport
from kassa.ledger.facts import LedgerFact
from tests.support.duplicate_payments import approve
from tests.support.order_scene import OrderScene, charge, object_report, scene

__all__ = ["scene"]

REOPENED = "order reopened after it was paid"  # with its metric, which an alarm counts


def report(scene: OrderScene, *reports: ObjectReport, gateway: str = "north") -> list[LedgerFact]:
    """Report of the payment pay_1; return the facts that OrdersRule lets through."""
    return [one for one in scene.report(gateway, "pay_1", *reports) if is_applicable(one)]


def captured(scene: OrderScene) -> list[LedgerFact]:
    return report(scene, charge("pay_1", 100_00, scene.clock.at))


def reversal(scene: OrderScene, state: str = "withdrawn", minor: int = 100_00) -> ObjectReport:
    """Report what a gateway took from the payment, as PayPal does: under its transaction's id."""
    moved = object_report(f"T_{state}", K.DISPUTE_FUNDS, state, scene.clock.at, minor)
    of = charge("pay_1", 1, scene.clock.at).object_id
    return moved.model_copy(update={"belongs_to": of, "is_assumed": True})


def dispute(scene: OrderScene, state: str) -> ObjectReport:
    return object_report("dp_1", K.DISPUTE, state, scene.clock.at, 100_00)


def payers(scene: OrderScene) -> list[str]:
    return [one.payment_id for one in scene.lifecycle().payers]


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_a_reversal_without_a_dispute_leaves_its_order_open_to_be_paid(
    scene: OrderScene, order: tuple[int, ...], caplog: pytest.LogCaptureFixture
) -> None:
    scene.post()
    acts = (lambda: captured(scene), lambda: report(scene, reversal(scene)))
    for number in order:
        scene.track(*acts[number]())

    assert payers(scene) == []
    assert (REOPENED in caplog.messages) == (order == (0, 1))  # it was never paid otherwise
    assert scene.post().attempt == 2


def test_an_order_that_was_paid_and_reversed_is_open_again(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene))
    scene.track(*report(scene, reversal(scene)), *report(scene, dispute(scene, "inquiry")))
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, lifecycle.reopened_at is None) == ("failed", False)
    assert [(one.state, one.reason) for one in lifecycle.attempts] == [("failed", "charged_back")]


def test_a_part_that_was_reversed_leaves_a_part(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene))
    scene.track(*report(scene, reversal(scene, minor=40_00)))
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, lifecycle.part_payments[0].left_minor) == ("part_paid", 60_00)


def test_a_reversal_that_is_given_back_pays_its_order_again(scene: OrderScene) -> None:
    scene.post()
    scene.track(*captured(scene))
    scene.track(*report(scene, reversal(scene)))
    scene.track(*report(scene, reversal(scene, "reinstated")))

    assert (scene.lifecycle().status, scene.lifecycle().reopened_at) == ("paid", None)


@pytest.mark.parametrize("state", ["open", "lost"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_reversal_beside_a_dispute_is_contested_and_leaves_its_order_paid(
    scene: OrderScene, order: tuple[int, ...], state: str
) -> None:
    scene.post()
    acts = (
        lambda: captured(scene),
        lambda: report(scene, reversal(scene)),
        lambda: report(scene, dispute(scene, state)),
    )
    for number in order:
        scene.track(*acts[number]())
    lifecycle = scene.lifecycle()

    assert (lifecycle.status, lifecycle.reopened_at, payers(scene)) == ("paid", None, ["pay_1"])
    assert lifecycle.payers[0].charged_back_minor == 100_00


def test_what_paid_in_the_place_of_a_reversed_payment_keeps_paying(scene: OrderScene) -> None:
    approve(scene)
    scene.post()
    scene.track(*captured(scene))
    scene.track(*report(scene, reversal(scene)))
    scene.post()
    scene.track(*scene.capture("south", "pay_2"))
    scene.track(*report(scene, dispute(scene, "open")))
    assert (scene.lifecycle().status, payers(scene)) == ("paid", ["pay_2"])
    scene.track(*report(scene, dispute(scene, "won"), reversal(scene, "reinstated")))

    assert [one.payment_id for one in scene.lifecycle().duplicate_payments] == ["pay_1"]
