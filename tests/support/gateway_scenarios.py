"""What can happen to a payment at every gateway, and what it comes to in the books."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from tests.support.every_gateway import scene_class
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.scene import CURRENCY, FEE_FIXED, FEE_PERMILLE, Scene
from tests.support.gateway_stage import Ledger, Stage

ORDER, OTHER, PAID = "order-1", "order-2", 100_00
PARTS = (60_00, 25_00, 15_00)


class Scenario(NamedTuple):
    """What happens, what a gateway must know for it, and what it comes to."""

    play: Callable[[Scene], None]
    needs: frozenset[str]
    captured: tuple[int, ...] = (PAID,)
    refunded: int = 0
    charged_back: int = 0
    taken_back: int = 0  # of what was captured: disproved, or returned by a bank


def _pay(scene: Scene) -> None:
    scene.pay(ORDER, PAID)


def _decline(scene: Scene) -> None:
    scene.decline(ORDER, PAID)


def _decline_then_pay(scene: Scene) -> None:
    scene.decline(ORDER, PAID)
    scene.pay(OTHER, PAID)


def _refund_twice(scene: Scene) -> None:
    scene.pay(ORDER, PAID)
    scene.refund(ORDER, 30_00)
    scene.refund(ORDER, 12_34)


def _refund_fails(scene: Scene) -> None:
    scene.pay(ORDER, PAID)
    scene.refund(ORDER, 30_00)
    scene.fail_last_refund(ORDER)


def _refund_fails_and_is_made_again(scene: Scene) -> None:
    _refund_fails(scene)
    scene.refund(ORDER, 30_00)


def _lose(scene: Scene) -> None:
    scene.pay(ORDER, PAID)
    scene.pay(OTHER, PAID)  # so that there is something left to pay out
    scene.dispute(ORDER, "lost")


def _win(scene: Scene) -> None:
    scene.pay(ORDER, PAID)
    scene.dispute(ORDER, "won")


def _lose_and_get_a_part_back(scene: Scene) -> None:
    _two_payments(scene)
    scene.dispute(ORDER, "lost", returned_minor=30_00)


def _lose_twice(scene: Scene) -> None:
    _two_payments(scene)
    scene.dispute(ORDER, "lost", 20_00)
    scene.dispute(ORDER, "lost", 30_00)


def _lose_what_a_refund_left(scene: Scene) -> None:
    _two_payments(scene)
    scene.refund(ORDER, 30_00)
    scene.dispute(ORDER, "lost", 70_00)


def _disprove(scene: Scene) -> None:
    scene.pay(ORDER, PAID)
    scene.disprove(ORDER)


def _return_a_debit(scene: Scene) -> None:
    _two_payments(scene)
    scene.return_debit(ORDER)


def _reverse(scene: Scene) -> None:
    _two_payments(scene)
    scene.reverse(ORDER, 25_00)


def _capture_in_parts(scene: Scene) -> None:
    scene.pay_in_parts(ORDER, PARTS, scene.currency)


def _two_payments(scene: Scene) -> None:
    """Pay twice, so that there is something left to pay out."""
    scene.pay(ORDER, PAID)
    scene.pay(OTHER, PAID)


def _everything(scene: Scene) -> None:
    for order_id, minor in (("a", PAID), ("b", 55_55), ("c", 1_99)):
        scene.pay(order_id, minor)
    scene.refund("a", 25_00)
    scene.refund("a", 25_00)
    scene.dispute("b", "lost")
    scene.dispute("c", "won")


SCENARIOS = {
    "pay": Scenario(_pay, frozenset({"pay"})),
    "decline": Scenario(_decline, frozenset({"decline"}), captured=()),
    "decline, then pay": Scenario(_decline_then_pay, frozenset({"decline", "pay"})),
    "two partial refunds": Scenario(_refund_twice, frozenset({"refund"}), refunded=42_34),
    "a refund fails later": Scenario(_refund_fails, frozenset({"refund_fails"})),
    "a refund fails and is made again": Scenario(
        _refund_fails_and_is_made_again, frozenset({"refund_fails"}), refunded=30_00
    ),
    "a dispute is lost": Scenario(
        _lose, frozenset({"dispute"}), captured=(PAID, PAID), charged_back=PAID
    ),
    "a dispute is won": Scenario(_win, frozenset({"dispute"})),
    "a dispute gives a part back": Scenario(
        _lose_and_get_a_part_back,
        frozenset({"dispute_parts"}),
        captured=(PAID, PAID),
        charged_back=70_00,
    ),
    "two disputes of one payment": Scenario(
        _lose_twice, frozenset({"dispute_parts"}), captured=(PAID, PAID), charged_back=50_00
    ),
    "a dispute of what a refund left": Scenario(
        _lose_what_a_refund_left,
        frozenset({"dispute_parts", "refund"}),
        captured=(PAID, PAID),
        refunded=30_00,
        charged_back=70_00,
    ),
    "a capture is disproved": Scenario(_disprove, frozenset({"disprove"}), captured=()),
    "a debit is returned after it succeeded": Scenario(
        _return_a_debit, frozenset({"debit_return"}), captured=(PAID, PAID), taken_back=PAID
    ),
    "a reversal without a dispute": Scenario(
        _reverse, frozenset({"reverse"}), captured=(PAID, PAID), charged_back=25_00
    ),
    "three captures of one payment": Scenario(
        _capture_in_parts, frozenset({"captures"}), captured=PARTS
    ),
    "all of it": Scenario(
        _everything,
        frozenset({"refund", "dispute"}),
        captured=(PAID, 55_55, 1_99),
        refunded=50_00,
        charged_back=55_55,
    ),
}


def scene_of(gateway: str, fake_clock: FakeClock) -> Scene:
    """Open a gateway's scene, whose clock is the stack's."""
    return scene_class(gateway)(lambda: fake_clock.now().timestamp(), 1)


def run(stage: Stage, scenario: Scenario) -> None:
    """Play a scenario, receive its events, and let the gateway pay out."""
    scenario.play(stage.scene)
    stage.deliver()
    stage.clock.at += timedelta(minutes=10)
    stage.watch()
    if "payout" in stage.scene.can:
        stage.scene.pay_out()
        stage.deliver()
        stage.clock.at += timedelta(minutes=10)
        stage.watch()


def expected(scenario: Scenario, can: frozenset[str]) -> Ledger:
    """Work a scenario's ledger out by hand: what is still at the gateway stands in clearing."""
    taken = sum(scenario.captured)
    fees = sum((minor * FEE_PERMILLE + 500) // 1000 + FEE_FIXED for minor in scenario.captured)
    fees = fees if "fees" in can else 0
    left = taken - scenario.refunded - scenario.charged_back - scenario.taken_back
    sums = {
        "customers": scenario.refunded + scenario.taken_back - taken,
        "chargebacks": scenario.charged_back,
        "gateway_fees": fees,
        "bank" if "payout" in can else "gateway_clearing": left - fees,
    }
    return {(name, CURRENCY): minor for name, minor in sorted(sums.items()) if minor}
