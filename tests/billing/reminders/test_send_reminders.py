"""send_reminders, run day by day: who is told what, when, and never twice."""

from datetime import date, time, timedelta

import pytest

from kassa.billing.receivables.note_promise import note_promise
from kassa.billing.receivables.receivable import EntryKind
from kassa.platform.settings import settings
from tests.support.aws_stack import FakeClock, Stack
from tests.support.open_invoices import enter, issue, pay
from tests.support.reminders import (
    DUE,
    OPERATOR,
    merchant,
    pause,
    published_facts,
    rule,
    run,
    run_days,
    steps,
)

FIRST, SECOND = "2026-00000001", "2026-00000002"
DAY = timedelta(days=1)


@pytest.fixture
def owed(stack: Stack) -> Stack:
    """Issue an invoice of 100 EUR, due on the fifth of December, under the usual policy."""
    rule()
    issue(100_00, "first", due_on=DUE)
    stack.published()
    return stack


def test_without_a_policy_nobody_is_reminded(stack: Stack, fake_clock: FakeClock) -> None:
    issue(100_00, "first", due_on=DUE)
    run_days(fake_clock, DUE, 30)

    assert published_facts(stack) == []


def test_the_usual_steps_come_on_their_days_each_once(owed: Stack, fake_clock: FakeClock) -> None:
    run_days(fake_clock, date(2026, 11, 21), 60)
    facts = published_facts(owed)

    assert steps(facts) == [
        ("12-02", "before-due", "01"),
        ("12-05", "due", "01"),
        ("12-08", "first", "01"),
        ("12-15", "second", "01"),
        ("12-26", "last", "01"),
    ]
    assert [one["tone"] for one in facts] == [
        "friendly",
        "friendly",
        "friendly",
        "neutral",
        "final",
    ]
    assert {one["customer_id"] for one in facts} == {"customer-1"}
    [invoice] = facts[0]["invoices"]
    assert (invoice["number"], invoice["due_on"]) == (FIRST, "2026-12-05")
    assert facts[0]["amounts"] == [{"amount_minor": 100_00, "currency": "EUR"}]


def test_what_is_paid_void_credited_or_written_off_is_not_reminded_of(
    owed: Stack, fake_clock: FakeClock
) -> None:
    for kind, source in ((EntryKind.VOIDED, "v"), (EntryKind.CREDITED, "c")):
        enter(issue(50_00, f"of-{source}", due_on=DUE), kind, 50_00, source)
    enter(issue(50_00, "given-up", due_on=DUE), EntryKind.WRITTEN_OFF, 50_00, "w")
    pay(FIRST, 100_00, "p1")
    run_days(fake_clock, date(2026, 11, 30), 40)

    assert published_facts(owed) == []


def test_a_part_payment_is_taken_off_and_the_rest_reminded_of(
    owed: Stack, fake_clock: FakeClock
) -> None:
    run(fake_clock, DUE)
    pay(FIRST, 60_00, "p1")
    run(fake_clock, DUE + 3 * DAY)

    before, after = published_facts(owed)
    assert before["amount"]["amount_minor"] == 100_00
    assert after["invoices"][0]["open"] == {"amount_minor": 40_00, "currency": "EUR"}


def test_one_message_names_all_that_is_overdue_of_a_customer_by_currency(
    owed: Stack, fake_clock: FakeClock
) -> None:
    issue(30_00, "second", due_on=DUE + 2 * DAY)
    issue(500, "yen", due_on=DUE + DAY, currency="JPY")
    issue(70_00, "other", customer_id="customer-2", due_on=DUE)
    run(fake_clock, DUE + 10 * DAY)

    facts = {one["customer_id"]: one for one in published_facts(owed)}
    assert sorted(facts) == ["customer-1", "customer-2"]
    numbers = [one["number"][-1] for one in facts["customer-1"]["invoices"]]
    assert numbers == ["1", "3", "2"]  # first due first
    assert facts["customer-1"]["amounts"] == [
        {"amount_minor": 130_00, "currency": "EUR"},
        {"amount_minor": 500, "currency": "JPY"},
    ]


def test_missed_runs_are_caught_up_by_the_latest_step_alone(
    owed: Stack, fake_clock: FakeClock
) -> None:
    run(fake_clock, DUE - 3 * DAY)
    run_days(fake_clock, DUE + 12 * DAY, 5)

    assert steps(published_facts(owed)) == [
        ("12-02", "before-due", "01"),
        ("12-17", "second", "01"),
    ]


def test_who_pays_the_oldest_meets_the_ladder_of_the_next_where_that_stands(
    owed: Stack, fake_clock: FakeClock
) -> None:
    issue(30_00, "second", due_on=DUE + 5 * DAY)
    run_days(fake_clock, DUE - 3 * DAY, 14)  # up to the tenth day of the first
    pay(FIRST, 100_00, "p1")
    run_days(fake_clock, DUE + 11 * DAY, 30)

    assert steps(published_facts(owed)) == [
        ("12-02", "before-due", "01"),
        ("12-05", "due", "01"),
        ("12-08", "first", "01"),
        ("12-15", "second", "01"),  # which named the second invoice, five days late by then
        ("12-20", "second", "02"),
        ("12-31", "last", "02"),
    ]


