"""Checkouts that were left: told once, with consent, and not of what was bought after all."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.billing.reminders.check_still_due import is_still_abandoned
from kassa.orders.attempts import AttemptState
from kassa.orders.store import Orders
from kassa.platform import aws
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.left_orders import change, leave, paid
from tests.support.reminders import handle, published_facts, rule

HOUR = timedelta(hours=1)
LAMP = {"name": "Lamp", "sku": "lamp", "quantity": 1, "amount_minor": 100_00}
CHAIR = {"name": "Chair", "sku": "chair", "quantity": 1, "amount_minor": 100_00}


@pytest.fixture
def ruled(stack: Stack) -> Stack:
    """Tell of orders that were left for a day, at any hour, up to the third."""
    window = {"from": "00:00", "until": "24:00"}
    rule(abandoned={"after_hours": 24, "until_hours": 72}, window=window)
    return stack


def run_hours(fake_clock: FakeClock, hours: int) -> None:
    for _ in range(hours):
        fake_clock.at += HOUR
        handle(Context())


def left(stack: Stack) -> list[str]:
    return [one["order_id"] for one in published_facts(stack, "CheckoutAbandoned")]


def test_an_order_that_was_left_is_told_once_a_day_later(
    ruled: Stack, fake_clock: FakeClock
) -> None:
    leave("order-1")
    run_hours(fake_clock, 23)
    assert left(ruled) == []
    run_hours(fake_clock, 60)

    [fact] = published_facts(ruled, "CheckoutAbandoned")
    assert (fact["order_id"], fact["customer_id"]) == ("order-1", "customer-1")
    assert fact["amount"] == {"amount_minor": 100_00, "currency": "EUR"}


def test_without_consent_or_a_policy_nobody_is_told(stack: Stack, fake_clock: FakeClock) -> None:
    leave("order-1", consent=None)
    rule(abandoned={"after_hours": 1, "until_hours": 72})
    run_hours(fake_clock, 30)
    leave("order-2")
    rule()
    run_hours(fake_clock, 30)

    assert left(stack) == []


@pytest.mark.parametrize(
    "became",
    [
        {"state": AttemptState.UNKNOWN},
        {"state": AttemptState.SUBMITTED},
        {"state": AttemptState.PAID, "payment_id": "p"},
        {"completed_at": "2026-11-21T09:10:00Z"},
    ],
)
def test_while_money_may_be_on_its_way_nothing_is_left(
    ruled: Stack, fake_clock: FakeClock, became: dict[str, Any]
) -> None:
    leave("order-1")
    if "completed_at" in became:
        became = {"completed_at": fake_clock.at}
    change("order-1", **became)
    run_hours(fake_clock, 30)

    assert left(ruled) == []


def test_what_was_paid_or_is_paid_by_its_invoice_is_not_left(
    ruled: Stack, fake_clock: FakeClock
) -> None:
    leave("order-1")
    paid("order-1")
    leave("order-2", pay_by="2026-12-05", customer_id="customer-2")
    run_hours(fake_clock, 30)

    assert left(ruled) == []


@pytest.mark.parametrize(
    ("bought", "is_told"),
    [
        ({"lines": [LAMP]}, False),
        ({"lines": [LAMP | {"amount_minor": 40_00}, CHAIR | {"amount_minor": 60_00}]}, False),
        ({"lines": []}, False),  # of the same amount
        ({"lines": [LAMP], "pay_by": "2026-12-05"}, False),  # by an invoice
        ({"lines": [CHAIR]}, True),
        ({"lines": [], "amount_minor": 7_00}, True),
        ({"lines": [LAMP], "customer_id": "customer-9"}, True),
    ],
)
def test_who_bought_the_same_by_another_order_is_not_told(
    ruled: Stack, fake_clock: FakeClock, bought: dict[str, Any], is_told: bool
) -> None:
    leave("order-1", lines=[LAMP])
    fake_clock.at += HOUR
    leave("order-2", consent=None, **bought)
    if "pay_by" not in bought:
        paid("order-2")
    run_hours(fake_clock, 30)

    assert left(ruled) == (["order-1"] if is_told else [])


@pytest.mark.parametrize(("apart", "told"), [(2, ["order-2"]), (30, ["order-1"])])
def test_several_orders_of_one_cart_are_told_of_once(
    ruled: Stack, fake_clock: FakeClock, apart: int, told: list[str]
) -> None:
    leave("order-1", lines=[LAMP])
    run_hours(fake_clock, apart)
    leave("order-2", lines=[LAMP, CHAIR], amount_minor=200_00)
    run_hours(fake_clock, 60)

    assert left(ruled) == told


def test_another_cart_is_told_of_by_itself(ruled: Stack, fake_clock: FakeClock) -> None:
    leave("order-1", lines=[LAMP])
    leave("order-2", lines=[CHAIR])
    run_hours(fake_clock, 60)

    assert sorted(left(ruled)) == ["order-1", "order-2"]


def test_a_night_without_runs_is_caught_up_and_what_is_too_old_is_not(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(abandoned={"after_hours": 24, "until_hours": 72})  # from nine to six
    leave("order-1")
    fake_clock.at += 10 * HOUR  # in the evening
    leave("order-2", customer_id="customer-2")
    fake_clock.at += 24 * HOUR
    handle(Context())
    assert left(stack) == []
    fake_clock.at += 14 * HOUR  # the next morning
    handle(Context())
    assert sorted(left(stack)) == ["order-1", "order-2"]

    leave("order-3", customer_id="customer-3")
    fake_clock.at += timedelta(days=4)
    handle(Context())
    assert left(stack) == []


def test_what_died_before_it_was_published_is_published_by_the_next_run(
    ruled: Stack, fake_clock: FakeClock
) -> None:
    class Gone:
        def put_events(self, **_: Any) -> Any:
            raise KeyboardInterrupt

    leave("order-1")
    fake_clock.at += 25 * HOUR
    aws.install({"events": Gone()})
    with pytest.raises(KeyboardInterrupt):
        handle(Context())
    aws.install({})
    fake_clock.at += HOUR
    assert handle(Context())["driven_again"] == 1
    run_hours(fake_clock, 20)

    assert left(ruled) == ["order-1"]


def test_what_was_bought_since_is_no_longer_left(ruled: Stack, fake_clock: FakeClock) -> None:
    leave("order-1", lines=[LAMP])
    assert is_still_abandoned(Orders("main").named("order-1"), "main")
    leave("order-2", consent=None, lines=[LAMP])
    paid("order-2")

    assert not is_still_abandoned(Orders("main").named("order-1"), "main")
