"""One seed from beginning to end: faults on, faults off, quiet, checked."""

from collections import Counter
from functools import partial

from tests.simulation.aws.environment import environment
from tests.simulation.engine.runs import Result, found_when_quiet, result_of
from tests.simulation.example.invariants import violations
from tests.simulation.example.world import CounterWorld

_FAULTS_END_S = 60.0


def run(seed: int) -> Result:
    """Run a seed."""
    world = CounterWorld(seed)
    with environment(world.schedule, {"dynamodb": world.store}, {}, Counter()):
        world.begin()
        world.schedule.at(_FAULTS_END_S, world.calm_down)
        check = partial(violations, world)
        findings = found_when_quiet(world.schedule, world.calm_down, check)
    return result_of(seed, world.schedule, findings, {})
