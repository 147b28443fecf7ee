"""All single faults of three lifecycles, enumerated: each call, each fault that it can have.

A payment's lifecycle: a failed attempt, a capture, two refunds of which one comes back, a dispute
that is won, a payout, and the pull of the balance. The lifecycles of refunds stand in
`refunds/lifecycles.py`.
"""

from collections.abc import Callable
from typing import NamedTuple
from unittest.mock import patch

from kassa.monitoring import watch_gateways
from tests.simulation.engine.faults import CALM, Fault
from tests.simulation.engine.runs import Result
from tests.simulation.payments import runs
from tests.simulation.payments.world import World
from tests.simulation.refunds import lifecycles as refund_lifecycles

LIFECYCLE_SEED = 2  # with the newest API version


def one_lifecycle(world: World) -> None:
    """Set the fixed lifecycle going, all of it within two minutes."""
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


LIFECYCLES: dict[str, Callable[[World], None]] = {
    "a payment": one_lifecycle,
    "a refund by policy": refund_lifecycles.by_policy,
    "a refund by people": refund_lifecycles.by_people,
}
# Errors that the gateway remembers are all it says for a day: then a person decides.
_REMEMBERED = (Fault.ERROR_BEFORE, Fault.ERROR_AFTER)


class Single(NamedTuple):
    """One fault on one call of a lifecycle; without a call, the lifecycle as it is."""

    lifecycle: str
    number: int = -1
    fault: Fault = Fault.NONE


def single_faults(lifecycle: str) -> tuple[Result, list[Single]]:
    """Return how a lifecycle goes without a fault, and every single fault that it can have."""
    plain = _lived(lifecycle, {})
    numbers = range(plain.calls)
    return plain, [Single(lifecycle, n, fault) for n in numbers for fault in plain.possible[n]]


def found_with(single: Single, refunds: dict[str, str]) -> list[str]:
    """Run a lifecycle with a fault; however a single call fails, refunds end as they do without."""
    result = _lived(single.lifecycle, {single.number: single.fault})
    found = list(result.findings)
    if single.fault not in _REMEMBERED and result.ended != refunds:
        found.append(f"refunds end as {result.ended}")
    return found


def _lived(lifecycle: str, forced: dict[int, Fault]) -> Result:
    """Run a lifecycle; that gateways are listened to moves no money, and takes most of the
    calls.
    """
    with patch.object(watch_gateways, "watch_silence", lambda accounts: 0):
        return runs.run(LIFECYCLE_SEED, CALM, forced, begin=LIFECYCLES[lifecycle])
