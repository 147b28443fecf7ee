"""`kassa payments list` and `kassa orders list`: newest first, page by page, nothing twice."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.orders.lifecycle import OrderLifecycle, submitting
from kassa.orders.store import Orders
from kassa.platform import aws
from tests.support import stripe_events as s
from tests.support.aws_stack import FakeClock
from tests.support.builders import NOW
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.orders import order

LONG = "pi_3Pgafm7WZ01zgkW6dKueIc5x0"


def captured(payment_id: str, event_id: str) -> Any:
    charge = s.charge(f"ch_{payment_id}", payment_id)
    return s.event("charge.succeeded", charge, event_id)


def sell(console: Console, fake_clock: FakeClock, count: int) -> list[str]:
    """Book so many payments, a second apart; return their ids, newest first."""
    for number in range(count):
        console.book(captured(f"pi_{number}", f"evt_{number}"))
        fake_clock.at += timedelta(seconds=1)
    return [f"pi_{number}" for number in reversed(range(count))]


def send(fake_clock: FakeClock, order_id: str) -> None:
    """Keep an order as POST /orders does."""
    aws.install({})
    lifecycle = submitting(OrderLifecycle(order_id=order_id), ("stripe", "main"), fake_clock.at)
    Orders("main").open(order(order_id=order_id), lifecycle)
    fake_clock.at += timedelta(seconds=1)


def ids(listing: dict[str, Any]) -> list[str]:
    return [one["payment_id"] for one in listing["payments"]]


def test_payments_of_a_day_are_listed_newest_first(console: Console, fake_clock: FakeClock) -> None:
    sold = sell(console, fake_clock, 3)
    console.book(s.event("refund.updated", s.refund(payment_intent="pi_0"), "evt_r"))

    listing = console.json("payments", "list")

    assert ids(listing) == sold
    assert listing["next_cursor"] is None
    statuses = {one["payment_id"]: one["status"] for one in listing["payments"]}
    assert statuses == {"pi_0": "partly_refunded", "pi_1": "captured", "pi_2": "captured"}
    refunded = console.json("payments", "list", "--status", "partly_refunded")
    assert ids(refunded) == ["pi_0"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_hold_every_payment_once(console: Console, fake_clock: FakeClock, limit: int) -> None:
    sold, found, cursor = sell(console, fake_clock, 5), list[str](), None
    while True:
        more = ("--cursor", cursor) if cursor else ()
        listing = console.json("payments", "list", "--limit", str(limit), *more)
        found += ids(listing)
        cursor = listing["next_cursor"]
        if cursor is None:
            break

    assert found == sold


def test_a_list_for_people_keeps_ids_whole_and_says_what_follows(
    console: Console, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    console.book(captured(LONG, "evt_1"))
    fake_clock.at += timedelta(seconds=1)
    console.book(captured("pi_2", "evt_2"))

    shown = console.run("payments", "list", "--limit", "1").stdout
    rest = console.run("payments", "list", "--cursor", shown.split("--cursor ")[1].strip()).stdout

    assert "pi_2" in shown
    assert LONG in rest.split()
    assert "100.00 EUR" in rest
    assert max(map(len, rest.splitlines())) <= 80


def test_a_day_without_payments_or_orders_says_so(console: Console) -> None:
    shown = console.run("payments", "list", "--day", "2026-01-01").stdout
    assert shown == "No such payment began on 2026-01-01 (UTC).\n"
    shown = console.run("orders", "list", "--day", "2026-01-01").stdout
    assert shown == "No such order was sent on 2026-01-01 (UTC).\n"


def test_orders_of_a_day_are_listed_newest_first(console: Console, fake_clock: FakeClock) -> None:
    fake_clock.at = NOW
    for order_id in ("order-1", "order-2", "shop-3"):
        send(fake_clock, order_id)
    day = ("--day", f"{NOW:%Y-%m-%d}")

    answer = console.json("orders", "list", *day)
    first = console.json("orders", "list", *day, "--limit", "2")
    rest = console.json("orders", "list", *day, "--cursor", first["next_cursor"])

    listed = [one["order"]["order_id"] for one in answer["orders"]]
    assert listed == ["shop-3", "order-2", "order-1"]
    parts = [one["order"]["order_id"] for page in (first, rest) for one in page["orders"]]
    assert parts == listed
    assert "shop-3" in console.run("orders", "list", *day).stdout


def test_the_beginning_of_an_order_is_enough(console: Console, fake_clock: FakeClock) -> None:
    fake_clock.at = NOW
    for order_id in ("order-1", "order-10", "shop-3"):
        send(fake_clock, order_id)

    assert console.json("orders", "show", "sho")["order"]["order_id"] == "shop-3"
    assert console.json("orders", "show", "order-1")["order"]["order_id"] == "order-1"
    assert "order-1" in console.refused("orders", "show", "ord")


def test_an_unknown_gateway_is_refused_with_what_there_is(console: Console) -> None:
    line = console.refused("payments", "list", "--gateway", "strype")

    assert "no gateway is called strype: there are stripe" in line
