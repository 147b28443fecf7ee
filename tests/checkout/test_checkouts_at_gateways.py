"""An order's way at every fake gateway: page, payment, webhook, books, and the order is paid."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kassa.platform import aws
from kassa.refunds.find_payment import PaymentFinder
from kassa.refunds.risk.customer_history import of_orders
from tests.support.aws_stack import Stack
from tests.support.every_gateway import OPENING, scene_class
from tests.support.fake_clock import FakeClock
from tests.support.gateway_stage import on_stage
from tests.support.shop import Shop


@pytest.fixture(params=OPENING)
def shop(
    request: pytest.FixtureRequest,
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shop]:
    """Open a shop at one gateway."""
    scene = scene_class(request.param)(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        aws.install({})
        yield Shop(stage)


def test_an_order_is_paid_in_its_checkout(shop: Shop) -> None:
    checkout = shop.post()
    assert checkout.status == "open"
    assert str(checkout.url).startswith("http")
    shop.leave("paid")
    lifecycle = shop.lifecycle()

    assert lifecycle.paid_by is not None
    assert (lifecycle.paid_by.gateway, lifecycle.paid_by.amount.amount_minor) == (
        checkout.gateway,
        100_00,
    )
    assert (shop.states(), lifecycle.duplicate_payments) == (["paid"], ())
    assert shop.post().status == "paid"


def test_the_same_order_gets_the_same_checkout(shop: Shop) -> None:
    assert shop.post() == shop.post()


def test_an_expired_checkout_is_followed_by_another_that_can_be_paid(shop: Shop) -> None:
    first = shop.post()
    shop.leave("expired")
    shop.stage.clock.at += timedelta(hours=1)
    second = shop.post()

    assert second.url != first.url
    assert shop.states() == ["expired", "open"]
    shop.leave("paid")
    assert shop.states() == ["expired", "paid"]
    assert shop.post().status == "paid"


def test_a_checkout_expires_with_its_attempt_where_the_gateway_takes_an_expiry(
    shop: Shop,
) -> None:
    shop.post()
    (attempt,) = shop.lifecycle().attempts

    assert attempt.closes_at is not None
    assert attempt.closes_at > attempt.submitted_at
    if shop.stage.scene.gateway in ("stripe", "adyen", "btcpay"):
        assert attempt.expires_at is not None
        assert abs(attempt.expires_at - attempt.closes_at) <= timedelta(seconds=1)


def test_a_decline_ends_no_order(shop: Shop) -> None:
    shop.post()
    try:
        shop.leave("declined")
    except ValueError:
        pytest.skip("this gateway's customers aren't declined")
    shop.stage.clock.at += timedelta(minutes=1)
    shop.post()
    shop.leave("paid")

    assert shop.post().status == "paid"
    assert shop.lifecycle().duplicate_payments == ()


def test_two_orders_paid_beside_each_other_are_kept_apart(shop: Shop) -> None:
    for order_id in ("order-1", "order-2"):
        shop.post(order_id)
    shop.leave("paid", "order-2")
    assert (shop.lifecycle("order-1").paid_by, shop.lifecycle("order-2").status) == (None, "paid")
    shop.leave("paid", "order-1")

    assert shop.lifecycle("order-1").status == "paid"
    paid = {shop.lifecycle(order_id).paid_by for order_id in ("order-1", "order-2")}
    assert len({one.payment_id for one in paid if one}) == 2


def test_a_payment_whose_webhooks_were_all_lost_is_found_by_the_watch(shop: Shop) -> None:
    if shop.stage.scene.gateway == "adyen":
        pytest.skip("Adyen lists no events and can't be asked for a payment")
    shop.post()
    shop.stage.scene.finish(str(shop.lifecycle().attempts[-1].checkout_id), "paid")
    shop.stage.scene.arrivals()  # lost on the way, for good
    for _ in range(4):
        shop.stage.clock.at += timedelta(minutes=61)
        shop.stage.watch()
        shop.deliver()

    assert shop.lifecycle().paid_by is not None
    assert shop.states() == ["paid"]
    assert shop.stage.ledger()["customers", "EUR"] == -100_00
    assert shop.lifecycle().next_check_at is None  # there is nothing more to look for


def test_a_payment_is_the_customers_whom_the_order_names(shop: Shop) -> None:
    shop.post()
    shop.leave("paid")
    paid_by = shop.lifecycle().paid_by
    assert paid_by is not None

    found = PaymentFinder(paid_by.gateway, paid_by.account).by_id(paid_by.payment_id)
    assert (found.state.customer_id, found.state.customer_from_order) == ("customer-1", True)
    history = of_orders("main", "customer-1")
    assert history is not None
    assert (history.payments, history.paid["EUR"].amount_minor) == (1, 100_00)


@pytest.mark.parametrize("shop", ["adyen"], indirect=True)
def test_a_sepa_debit_that_its_bank_returns_reopens_its_order(shop: Shop) -> None:
    fake = shop.stage.scene.fake
    fake.switches.debits_every = 1
    shop.post()
    shop.leave("paid")
    [paid_by] = shop.lifecycle().payers
    assert shop.lifecycle().status == "paid"
    shop.stage.clock.at += timedelta(days=3)
    fake.open_dispute(payment_id=paid_by.payment_id)
    shop.deliver()

    assert (shop.lifecycle().status, shop.states()) == ("failed", ["failed"])
    assert shop.post().attempt == 2
    shop.leave("paid")
    assert shop.states() == ["failed", "paid"]


@pytest.mark.parametrize("shop", ["adyen"], indirect=True)
def test_a_sepa_debit_that_was_refunded_in_full_and_is_returned_reopens_nothing(
    shop: Shop,
) -> None:
    fake = shop.stage.scene.fake
    fake.switches.debits_every = 1
    shop.post()
    shop.leave("paid")
    [paid_by] = shop.lifecycle().payers
    fake.refund_in_dashboard(paid_by.payment_id, 100_00)
    fake.run_due()
    shop.stage.clock.at += timedelta(days=3)
    fake.open_dispute(payment_id=paid_by.payment_id)
    shop.deliver()

    assert (shop.lifecycle().status, shop.states()) == ("paid", ["paid"])
    assert shop.lifecycle().reopened_at is None
