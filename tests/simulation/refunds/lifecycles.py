"""Two lifecycles of a refund, fixed, so that every single fault of them can be enumerated.

One is decided by policy, comes back on the third day and is asked for anew by two people. The
other is decided by two people, taken back in time, and decided again.
"""

import random

from kassa.core.money import Money
from kassa.refunds.policy.conditions import MoneyWithin
from kassa.refunds.policy.model import Outcome, RefundPolicy, Rule
from tests.simulation.engine.schedule import EPOCH
from tests.simulation.payments.world import World
from tests.simulation.refunds.people import People
from tests.simulation.refunds.request_bodies import Shop, save_policy

_DAY_S = 86_400.0
_SMALL = Rule(
    rule_id="R1",
    name="Small",
    when=(MoneyWithin(column="amount", up_to=50_00, currency="EUR"),),
    then=Outcome.APPROVE,
)
_POLICY = RefundPolicy(
    version=1,
    merchant_id="main",
    rules=(_SMALL,),
    second_person_over=(Money(amount_minor=30_00, currency="EUR"),),
    effective_from=EPOCH,
    saved_at=EPOCH,
    saved_by="key_finance",
)


def by_policy(world: World) -> None:
    """A refund is approved at once, asked for, paid, comes back, and is asked for anew."""
    shop, people, payment_id = _begun(world)
    world.gateway.on_refund.append(lambda refund_id: _settle(world, refund_id))
    at = world.schedule.at
    at(10.0, lambda: shop.request_body(payment_id, "small", 40_00, "damaged"))
    at(10.0, lambda: shop.request_body(payment_id, "too-much", 100_01, "damaged"))
    at(2.2 * _DAY_S, lambda: _all_approve(world, people, "key_one"))
    at(2.3 * _DAY_S, lambda: _all_approve(world, people, "key_two"))
    world.watch_until(4 * _DAY_S)


def by_people(world: World) -> None:
    """A refund is approved by two people, undone, approved again, asked for and paid."""
    shop, people, payment_id = _begun(world)
    world.gateway.begins = "succeeded"
    at = world.schedule.at
    at(10.0, lambda: shop.request_body(payment_id, "large", 60_00, "damaged"))
    for at_s in (600.0, 1_800.0):
        at(at_s, lambda: _all_approve(world, people, "key_one"))
        at(at_s + 300.0, lambda: _all_approve(world, people, "key_two"))
    at(1_000.0, lambda: [people.act(one, "undo", "key_one") for one in world.cases.lifecycles])
    world.watch_until(2 * _DAY_S)


def _begun(world: World) -> tuple[Shop, People, str]:
    save_policy(world, _POLICY)
    world.gateway.begins = "pending"
    payment_id = world.gateway.open_payment(100_00, "eur")
    world.gateway.attempt(payment_id)
    source = random.Random(1)
    return Shop(world, source), People(world, source), payment_id


def _settle(world: World, refund_id: str) -> None:
    """Let the first refund leave and come back on the third day; those after it stay away."""
    at, gateway = world.schedule.at, world.gateway
    at(60.0, lambda: gateway.settle_refund(refund_id, "succeeded"))
    if len(gateway.fake.account.kinds["refund"]) == 1:
        at(2 * _DAY_S, lambda: gateway.settle_refund(refund_id, "failed"))


def _all_approve(world: World, people: People, person: str) -> None:
    for request_id in world.cases.lifecycles:
        people.act(request_id, "approve", person)
