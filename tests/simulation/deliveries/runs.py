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
from tests.simulation.deliveries.world import ENVIRONMENT, DeliveriesWorld
from tests.simulation.engine.runs import Result, found_when_quiet, result_of

FAULTS_END_S = 1_200.0
PEOPLE_COME_S = 900.0


def run(seed: int) -> Result:
    """Run a seed."""
    world = DeliveriesWorld(seed)
    Checks(world)
    _forget()
    with environment(world.schedule, world.services(), ENVIRONMENT, Counter()):
        safe_http.install(world.transport)
        try:
            world.begin()
            world.schedule.at(PEOPLE_COME_S, world.visit)
            world.schedule.at(FAULTS_END_S, world.calm_down)
            check = partial(violations, world)
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
