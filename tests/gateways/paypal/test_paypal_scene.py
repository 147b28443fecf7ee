"""PayPal's scene: what buyers do in a checkout of ours, and what the account knows of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kassa.core.errors import GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.http import HttpRequest
from kassa.gateways.paypal import client
from kassa.gateways.paypal import gateway as calls
from kassa.platform import clock
from tests.support.fake_clock import FakeClock
from tests.support.gateway_payloads.paypal import ACCESS, notification, page
from tests.support.gateway_scenes.paypal import PayPalScene

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def fake() -> Iterator[FakeClock]:
    fake = FakeClock(NOW)
    clock.install(fake)
    client.forget()
    yield fake
    http.install(None)
    clock.install(None)
    client.forget()


def opened(fake: FakeClock) -> tuple[PayPalScene, str]:
    scene = PayPalScene(lambda: fake.at.timestamp(), 1)
    http.install(scene.transport)
    return scene, calls.open_checkout(ACCESS, page()).checkout_id


def test_a_checkout_is_finished_once_and_the_truth_knows_its_order(fake: FakeClock) -> None:
    scene, checkout_id = opened(fake)
    scene.finish(checkout_id, "paid")
    calls.confirm(ACCESS, notification("order", checkout_id))
    with pytest.raises(ValueError, match="ORDER_ALREADY_CAPTURED"):
        scene.finish(checkout_id, "paid")
    ((_, paid),) = scene.truth()["payments"].items()
    assert (paid["order_id"], paid["captured_minor"]) == ("order-7", 50_00)


def test_a_checkout_that_time_or_its_buyer_closed_takes_nobody_any_more(fake: FakeClock) -> None:
    scene, checkout_id = opened(fake)
    fake.at += timedelta(hours=3)
    scene.pass_time()
    with pytest.raises(ValueError, match="INVALID_RESOURCE_ID"):
        scene.finish(checkout_id, "paid")
    scene, checkout_id = opened(fake)
    scene.finish(checkout_id, "expired")
    with pytest.raises(ValueError, match="INVALID_RESOURCE_ID"):
        scene.finish(checkout_id, "declined")


def test_the_same_seed_sends_the_same(fake: FakeClock) -> None:
    def bodies() -> list[bytes]:
        scene = PayPalScene(lambda: fake.at.timestamp(), 1)
        scene.pay("order-1", 9_00)
        scene.refund("order-1", 1_00)
        scene.dispute("order-1", "won")
        arrivals = scene.arrivals()
        assert scene.arrivals() == []
        return [one.body for one in arrivals]

    assert bodies() == bodies()
    assert {json.loads(body)["resource_type"] for body in bodies()} == {
        *("capture", "refund", "dispute", "checkout-order")
    }


def test_nobody_but_paypal_answers(fake: FakeClock) -> None:
    scene, _ = opened(fake)
    with pytest.raises(GatewayUnavailable):
        scene.transport(HttpRequest("GET", "https://evil.example/v2/checkout/orders/1"))
