"""One scenario played at every gateway makes one ledger, to the minor unit."""

import pytest

from tests.support.aws_stack import Stack
from tests.support.every_gateway import EVERY_GATEWAY
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import (
    ORDER,
    PARTS,
    SCENARIOS,
    Scenario,
    expected,
    run,
    scene_of,
)
from tests.support.gateway_scenes.scene import (
    EXCHANGE_RATE,
    FEE_FIXED,
    FEE_PERMILLE,
)
from tests.support.gateway_stage import on_stage


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_a_scenario_comes_to_the_same_ledger_at_every_gateway(
    gateway: str,
    name: str,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario, scene = SCENARIOS[name], scene_of(gateway, fake_clock)
    missing = scenario.needs - scene.can
    if missing:
        pytest.skip(f"{gateway} knows no {', '.join(sorted(missing))}")
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        run(stage, scenario)

        assert stage.ledger() == expected(scenario, scene.can)
        assert stage.failures == []
        assert set(stage.statuses) <= {200}


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_each_part_captured_is_exchanged_for_what_it_came_to(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(gateway, fake_clock)
    if "exchange" not in scene.can:
        pytest.skip(f"{gateway} knows no exchange")
    scene.currency = "USD"
    scenario = Scenario(
        lambda scene: scene.pay_in_parts(ORDER, PARTS, "EUR"), frozenset({"exchange"})
    )
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        run(stage, scenario)

        settled = [int(minor * EXCHANGE_RATE) for minor in PARTS]
        fees = sum((minor * FEE_PERMILLE + 500) // 1000 + FEE_FIXED for minor in settled)
        assert stage.ledger() == {
            ("bank", "EUR"): sum(settled) - fees,
            ("currency_exchange", "EUR"): -sum(settled),
            ("currency_exchange", "USD"): sum(PARTS),
            ("customers", "USD"): -sum(PARTS),
            ("gateway_fees", "EUR"): fees,
        }
        assert stage.failures == []


@pytest.mark.parametrize("gateway", EVERY_GATEWAY)
def test_webhooks_that_come_twice_and_backwards_come_to_the_same_ledger(
    gateway: str, stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = scene_of(gateway, fake_clock)
    can = {"refund"} <= scene.can
    scenario = SCENARIOS["two partial refunds"] if can else SCENARIOS["pay"]
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        scenario.play(scene)
        arrivals = scene.arrivals()
        for arrival in [*reversed(arrivals), *arrivals]:
            stage.post(arrival)
        stage.book()
        run(stage, Scenario(lambda scene: None, frozenset()))

        assert stage.ledger() == expected(scenario, scene.can)
        assert stage.failures == []
