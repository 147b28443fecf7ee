"""One seed from beginning to end: faults on, faults off, quiet, checked."""

from collections import Counter
from datetime import datetime
from functools import partial
from unittest.mock import patch

from kassa.billing.credit_notes import store_credit_note
from kassa.billing.drafts import issue_invoice, store_draft
from kassa.billing.invoices import typeset as typesetter
from kassa.platform import clock
from kassa.platform.messaging import sqs
from tests.simulation.aws.environment import environment
from tests.simulation.engine.runs import Result, found_when_quiet, result_of
from tests.simulation.numbering.checks import Checks
from tests.simulation.numbering.invariants import violations
from tests.simulation.numbering.world import ENVIRONMENT, NumberingWorld

_FAULTS_END_S = 150.0


class _WorkersClock:
    """The clock that a worker reads: nearly right."""

    def __init__(self, world: NumberingWorld) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.clock()

    def sleep(self, seconds: float) -> None:
        self._world.schedule.pause(seconds)

    def jitter(self, upper_s: float) -> float:
        return self._world.schedule.source.uniform(0, upper_s)


def run(seed: int) -> Result:
    """Run a seed."""
    world = NumberingWorld(seed)
    Checks(world)
    named = ENVIRONMENT | {"MERCHANT_TIME_ZONE": world.shop.time_zone}
    with (
        environment(world.schedule, world.services(), named, Counter()),
        patch.object(typesetter, "typeset", world.rendered),
        patch.object(store_draft, "print_forms", world.forms),
        patch.object(store_credit_note, "printed_forms", world.forms),
        patch.object(issue_invoice, "refuse_unprintable", lambda _: None),
        patch.object(sqs, "send", world.requests.put),
    ):
        clock.install(_WorkersClock(world))
        world.begin()
        world.schedule.at(_FAULTS_END_S, world.calm_down)
        check = partial(violations, world)
        findings = found_when_quiet(world.schedule, world.calm_down, check)
    return result_of(seed, world.schedule, findings, {})
