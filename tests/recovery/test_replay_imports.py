"""A replay folds what was imported as it was booked, beside what came since the books began."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.ledger.facts import PaymentCaptured, fact_subject
from kassa.recovery.replay_events import Shadow
from tests.support.aws_stack import NOW, Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenarios import ORDER, PAID, SCENARIOS
from tests.support.past_stage import ask, facts, happen, past, walk

OPENED_AT = NOW - timedelta(days=5)


def test_a_payment_that_was_imported_and_refunded_since_replays_alike(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with past("stripe", stack, fake_clock, monkeypatch) as stage:
        scene: Any = stage.scene
        held = {
            name: one | {"opened_at": OPENED_AT.isoformat()}
            for name, one in scene.secrets().items()
        }
        monkeypatch.setattr(scene, "secrets", lambda: held)
        happen(stage, SCENARIOS["pay"])
        assert ask(stage).ends_at == OPENED_AT
        walk(stage)
        stage.book()
        scene.arrivals()  # nobody listened then
        scene.refund(ORDER, 30_00)
        stage.deliver()
        [captured] = [one for one in facts(stage) if isinstance(one.data, PaymentCaptured)]
        payment = fact_subject(captured.metadata)

        assert stage.ledger()["customers", "EUR"] == 30_00 - PAID
        assert "opening_balance" not in {account for account, _ in stage.ledger()}
        refolded = Shadow().refolded(payment)
        assert refolded.differences == ()
        assert refolded.events > 2
