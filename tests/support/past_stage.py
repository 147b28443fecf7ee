"""A stage whose gateway has a past: played while nobody listened, and imported afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from functions.watch_gateways.app import lambda_handler as watch_gateways
from kassa.gateways import registry
from kassa.gateways.registry import Ability
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import booked_event
from kassa.ledger.lists import imports
from kassa.ledger.lists.imports import Import
from kassa.monitoring.submit_import import ImportRequest, submit_import
from kassa.platform.table import plain
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import Scenario, scene_of
from tests.support.gateway_stage import Stage, on_stage

PASTS = [name for name, known in registry.GATEWAYS.items() if Ability.HISTORY in known.can]
AGO = timedelta(days=40)
SINCE = NOW - timedelta(days=60)
ONE_PAGE = 5.0  # seconds: with no more left, a walk ends behind the page it is at


@contextmanager
def past(
    gateway: str, stack: Stack, fake_clock: FakeClock, patch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Open a stage forty days ago, so that what is played there is past when it is imported."""
    fake_clock.at = NOW - AGO
    with on_stage(stack, fake_clock, scene_of(gateway, fake_clock), patch) as stage:
        yield stage


def happen(stage: Stage, scenario: Scenario, pays_out: bool = True) -> None:
    """Play a scenario up to its payout while nobody listens, and come back to the present."""
    scenario.play(stage.scene)
    stage.clock.at += timedelta(minutes=10)
    stage.scene.pass_time()
    if pays_out and "payout" in stage.scene.can:
        stage.scene.pay_out()
        stage.clock.at += timedelta(minutes=10)
        stage.scene.pass_time()
    stage.clock.at = NOW


def ask(stage: Stage, since: datetime = SINCE, again: bool = False) -> Import:
    """Ask for the import as the command does."""
    stage.save_secrets()
    gateway = stage.scene.gateway
    asked = ImportRequest(gateway=gateway, account="main", begins_at=since, again=again)
    return submit_import(asked)


def walk(stage: Stage, left_s: float = 30.0) -> Import:
    """Let the function go on with it, as the command does."""
    context = Context()
    context.left_s = left_s
    watch_gateways({"import": f"{stage.scene.gateway}/main"}, context)
    return standing(stage)


def standing(stage: Stage) -> Import:
    """Return how the import stands."""
    found = imports.find(stage.scene.gateway, "main")
    assert found is not None
    return found


def facts(stage: Stage) -> list[LedgerFact]:
    """Return every fact of the table."""
    items = map(plain, stage.stack.items())
    return [fact for one in items if "gateway_type" in one for fact in booked_event(one).facts]
