"""A busy hour: many orders, one gateway that is out, and a table that never fails.

So it is exact what must hold: all environments leave the gateway alone together, and no order
waits longer for a page than what was asked for can be paid.
"""

import random

from tests.simulation.checkouts.lifecycle import OrderLifecycle
from tests.simulation.checkouts.world import CheckoutWorld

_ORDERS, _APART_S = 6, 20.0
_OPEN_S, _CLOCKS_S, _SUBMITTING_S = 3600.0, 600.0, 900.0


def begin_busy(world: CheckoutWorld, source: random.Random) -> None:
    """Send orders one after the other while the gateway that comes first is out."""
    lifecycles = [OrderLifecycle(world, number, source) for number in range(_ORDERS)]
    for number, lifecycle in enumerate(lifecycles):
        lifecycle.body.pop("method", None)
        lifecycle.tries_max = 25
        world.schedule.at(1.0 + number * _APART_S, lifecycle.send)
    world.schedule.seen["many orders met an outage"] += 1
    world.schedule.at(7 * 3600.0, lambda: _check(world, lifecycles))


def _check(world: CheckoutWorld, lifecycles: list[OrderLifecycle]) -> None:
    """Hold every order to the time after which it must have been shown a page."""
    for lifecycle in lifecycles:
        waited_s = (
            lifecycle.shown_at_s - lifecycle.sent_at_s if lifecycle.shown_at_s is not None else None
        )
        if waited_s is None or waited_s > _OPEN_S + _CLOCKS_S + _SUBMITTING_S:
            world.schedule.findings.append(f"{lifecycle.order_id} waited {waited_s} s")
