"""All single faults of one payment's life, enumerated: each call, each fault that it can have.

The life is fixed: a failed attempt, a capture, two refunds of which one comes back, a dispute that
is won, a payout, and the pull of the balance.
"""

from collections.abc import Iterator

from tests.simulation import runs
from tests.simulation.faults import CALM, Fault
from tests.simulation.world import World

LIFE_SEED = 2  # with the newest API version


def one_life(world: World) -> None:
    """Set the fixed life going, all of it within two minutes."""
    gateway, at = world.gateway, world.schedule.at
    payment_id = gateway.open_payment(10_000, "eur")
    gateway.attempt(payment_id, fails=True)

    def captured() -> None:
        charge_id = gateway.attempt(payment_id)
        left = gateway.refund(charge_id, 1_000)
        came_back = gateway.refund(charge_id, 500, named="rr_500")
        at(5.0, lambda: gateway.settle_refund(left, "succeeded"))
        at(5.0, lambda: gateway.settle_refund(came_back, "failed"))
        at(10.0, lambda: disputed(charge_id))

    def disputed(charge_id: str) -> None:
        dispute_id = gateway.dispute(charge_id, 2_000)
        at(20.0, lambda: gateway.close_dispute(dispute_id, "won"))

    def paid_out() -> None:
        payout_id = gateway.pay_out(5_000)
        at(10.0, lambda: gateway.settle_payout(payout_id, "paid"))

    at(1.0, captured)
    at(40.0, paid_out)
    at(120.0, world.watch)


def single_faults() -> Iterator[tuple[int, Fault, runs.Result]]:
    """Run the life once for every call and fault; the call's number stays the same."""
    plain = runs.run(LIFE_SEED, CALM, begin=one_life)
    yield -1, Fault.NONE, plain
    for number in range(plain.calls):
        for fault in plain.possible[number]:
            yield number, fault, runs.run(LIFE_SEED, CALM, {number: fault}, begin=one_life)
