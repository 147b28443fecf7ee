"""BTCPay before 1.1.0: its webhooks' first delivery is spelled otherwise, and is one event."""

import pytest

from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.btcpay import BtcpayScene
from tests.support.gateway_stage import on_stage


def test_a_redelivery_of_an_old_server_books_nothing_twice(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = BtcpayScene(lambda: fake_clock.now().timestamp(), 1)
    scene.fake.switches.spells_as_before_1_1 = True
    scene.fake.switches.redelivers = 1.0
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        scene.pay("order-1", 100_00)
        arrivals = stage.deliver()

        assert all(b"orignalDeliveryId" in arrival.body for arrival in arrivals)
        assert stage.failures == []
        assert stage.ledger() == {
            ("customers", "EUR"): -100_00,
            ("gateway_clearing", "EUR"): 100_00,
        }
        booked = [item for item in stack.items() if "gateway_type" in item]
        assert len(booked) == len(arrivals) / 2
