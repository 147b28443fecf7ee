"""Bugs that others reported of their reminders in public, each tried on ours."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from kassa.billing.receivables.receivable import EntryKind
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.checkouts.store import Abandonments
from kassa.platform.settings import settings
from tests.support.aws_stack import FakeClock, Stack
from tests.support.left_orders import leave, paid
from tests.support.open_invoices import enter, issue, pay
from tests.support.reminders import DUE, published_facts, rule, run, run_days, steps

DAY = timedelta(days=1)
FIRST, SECOND, THIRD = (f"2026-0000000{number}" for number in (1, 2, 3))
LADDER = [
    {"name": "warning", "days": 5, "tone": "neutral"},
    {"name": "blocked", "days": 7, "tone": "firm"},
    {"name": "cancellation", "days": 11, "tone": "final"},
]


def names(stack: Stack) -> list[str]:
    return [one["step"] for one in published_facts(stack)]


def test_the_ladder_is_anchored_anew_when_the_oldest_is_paid_and_no_step_is_passed_over(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """killbill#2297: three invoices, of which the older ones are paid before they are checked.

    There the next check was counted from when the last one ran. It came ten days after the first
    due date, when the third invoice was late enough for the second step: the first never came.
    """
    rule(steps=LADDER)
    first, second, third = DUE, DUE + DAY, DUE + 3 * DAY
    for name, due_on in (("a", first), ("b", second), ("c", third)):
        issue(100_00, name, due_on=due_on)
    run_days(fake_clock, first, 4)
    pay(FIRST, 100_00, "p1")
    pay(SECOND, 100_00, "p2")
    run_days(fake_clock, first + 4 * DAY, 20)

    facts = published_facts(stack)
    assert steps(facts) == [
        ("12-13", "warning", "03"),
        ("12-15", "blocked", "03"),
        ("12-19", "cancellation", "03"),
    ]
    assert [len(one["invoices"]) for one in facts] == [1, 1, 1]


def test_without_a_payment_the_ladder_goes_step_by_step(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """killbill#2301: the control of the report above, and a check that comes late."""
    rule(steps=LADDER)
    issue(100_00, "a", due_on=DUE)
    run_days(fake_clock, DUE, 8)
    assert names(stack) == ["warning", "blocked"]
    run(fake_clock, DUE + 20 * DAY)
    assert names(stack) == ["cancellation"]


def test_an_invoice_sent_today_is_not_past_due_tomorrow(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """invoiceninja#9312: who was sent an invoice in the evening was dunned the next morning."""
    rule()
    run(fake_clock, date(2026, 11, 30))
    issue(100_00, "a", due_on=date(2026, 12, 14), at=fake_clock.at + timedelta(hours=8))
    run_days(fake_clock, date(2026, 12, 1), 10)

    assert published_facts(stack) == []


def test_a_clock_that_runs_each_quarter_of_an_hour_sends_no_more(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """invoiceninja#1693: twenty-two reminders on one day, of a job that ran too often."""
    rule()
    issue(100_00, "a", due_on=DUE)
    for quarter in range(36):
        run(fake_clock, DUE, time(9 + quarter // 4, 15 * (quarter % 4)))

    assert names(stack) == ["due"]


def test_a_late_fee_is_added_once_however_often_the_clock_runs(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """invoiceninja#2330: ten percent were added every hour, on what the last hour had added."""
    rule(late_fees=[{"name": "x", "currency": "EUR", "after_days": 3, "percent": 10}])
    issue(100_00, "a", due_on=DUE)
    for day in range(30):
        for hour in (9, 10, 11, 12):
            run(fake_clock, DUE + day * DAY, time(hour))

    receivable = Receivables("main").of_number(FIRST).receivable
    assert receivable.minor_of(EntryKind.LATE_FEE) == 10_00


def test_no_fee_is_charged_that_the_policy_does_not_name_any_more(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """invoiceninja/ui#2445: a surcharge that was taken out of the settings was still charged."""
    rule(late_fees=[{"name": "x", "currency": "EUR", "after_days": 3, "percent": 3}])
    rule(late_fees=[])
    issue(100_00, "a", due_on=DUE)
    run_days(fake_clock, DUE, 25)

    assert published_facts(stack, "LateFeeCharged") == []


def test_a_day_on_which_nothing_ran_is_caught_up(stack: Stack, fake_clock: FakeClock) -> None:
    """invoiceninja#637, #2311: a reminder was sent on its very day or never."""
    rule()
    issue(100_00, "a", due_on=DUE)
    run(fake_clock, DUE + 4 * DAY)

    assert names(stack) == ["first"]


def test_an_outage_of_a_month_leads_neither_to_silence_nor_to_a_flood(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """invoiceninja#11854: once the next date lay in the past, nothing was ever sent again."""
    rule()
    for number in range(5):
        issue(100_00, f"s{number}", due_on=DUE + number * 5 * DAY)
    run_days(fake_clock, DUE + 45 * DAY, 10)

    facts = published_facts(stack)
    assert steps(facts) == [("01-19", "last", "01")]
    assert len(facts[0]["invoices"]) == 5


def test_a_due_date_is_a_day_of_the_sellers_calendar_and_not_of_utc(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """invoiceninja#792: reminders named the day before, and came a day early."""
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "America/Los_Angeles")
    settings.cache_clear()
    rule(steps=[{"name": "late", "days": 1, "tone": "firm"}], window={"until": "24:00"})
    issue(100_00, "a", due_on=date(2027, 3, 31))
    run(fake_clock, date(2027, 4, 1), time(6, 59))  # 23:59 of the due date there
    assert published_facts(stack) == []
    run(fake_clock, date(2027, 4, 1), time(16))

    [fact] = published_facts(stack)
    assert fact["invoices"][0]["due_on"] == "2027-03-31"


def test_what_is_paid_in_part_is_reminded_of_by_what_is_left(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """OCA/credit-control#330: it was never reminded of; akaunting#1776: of its whole amount."""
    rule()
    issue(100_00, "a", due_on=DUE)
    pay(FIRST, 30_00, "p1")
    enter(FIRST, EntryKind.CREDITED, 20_00, "c1", number="CN-2026-00000001")
    run(fake_clock, DUE)

    [fact] = published_facts(stack)
    assert fact["amount"] == {"amount_minor": 50_00, "currency": "EUR"}


def test_a_payment_that_overtakes_its_own_news_is_no_reason_to_dun(
    stack: Stack, fake_clock: FakeClock
) -> None:
    """killbill#472: who was told of a payment first decided whether the account was overdue."""
    rule()
    issue(100_00, "first", due_on=DUE)
    leave("order-of-first")
    fake_clock.at += DUE - fake_clock.at.date()
    paid("order-of-first")  # the invoice hears of it later
    run(fake_clock, DUE)

    assert published_facts(stack) == []


BOUGHT: list[dict[str, Any]] = [{"customer_id": "customer-1"}, {"customer_id": None}]


@pytest.mark.parametrize("whose", BOUGHT)
def test_who_bought_is_not_told_that_they_left_a_cart(
    stack: Stack, fake_clock: FakeClock, whose: dict[str, Any]
) -> None:
    """woocommerce-abandoned-cart#166, #874, mc-magento#403: told after they had bought."""
    rule(abandoned={"after_hours": 1, "until_hours": 72})
    leave("order-1", **whose)
    paid("order-1")
    run(fake_clock, fake_clock.at.date() + DAY)

    assert published_facts(stack, "CheckoutAbandoned") == []
    assert Abandonments("main").known(["order-1"]) == set()
