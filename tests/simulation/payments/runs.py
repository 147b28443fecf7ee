"""One seed from beginning to end: faults on, faults off, quiet, checked."""

from collections.abc import Callable

from tests.simulation.engine.faults import CALM, Fault, Weather, drawn_weather
from tests.simulation.engine.runs import Result, found_when_quiet, result_of
from tests.simulation.engine.schedule import Schedule
from tests.simulation.payments import workload
from tests.simulation.payments.checks import Checks
from tests.simulation.payments.entering import entered
from tests.simulation.payments.invariants import violations
from tests.simulation.payments.world import World
from tests.simulation.refunds.checks import RefundChecks
from tests.simulation.refunds.invariants import refund_violations

_FAULTS_END_S = 4 * 3600.0
_LOOK_UP_S = 2 * 3600.0  # by then whatever waits is looked up
_SETTLED_S = 8 * 3600.0  # within that all that became due is done
_VERSIONS = ("2018", "2020", "2025")


def run(
    seed: int,
    weather: Weather | None = None,
    forced: dict[int, Fault] | None = None,
    begin: Callable[[World], None] | None = None,
) -> Result:
    """Run a seed; an enumeration gives weather and beginning, and forces faults on calls."""
    world = World(seed, CALM, _VERSIONS[seed % 3])
    schedule = world.schedule
    schedule.weather = weather or drawn_weather(schedule.source)
    schedule.forced = forced or {}
    checks = Checks(schedule)
    world.store.on_write.append(checks.see_write)
    refund_checks = RefundChecks(world, checks)
    world.store.on_write.append(refund_checks.see_write)
    world.gateway.on_refund.append(refund_checks.see_refund)
    world.bus.on_published.append(checks.see_published)
    with entered(world):
        begin(world) if begin else workload.start(world, seed)
        schedule.at(_FAULTS_END_S, world.calm_down)
        schedule.at(_FAULTS_END_S + 60.0, world.watch)
        findings = found_when_quiet(
            schedule,
            lambda: _look_again(world),
            lambda: [*violations(world, checks), *refund_violations(world, refund_checks)],
        )
    _note(schedule, world)
    ended = {
        request_id: lifecycle["state"] for request_id, lifecycle in world.cases.lifecycles.items()
    }
    return result_of(seed, schedule, findings, ended)


def _look_again(world: World) -> None:
    """End faults, look up what waits, and pull the balance."""
    world.redrive()
    world.schedule.at(_LOOK_UP_S, world.watch)
    if world.cases.lifecycles:
        world.watch_until(world.schedule.now_s + _SETTLED_S)


def _note(schedule: Schedule, world: World) -> None:
    """Count the rare situations that metrics and the store report."""
    seen = schedule.seen
    for name, count in world.store.calls.items():
        if name.startswith("refused None,Conditional"):
            seen["a write was stale"] += count
    seen["an event was repeated"] += world.metrics["EventRepeated"]
    seen["an excess was counted"] += world.metrics["RefundExcess"]
    lifecycles = world.cases.lifecycles.values()
    seen["a trace number was noted"] += sum("reference" in lifecycle for lifecycle in lifecycles)
