"""One seed from beginning to end: faults on, faults off, quiet, checked."""

from collections import Counter
from functools import partial

from kassa.partners import safe_http
from kassa.partners.rest import client as rest_client
from kassa.partners.rest import store as rest_store
from kassa.partners.webhooks.endpoints import store as endpoint_store
from kassa.platform import drawn_secrets
from tests.simulation.aws.environment import environment
from tests.simulation.deliveries.checks import Checks
from tests.simulation.deliveries.invariants import violations
from tests.simulation.deliveries.reminder_invariants import violations as reminder_violations
from tests.simulation.deliveries.reminders import (
    DAY_S,
    ENVIRONMENT_OF_REMINDERS,
    STORMY_DAYS,
    RemindersWorld,
)
from tests.simulation.deliveries.world import ENVIRONMENT, DeliveriesWorld
from tests.simulation.engine.runs import Check, Result, found_when_quiet, result_of

FAULTS_END_S = 1_200.0
PEOPLE_COME_S = 900.0


def run(seed: int) -> Result:
    """Run a seed: of each four, three tell facts at once, and one reminds for weeks."""
    if seed % 4 == 3:
        reminders = RemindersWorld(seed)
        calm_s, check = STORMY_DAYS * DAY_S, partial(reminder_violations, reminders)
        return _lived(seed, reminders, ENVIRONMENT_OF_REMINDERS, (calm_s, check))
    world = DeliveriesWorld(seed)
    return _lived(seed, world, ENVIRONMENT, (FAULTS_END_S, partial(violations, world)))


def _lived(
    seed: int, world: DeliveriesWorld, variables: dict[str, str], ends: tuple[float, Check]
) -> Result:
    """Let a world live until its faults end, and then until it is quiet."""
    faults_end_s, check = ends
    Checks(world)
    _forget()
    with environment(world.schedule, world.services(), variables, Counter()):
        safe_http.install(world.transport)
        try:
            world.begin()
            world.schedule.at(PEOPLE_COME_S, world.visit)
            world.schedule.at(faults_end_s, world.calm_down)
            findings = found_when_quiet(world.schedule, world.calm_down, check)
        finally:
            safe_http.install(None)
            _forget()
    return result_of(seed, world.schedule, findings, {})


def _forget() -> None:
    """Be a new execution environment, so that no seed knows another."""
    rest_client.forget()
    rest_store.forget()
    drawn_secrets.forget()
    endpoint_store.forget()
