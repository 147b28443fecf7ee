"""Refunds in a seed: a policy, bursts of requests, people, and what the gateway does meanwhile."""

import json
import random
from collections.abc import Callable

from tests.simulation.payments.world import World
from tests.simulation.refunds.people import People
from tests.simulation.refunds.request_bodies import Shop, drawn_policy, save_policy

_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
HORIZON_S = 6 * _DAY_S  # until then watch_gateways runs by its schedule
_BURSTS_S = (2.0, 40.0, 300.0, 3 * _HOUR_S, 30 * _HOUR_S)
_VISITS_S = (60.0, 600.0, 1.5 * _HOUR_S, 5 * _HOUR_S, 27 * _HOUR_S, 50 * _HOUR_S)
_LAST_VISIT_S = 76 * _HOUR_S  # after the refunds that come back on the third day
_RICH = 300_000, 45_000  # a payment, and claims of which two fill a customer's day


def start(world: World, source: random.Random, payments: dict[str, int]) -> None:
    """Set refunds going on payments, each with the amount that may be captured of it."""
    save_policy(world, drawn_policy(source))
    switches = world.gateway.fake.switches
    switches.lifts_refund_limit = source.random() < 0.5
    switches.lifts_dispute_limit = source.random() < 0.5
    shop, people = Shop(world, source), People(world, source)
    for payment_id, amount in payments.items():
        _on_payment(world, source, shop, (payment_id, amount))
    if source.random() < 0.06:
        _rich(world, source, shop)
    for at_s in (*source.sample(_VISITS_S, 3), _LAST_VISIT_S):
        _at(world, at_s, people.visit)
        if source.random() < 0.4:  # somebody thinks again within minutes
            _at(world, at_s + source.choice((2.0, 100.0)), people.visit)
    if source.random() < 0.3:
        _at(world, source.choice((3.0, 50.0, 310.0)), lambda: _wake_all(world))
    world.watch_until(HORIZON_S)


def _on_payment(world: World, source: random.Random, shop: Shop, payment: tuple[str, int]) -> None:
    """Ask for refunds of a payment, at one instant and perhaps again; others act in between."""
    at_s = source.choice(_BURSTS_S)
    for _ in range(source.choice((1, 1, 2))):
        _at(world, at_s, lambda: shop.burst(*payment))
    if source.random() < 0.3:
        _at(world, at_s, lambda: _meddle(world, source, payment[0]))
    if source.random() < 0.3:
        again_s = at_s + source.choice((5.0, _DAY_S, 3 * _DAY_S))
        _at(world, again_s, lambda: shop.burst(*payment))


def _at(world: World, at_s: float, act: Callable[[], None]) -> None:
    world.schedule.at(at_s, act)


def _meddle(world: World, source: random.Random, payment_id: str) -> None:
    """Somebody refunds in the dashboard, or a bank questions the charge, in between."""
    charge_id = world.gateway.found(payment_id)["latest_charge"]
    charge = world.gateway.fake.account.objects.get(charge_id or "", {})
    if not charge.get("captured") or charge["status"] == "failed":
        return
    amount = max(1, charge["amount_captured"] // source.choice((1, 2, 4)))
    if source.random() < 0.6:
        world.gateway.refund(charge_id, amount, source.choice(("", "pending")))
        return
    dispute_id = world.gateway.dispute(charge_id, amount)
    if source.random() < 0.6:
        ends = source.choice(("won", "lost"))
        world.schedule.at(_DAY_S, lambda: world.gateway.close_dispute(dispute_id, ends))


def _wake_all(world: World) -> None:
    """Ring for every request there is, and for one that nobody made: it may do no harm."""
    for request_id in (*world.cases.lifecycles, "rr_unknown"):
        world.refunds.send(json.dumps({"refund_request_id": request_id}))


def _rich(world: World, source: random.Random, shop: Shop) -> None:
    """Claims that are each within the limit of one refund, and together above a day's."""
    paid, claimed = _RICH
    customer = world.gateway.customer()
    payment_id = world.gateway.open_payment(paid, "eur", customer=customer)
    world.gateway.attempt(payment_id)
    for n in range(5):
        after_s = 120.0 + source.choice((0.0, 0.0, 30.0))
        _at(
            world,
            after_s,
            lambda n=n: shop.request_body(payment_id, f"rich-{n}", claimed, "damaged"),
        )
