"""One seed of orders from beginning to end: faults on, faults off, quiet, judged."""

import random
from typing import Any

from kassa.adapters.gateways import http
from tests.simulation.checkouts.invariants import order_violations
from tests.simulation.checkouts.life import OrderLife
from tests.simulation.checkouts.world import CheckoutWorld
from tests.simulation.entering import entered
from tests.simulation.faults import CALM, drawn_weather
from tests.simulation.judge import Judge
from tests.simulation.runs import Result, result_of, until_quiet

_FAULTS_END_S = 4 * 3600.0
_HOUR_S = 3600.0
# When watch_gateways runs; its schedule's other runs would find nothing that is due.
_WATCHES_S = (310.0, 620.0, 1.1 * _HOUR_S, 2.2 * _HOUR_S, 5 * _HOUR_S, 26 * _HOUR_S, 31 * _HOUR_S)
_AFTER_S = (0.2 * _HOUR_S, 1.5 * _HOUR_S, 26 * _HOUR_S, 51 * _HOUR_S)
_ORDERS = (1, 1, 2, 3)


def run(seed: int) -> Result:
    """Run a seed."""
    world = CheckoutWorld(seed, CALM)
    schedule = world.schedule
    schedule.weather = drawn_weather(schedule.source)._replace(silent=0.0)
    judge = Judge(schedule)
    world.store.on_write.append(judge.see_write)
    world.bus.on_told.append(lambda name, told: _see_telling(judge, name, told))
    http.install(world.transport)
    with entered(world):
        try:
            _begin(world, seed)
            findings = until_quiet(world, lambda: _look_again(world))
            findings = findings or order_violations(world, judge)
        except Exception as error:  # of the simulation itself, or of a checker that met nonsense
            findings = [f"the run broke: {type(error).__name__}: {error}"]
        finally:
            http.install(None)
    ended = {order_id: str(life.get("paid_by")) for order_id, life in world.lives.items()}
    return result_of(seed, schedule, findings, ended)


def _see_telling(judge: Judge, name: str, told: dict[str, Any]) -> None:
    """Show the judge what was booked; facts of requests and orders stand elsewhere."""
    if told["metadata"]["subject_kind"] == "payment" and name != "SecondPaymentFound":
        judge.see_telling(name, told)


def _begin(world: CheckoutWorld, seed: int) -> None:
    source = random.Random(f"orders of {seed}")
    for number in range(source.choice(_ORDERS)):
        OrderLife(world, number, source).begin()
    for at_s in _WATCHES_S:
        world.schedule.at(at_s, world.watch)
    world.schedule.at(_FAULTS_END_S, world.calm_down)


def _look_again(world: CheckoutWorld) -> None:
    for at_s in _AFTER_S:
        world.schedule.at(at_s, world.watch)
