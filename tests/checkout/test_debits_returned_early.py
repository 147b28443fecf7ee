"""Bank debits that come back before their order came to know of them, at gateways' own words."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from functions.track_order.app import lambda_handler as track_order
from kassa.platform import aws
from tests.support.aws_stack import Context, Stack
from tests.support.every_gateway import scene_class
from tests.support.fake_clock import FakeClock
from tests.support.gateway_stage import on_stage
from tests.support.order_requests import TRACKED
from tests.support.shop import Shop

SEPA = {"type": "sepa_debit", "sepa_debit": {"country": "DE", "last4": "3000"}}
Opening = Callable[[str], Shop]


@pytest.fixture
def shop_at(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opening]:
    """Open a shop at a gateway, for one test."""
    with ExitStack() as opened:

        def shop(gateway: str) -> Shop:
            scene = scene_class(gateway)(lambda: fake_clock.now().timestamp(), 1)
            stage = opened.enter_context(on_stage(stack, fake_clock, scene, monkeypatch))
            aws.install({})
            return Shop(stage)

        yield shop


def book(shop: Shop, arrivals: list[Any] | None = None) -> list[str]:
    """Book what the gateway sent, or these arrivals; then let the order receive all facts of it."""
    scene, published = shop.stage.scene, shop.stage.scene.arrivals
    if arrivals is not None:
        scene.arrivals = lambda: arrivals
    shop.stage.deliver()
    scene.arrivals = published
    facts = shop.stage.stack.published()
    records = [
        {"messageId": f"m{n}", "body": json.dumps(one), "eventSource": "aws:sqs"}
        for n, one in enumerate(facts)
        if one["detail-type"] in TRACKED
    ]
    if records:
        assert track_order({"Records": records}, Context()) == {"batchItemFailures": []}
    assert shop.stage.failures == []
    return [one["detail-type"] for one in facts]


def pay(shop: Shop) -> None:
    """Let the customer pay on the page; nothing of it is delivered yet."""
    shop.post()
    shop.stage.scene.finish(str(shop.lifecycle().attempts[-1].checkout_id), "paid")


def kept_back(events: list[Any]) -> list[Any]:
    """Keep back what Stripe would send now, and let what it charged be a SEPA debit."""
    kept, events[:] = list(events), []
    for event in kept:
        if event["data"]["object"]["object"] == "charge":
            event["data"]["object"]["payment_method_details"] = SEPA
    return kept


@pytest.mark.parametrize("looked_at_by", ["watch", "shop"])
@pytest.mark.parametrize("first", ["chargeback", "capture"])
def test_a_debit_that_came_back_before_its_order_received_it_pays_nothing(
    shop_at: Opening, first: str, looked_at_by: str
) -> None:
    shop = shop_at("adyen")
    fake = shop.stage.scene.fake
    fake.switches.debits_every = 1
    pay(shop)
    authorised = shop.stage.scene.arrivals()
    [payment_id] = fake.account.payments
    fake.open_dispute(payment_id=payment_id)
    returned = shop.stage.scene.arrivals()
    if first == "chargeback":
        book(shop, returned)
        book(shop, authorised)
    else:  # in their order, and the books are ahead of OrdersQueue
        book(shop, authorised + returned)
    shop.stage.clock.at += timedelta(minutes=61)
    if looked_at_by == "watch":
        shop.stage.watch()
        book(shop, [])
    again = shop.post()

    assert shop.stage.ledger()["chargebacks", "EUR"] == 100_00
    assert shop.lifecycle().payers == ()
    assert (again.status, again.attempt) == ("open", 2)


def test_a_disputed_debit_whose_charge_is_reported_last_pays_nothing(shop_at: Opening) -> None:
    shop = shop_at("stripe")
    pay(shop)
    scene = shop.stage.scene
    paid = kept_back(scene.events)
    dispute = scene.fake.open_dispute(next(iter(scene.truth()["payments"])))
    scene.fake.close_dispute(dispute["id"], "lost")
    book(shop)
    scene.events[:] = paid
    book(shop)
    again = shop.post()

    assert (again.status, again.attempt) == ("open", 2)


def test_a_checkout_reported_as_paid_pays_no_order_by_itself(shop_at: Opening) -> None:
    shop = shop_at("stripe")
    pay(shop)
    scene = shop.stage.scene
    paid = kept_back(scene.events)
    shop.stage.clock.at += timedelta(days=3)
    scene.fake.return_debit(next(iter(scene.truth()["payments"])))
    book(shop)
    scene.events[:] = paid
    book(shop)

    assert shop.stage.ledger() == {}  # nothing was ever ours
    assert (shop.post().status, shop.lifecycle().payers) == ("completed", ())


def test_a_debit_whose_method_is_known_last_reopens_its_order(shop_at: Opening) -> None:
    shop = shop_at("stripe")
    pay(shop)
    scene = shop.stage.scene
    paid = kept_back(scene.events)
    charges = [one for one in paid if one["type"].startswith("charge.")]
    scene.events[:] = [one for one in paid if one not in charges]
    book(shop)
    assert shop.lifecycle().status == "paid"
    dispute = scene.fake.open_dispute(shop.lifecycle().payers[0].payment_id)
    scene.fake.close_dispute(dispute["id"], "lost")
    book(shop)
    scene.events[:] = charges

    assert "PaymentDescribed" in book(shop)
    assert shop.lifecycle().reopened_at is not None
    assert shop.post().attempt == 2


def test_a_capture_that_comes_again_after_the_return_pays_nothing(shop_at: Opening) -> None:
    shop = shop_at("adyen")
    fake = shop.stage.scene.fake
    fake.switches.debits_every = 1
    pay(shop)
    authorised = shop.stage.scene.arrivals()
    book(shop, authorised)
    shop.stage.clock.at += timedelta(days=3)
    fake.open_dispute(payment_id=shop.lifecycle().payers[0].payment_id)
    book(shop)
    book(shop, authorised)

    assert (shop.lifecycle().status, shop.lifecycle().payers) == ("failed", ())
