"""One seed of orders from beginning to end: faults on, faults off, quiet, checked."""

import random
from typing import Any

from kassa.gateways import http
from tests.simulation.checkouts.acts import SELDOM, AfterSale
from tests.simulation.checkouts.busy import begin_busy
from tests.simulation.checkouts.checks import OrderChecks
from tests.simulation.checkouts.invariants import order_violations
from tests.simulation.checkouts.ledgers import Ledgers, known_and_not_booked, ledger_violations
from tests.simulation.checkouts.lifecycle import OrderLifecycle
from tests.simulation.checkouts.noise import make_noise
from tests.simulation.checkouts.people import OrderPeople
from tests.simulation.checkouts.refund_checks import OrderRefunds, refund_violations
from tests.simulation.checkouts.refund_requests import RefundsRequested
from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.engine.faults import CALM, drawn_weather
from tests.simulation.engine.runs import Result, found_when_quiet, result_of
from tests.simulation.payments.checks import Checks
from tests.simulation.payments.entering import entered

_FAULTS_END_S = 4 * 3600.0
_HOUR_S = 3600.0
# When watch_gateways runs; its schedule's other runs would find nothing that is due.
_WATCHES_S = (310.0, 620.0, 1.1 * _HOUR_S, 2.2 * _HOUR_S, 5 * _HOUR_S, 26 * _HOUR_S, 31 * _HOUR_S)
_AFTER_S = (0.2 * _HOUR_S, 1.5 * _HOUR_S, 26 * _HOUR_S, 51 * _HOUR_S)
_TIMES_S = (100.0, 0.3 * _HOUR_S, 1.05 * _HOUR_S, 4.9 * _HOUR_S, 25 * _HOUR_S)
_ORDERS = (1, 1, 2, 3)
_REFUNDING, _ACTING, _NOISY, _SELDOM = 0.6, 0.4, 0.2, 0.5  # the share of worlds
_BUSY = 20  # of so many worlds one has an outage and many orders, one a customer who wants all


def run(seed: int) -> Result:
    """Run a seed."""
    is_busy = seed % _BUSY == _BUSY - 1
    world = CheckoutWorld(seed, CALM, is_busy)
    schedule = world.schedule
    if not is_busy:
        schedule.weather = drawn_weather(schedule.source)._replace(silent=0.0)
    checks = OrderChecks(schedule)
    world.store.on_write.append(checks.see_write)
    ledgers = Ledgers()
    world.store.on_write.append(OrderRefunds(world).see_write)
    world.bus.on_published.append(lambda name, fact: _see_published(checks, name, fact))
    world.bus.on_published.append(ledgers.see_published)
    http.install(world.transport)
    with entered(world):
        try:
            _begin(world, seed)
            findings = found_when_quiet(
                schedule, lambda: _look_again(world, ledgers), lambda: _violations(world, ledgers)
            )
        finally:
            http.install(None)
    ended = {
        order_id: str(lifecycle.get("paid_by")) for order_id, lifecycle in world.lifecycles.items()
    }
    return result_of(seed, schedule, findings, ended)


def _see_published(checks: Checks, name: str, fact: dict[str, Any]) -> None:
    """Show the checks what was booked; facts of requests and orders stand elsewhere."""
    if fact["metadata"]["subject_kind"] == "payment" and name != "DuplicatePaymentFound":
        checks.see_published(name, fact)


def _begin(world: CheckoutWorld, seed: int) -> None:
    source = random.Random(f"orders of {seed}")
    if world.is_busy:
        begin_busy(world, source)
    elif seed % _BUSY == 0:
        RefundsRequested(world, source).begin_rich()
    else:
        _begin_orders(world, source, seed)
    for at_s in _TIMES_S:
        world.schedule.at(at_s, world.pass_times)
    for at_s in _WATCHES_S:
        world.schedule.at(at_s, world.watch)
    world.schedule.at(_FAULTS_END_S, world.calm_down)


def _begin_orders(world: CheckoutWorld, source: random.Random, seed: int) -> None:
    """Let orders be sent, and in some worlds more happen: refunds, disputes, what isn't ours."""
    for number in range(source.choice(_ORDERS)):
        OrderLifecycle(world, number, source).begin()
    mark = source.random()
    if mark < _REFUNDING:
        RefundsRequested(world, source).begin()
    if mark < _ACTING:
        AfterSale(world, source).begin()
    if source.random() < _NOISY:
        make_noise(world, source)
    OrderPeople(world, source).begin()
    seldom = random.Random(f"what seldom happens in {seed}")
    if seldom.random() < _SELDOM:
        AfterSale(world, seldom).begin_seldom(seldom.choice(SELDOM))


def _look_again(world: CheckoutWorld, ledgers: Ledgers) -> None:
    """End faults, let every gateway pay out and report, look up what waits, pull all balances."""
    world.redrive()
    world.schedule.findings.extend(known_and_not_booked(world, ledgers))
    world.settle()
    if world.people is not None:
        world.schedule.at(0.5 * _HOUR_S, world.people.visit)
        world.schedule.at(60 * _HOUR_S, world.people.visit)
        world.schedule.at(66 * _HOUR_S, world.people.visit)
        world.watch_until(world.schedule.now_s + 70 * _HOUR_S)
        world.schedule.at(80 * _HOUR_S, world.settle)
        for at_s in (81 * _HOUR_S, 84 * _HOUR_S):
            world.schedule.at(at_s, world.watch)
    for at_s in _AFTER_S:
        world.schedule.at(at_s, world.watch)


def _violations(world: CheckoutWorld, ledgers: Ledgers) -> list[str]:
    return [
        *order_violations(world, ledgers),
        *ledger_violations(world, ledgers),
        *refund_violations(world),
    ]
