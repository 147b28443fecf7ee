"""Klarna's unsigned callbacks lead to their own attempt's page, and to nothing else."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from kassa.checkout.open_checkout import open_checkout
from kassa.orders.order import Order
from kassa.orders.store import Orders
from tests.support.aws_stack import Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.klarna import KlarnaScene
from tests.support.gateway_scenes.scene import Arrival
from tests.support.gateway_stage import Stage, on_stage


class Shop:
    """A shop that opens Klarna's pages through Kassa, and whoever writes to our URL."""

    def __init__(self, stage: Stage, scene: KlarnaScene) -> None:
        self.stage, self.scene = stage, scene

    def open(self, order_id: str) -> str:
        """Open an order's page and return Klarna's id of it."""
        order = Order.model_validate(
            {
                **{"order_id": order_id, "amount_minor": 50_00, "currency": "EUR"},
                **{"method": "pay_later", "success_url": "https://shop.example/thanks"},
                "cancel_url": "https://shop.example/cart",
            }
        )
        open_checkout(order, Orders("main"), lambda: 29.0)
        return str(Orders("main").named(order_id).lifecycle.attempts[-1].checkout_id)

    def paid(self, order_id: str) -> list[Arrival]:
        """Let an order's checkout be paid, and return what Klarna sends of it."""
        self.scene.finish(self.open(order_id), "paid")
        return self.scene.arrivals()

    def looked_up(self, arrival: Arrival) -> list[str]:
        """Let a callback come and be worked through; return the paths we asked Klarna for."""
        self.scene.requests.clear()
        self.stage.post(arrival)
        self.stage.book()
        return [urlsplit(one.url).path for one in self.scene.requests]


@pytest.fixture
def shop(stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    scene = KlarnaScene(lambda: fake_clock.now().timestamp(), 7)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield Shop(stage, scene)


def captured(shop: Shop) -> int:
    return -shop.stage.ledger().get(("customers", "EUR"), 0)


def test_an_attempts_own_callback_leads_to_its_checkout_and_books_it(shop: Shop) -> None:
    for arrival in shop.paid("order-1"):
        assert shop.looked_up(arrival)
    assert captured(shop) == 50_00
    assert shop.stage.failures == []


def test_a_token_that_was_seen_makes_us_look_up_no_other_order(shop: Shop) -> None:
    *_, seen = shop.paid("order-1")
    other_page, other_order = shop.open("order-2"), shop.scene.payment_id("order-1")
    shop.scene.finish(other_page, "paid")
    shop.scene.arrivals()
    others: list[dict[str, Any]] = [
        {"session_id": other_page},
        {"session_id": "no-such-page"},
        {"session_id": other_page, "order_id": other_order},
    ]
    for ids in others:
        query = {name: seen.query[name] for name in ("attempt", "token")} | ids
        assert shop.looked_up(Arrival(b"", {}, query)) == []
        body = json.dumps({"session": ids}).encode()
        query = {name: seen.query[name] for name in ("attempt", "token")}
        assert shop.looked_up(Arrival(body, {}, query)) == []
    assert set(shop.stage.statuses) == {200}
    assert shop.stage.failures == []
    assert captured(shop) == 0


def test_an_order_named_with_a_seen_token_leads_to_the_attempts_own_checkout_alone(
    shop: Shop,
) -> None:
    page = shop.open("order-1")
    shop.scene.finish(page, "paid")
    seen = shop.scene.arrivals()[-1]
    query = {name: seen.query[name] for name in ("attempt", "token")} | {"order_id": "any-other"}
    paths = shop.looked_up(Arrival(b"", {}, query))

    assert paths[0] == f"/hpp/v1/sessions/{page}"
    assert not [path for path in paths if "any-other" in path]
    assert captured(shop) == 50_00  # it is what that page came to


def test_a_forged_callback_is_counted_for_its_alarm(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    *_, seen = shop.paid("order-1")
    capsys.readouterr()
    shop.looked_up(Arrival(b"", {}, {**seen.query, "session_id": "another-page"}))
    assert '"NotificationForged":[1.0]' in capsys.readouterr().out


def test_a_token_of_one_account_opens_no_other(shop: Shop) -> None:
    *_, seen = shop.paid("order-1")
    secret = shop.scene.secrets()["webhooks/klarna/main"]
    boto3.client("secretsmanager").create_secret(
        Name="kassa/webhooks/klarna/de", SecretString=json.dumps(secret)
    )
    assert shop.stage.post(seen, "de")["statusCode"] == 400
    assert shop.stage.post(seen)["statusCode"] == 200


def test_a_callback_before_its_checkout_is_known_comes_back(shop: Shop) -> None:
    *_, seen = shop.paid("order-1")
    orders = Orders("main")
    lifecycle = orders.named("order-1").lifecycle
    unknown = lifecycle.attempts[-1].model_copy(update={"checkout_id": None, "payment_id": None})
    before = lifecycle.model_copy(
        update={"version": lifecycle.version + 1, "attempts": (*lifecycle.attempts[:-1], unknown)}
    )
    orders.keep(lifecycle, before)
    assert shop.looked_up(seen) == []
    assert len(shop.stage.failures) == 1