def test_an_invoice_whose_ladder_is_over_keeps_no_other_from_being_reminded_of(
    owed: Stack, fake_clock: FakeClock
) -> None:
    run_days(fake_clock, DUE, 22)
    issue(30_00, "january", due_on=date(2027, 1, 10))
    published_facts(owed)
    run_days(fake_clock, date(2027, 1, 1), 16)

    [_, due, first] = facts = published_facts(owed)
    assert steps(facts)[0] == ("01-07", "before-due", "02")
    assert [one["number"] for one in due["invoices"]] == [SECOND, FIRST]
    assert first["amounts"] == [{"amount_minor": 130_00, "currency": "EUR"}]


def test_less_than_the_threshold_of_its_currency_is_not_reminded_of(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(thresholds=["10.00 EUR", "1000 JPY"])
    issue(9_99, "little", due_on=DUE)
    issue(1000, "yen", due_on=DUE, currency="JPY")
    run(fake_clock, DUE + 3 * DAY)
    [fact] = published_facts(stack)
    assert [one["currency"] for one in fact["amounts"]] == ["JPY"]

    issue(1, "more", due_on=DUE)
    run(fake_clock, DUE + 10 * DAY)
    [fact] = published_facts(stack)
    assert [one["currency"] for one in fact["amounts"]] == ["EUR", "JPY"]


@pytest.mark.parametrize(
    ("at", "is_told"),
    [(time(8, 59), False), (time(9), True), (time(17, 59), True), (time(18), False)],
)
def test_nobody_is_told_outside_the_hours_of_the_policy(
    owed: Stack, fake_clock: FakeClock, at: time, is_told: bool
) -> None:
    run(fake_clock, DUE, at)

    assert bool(published_facts(owed)) is is_told


def test_a_day_without_reminders_is_caught_up_on_the_next_that_has_them(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(window={"days": ["mon", "tue", "wed", "thu", "fri"]})
    issue(100_00, "first", due_on=DUE)  # a Saturday
    run_days(fake_clock, DUE, 4)

    assert steps(published_facts(stack)) == [("12-07", "due", "01"), ("12-08", "first", "01")]


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Europe/Helsinki", time(7)),  # UTC+2 in winter
        ("America/Los_Angeles", time(17)),
        ("Asia/Tokyo", time(0)),
        ("Pacific/Kiritimati", time(19)),  # UTC+14: the day before in UTC
    ],
)
def test_hours_and_days_are_of_the_sellers_clock(
    stack: Stack,
    fake_clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    utc: time,
) -> None:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", zone)
    settings.cache_clear()
    rule()
    issue(100_00, "first", due_on=DUE)
    day = DUE - DAY if utc == time(19) else DUE
    run(fake_clock, day, time((utc.hour - 1) % 24, 59) if utc.hour else time(0))
    early = published_facts(stack)
    run(fake_clock, day, utc)

    assert (len(early), len(published_facts(stack))) == ((1, 0) if utc == time(0) else (0, 1))


def test_the_hours_follow_the_clock_where_it_is_changed_for_summer(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Europe/Helsinki")
    settings.cache_clear()
    rule()
    changed_on = date(2027, 3, 28)  # at 03:00 it is 04:00
    issue(100_00, "first", due_on=changed_on)
    run(fake_clock, changed_on - 3 * DAY, time(7))
    assert len(published_facts(stack)) == 1
    run(fake_clock, changed_on, time(5, 59))
    assert published_facts(stack) == []
    run(fake_clock, changed_on, time(6))  # 09:00, of a day of 23 hours
    assert len(published_facts(stack)) == 1


def test_the_last_day_of_a_month_is_a_day_like_any_other(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(
        steps=[{"name": "a", "days": 1, "tone": "firm"}, {"name": "b", "days": 30, "tone": "final"}]
    )
    issue(100_00, "first", due_on=date(2028, 1, 31))  # of a leap year
    run_days(fake_clock, date(2028, 1, 31), 40)

    assert steps(published_facts(stack)) == [("02-01", "a", "01"), ("03-01", "b", "01")]


def test_a_promise_holds_back_until_its_day_is_over(owed: Stack, fake_clock: FakeClock) -> None:
    promised = DUE + 9 * DAY
    note_promise(merchant(), FIRST, (promised, OPERATOR), lambda: 30.0)
    run_days(fake_clock, DUE - 3 * DAY, 30)

    assert steps(published_facts(owed)) == [("12-15", "second", "01"), ("12-26", "last", "01")]


def test_a_pause_of_a_customer_or_an_invoice_holds_back_until_its_day_is_over(
    owed: Stack, fake_clock: FakeClock
) -> None:
    issue(70_00, "other", customer_id="customer-2", due_on=DUE)
    pause(until=DUE + 4 * DAY, customer_id="customer-1")
    pause(until=DUE + 4 * DAY, number=SECOND)
    run_days(fake_clock, DUE, 6)

    assert steps(published_facts(owed)) == [("12-10", "first", "01"), ("12-10", "first", "02")]


def test_who_has_no_customers_id_is_reminded_as_the_buyer_of_their_order(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule()
    issue(100_00, "first", customer_id=None, due_on=DUE)
    run(fake_clock, DUE)

    [fact] = published_facts(stack)
    assert fact["customer_id"] == "order:order-of-first"
