"""Late fees and interest: once, on what was owed day by day, posted, stated and waived."""

from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.decide_invoice.app import lambda_handler as decide_invoice
from kassa.billing.receivables.receivable import EntryKind, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.late_charges import (
    LateInvoice,
    fee_minor,
    interest_minor,
    late_entries,
)
from kassa.billing.reminders.policy.parse import read_rules
from kassa.core.postings import Account, Posting, balances
from kassa.customers.parties import Address, Buyer
from kassa.customers.store import Customers
from kassa.platform import documents
from tests.support.aws_stack import Context, FakeClock, Stack
from tests.support.effort import few
from tests.support.open_invoices import issue, pay
from tests.support.receivables import at_noon, entered, in_utc
from tests.support.refund_stage import answered, http_event
from tests.support.reminders import DUE, published_facts, rule, run, run_days

K = EntryKind
FIRST = "2026-00000001"
DAY = timedelta(days=1)
FEE = {"name": "recovery", "currency": "EUR", "after_days": 1, "fixed": "40.00 EUR"}
LATE = Account.LATE_FEES, Account.LATE_INTEREST
TEN_PERCENT = {"annual_percent": 10}


def facts(stack: Stack) -> list[dict[str, Any]]:
    return published_facts(stack, "LateFeeCharged")


def receivable(number: str = FIRST) -> Receivable:
    return Receivables("main").of_number(number).receivable


def charged(*kinds: EntryKind) -> list[int]:
    return [one.minor for one in receivable().entries if one.kind in kinds]


def test_a_fee_is_charged_once_with_the_first_overdue_reminder_and_stated_by_it(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(late_fees=[FEE])
    issue(100_00, "first", due_on=DUE)
    run_days(fake_clock, DUE - 3 * DAY, 30)

    published = [one["detail"]["data"] for one in stack.published()]
    [fact] = [one for one in published if one["fact"] == "LateFeeCharged"]
    assert charged(K.LATE_FEE) == [40_00]
    assert (fact["charge"], fact["open_minor"], fact["change_minor"]) == ("late_fee", 140_00, 40_00)
    [posting] = fact["postings"]
    assert (posting["source"], posting["destination"]) == ("late_fees", "receivables")
    stated = [one["invoices"][0] for one in published if one["fact"] == "ReminderDue"]
    assert [one["fee_minor"] for one in stated] == [0, 0, 40_00, 40_00, 40_00]
    assert [one["open"]["amount_minor"] for one in stated] == [100_00] * 2 + [140_00] * 3


def test_interest_is_charged_on_what_was_owed_day_by_day_and_goes_on_from_there(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(interest=TEN_PERCENT)
    issue(3650_00, "first", due_on=DUE)  # a euro a day
    run_days(fake_clock, DUE, 4)  # the reminder of the third day
    assert charged(K.LATE_INTEREST) == [2_00]  # of the first and the second

    fake_clock.at += timedelta(hours=3)
    pay(FIRST, 1825_00, "p1", at=fake_clock.at)  # half of it, on the third
    run_days(fake_clock, DUE + 4 * DAY, 7)
    assert charged(K.LATE_INTEREST) == [2_00, 3_50]  # seven days of half a euro
    assert receivable().principal_minor == 1825_00


def test_interest_of_a_leap_year_is_by_a_year_of_365_days(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(interest=TEN_PERCENT, steps=[{"name": "x", "days": 366, "tone": "final"}])
    issue(100_00, "first", due_on=date(2027, 12, 31))
    run(fake_clock, date(2028, 12, 31))

    assert charged(K.LATE_INTEREST) == [10_00]  # 365 of the 366 days of the year 2028


def test_less_than_the_least_waits_for_the_next_reminder(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(interest=TEN_PERCENT | {"least": ["3.00 EUR"]})
    issue(3650_00, "first", due_on=DUE)
    run_days(fake_clock, DUE, 12)

    assert charged(K.LATE_INTEREST) == [9_00]


def test_a_fee_is_capped_over_all_fees_of_an_invoice(stack: Stack, fake_clock: FakeClock) -> None:
    more = {"name": "second", "currency": "EUR", "after_days": 10, "percent": 20}
    rule(late_fees=[FEE, more], fee_caps=["50.00 EUR"])
    issue(100_00, "first", due_on=DUE)
    run_days(fake_clock, DUE, 25)

    assert charged(K.LATE_FEE) == [40_00, 10_00]


def test_who_is_no_business_is_charged_nothing_that_is_for_businesses(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(late_fees=[FEE | {"buyers": "businesses"}])
    address = Address(lines=("Street 1",), city="City", postal_code="10000", country="FI")
    for number, tax_id in ((1, "FI12345671"), (2, None)):
        issue(100_00, f"{number}", customer_id=f"c{number}", due_on=DUE)
        buyer = Buyer(name="Buyer", address=address, tax_id=tax_id)
        Customers("main").keep(f"c{number}", f"order-of-{number}", buyer)
    run(fake_clock, DUE + 3 * DAY)

    assert [one["number"] for one in facts(stack)] == [FIRST]


def test_what_is_paid_held_or_not_yet_due_is_charged_nothing(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(late_fees=[FEE], interest=TEN_PERCENT)
    issue(100_00, "first", due_on=DUE)
    pay(FIRST, 100_00, "p1")
    issue(100_00, "soon", customer_id="c2", due_on=DUE + 3 * DAY)
    run_days(fake_clock, DUE, 4)

    assert facts(stack) == []


def test_a_waiver_takes_back_what_was_charged_and_is_audited_and_posted(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(late_fees=[FEE], interest=TEN_PERCENT)
    issue(3650_00, "first", due_on=DUE)
    run(fake_clock, DUE + 3 * DAY)
    route = "POST /invoices/{number}/{action}"
    event = http_event(route, {"reason": "paid in time"}, "anna", number=FIRST, action="waive")
    status, answer = answered(decide_invoice(event, Context()))

    assert (status, answer["open_minor"]) == (200, 3650_00)
    assert answered(decide_invoice(event, Context()))[1] == answer
    postings = {
        (one["detail"]["metadata"]["fact_id"], number): posting
        for one in stack.published()
        for number, posting in enumerate(one["detail"]["data"].get("postings", ()))
    }
    moved = balances(Posting.model_validate(one) for one in postings.values())
    assert set(moved) == {(one, "EUR") for one in (Account.RECEIVABLES, *LATE)}
    assert set(moved.values()) == {0}  # the sale itself was published before


def test_nothing_was_charged_where_there_is_nothing_to_waive(stack: Stack) -> None:
    issue(100_00, "first", due_on=DUE)
    route = "POST /invoices/{number}/{action}"
    event = http_event(route, {"reason": "x"}, "anna", number=FIRST, action="waive")
    status, error = answered(decide_invoice(event, Context()))

    assert (status, error["message"]) == (409, f"no fee or interest stands of {FIRST}")


def test_what_was_charged_has_a_record_of_its_own_in_the_bucket(
    stack: Stack, fake_clock: FakeClock
) -> None:
    rule(late_fees=[FEE])
    issue(100_00, "first", due_on=DUE)
    run(fake_clock, DUE + 3 * DAY, time(9))

    assert any(
        b'"late_fee:2026-00000001:recovery"' in one for one in documents.records("entry.json")
    )


TIERS = [{"up_to": "10.00 EUR", "fee": "1.00 EUR"}, {"up_to": "50.00 EUR", "fee": "2.50 EUR"}]
TIERS += [{"fee": "5.00 EUR"}]


@pytest.mark.parametrize(
    ("said", "principal_minor", "fee"),
    [
        ({"fixed": "5.00 EUR"}, 1, 5_00),
        ({"percent": "2.5"}, 100_00, 2_50),
        ({"percent": "2.5"}, 99, 2),  # 2.475
        ({"percent": 50}, 1, 1),  # a half is rounded up
        ({"tiers": TIERS}, 10_00, 1_00),
        ({"tiers": TIERS}, 10_01, 2_50),
        ({"tiers": TIERS}, 50_01, 5_00),
    ],
)
def test_a_fee_comes_to_what_its_rule_says(
    said: dict[str, Any], principal_minor: int, fee: int
) -> None:
    base = {"name": "x", "currency": "EUR", "after_days": 1}
    [its] = read_rules({"late_fees": [base | said]}).late_fees

    assert fee_minor(its, principal_minor) == fee


@given(
    st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 4000)), max_size=5),
    st.decimals("0.01", "100", places=2),
)
def test_interest_is_rounded_once_half_up(owed: list[tuple[int, int]], percent: Decimal) -> None:
    exact = sum(
        (Fraction(minor) * days * Fraction(percent) / 36500 for minor, days in owed), Fraction(0)
    )
    got = interest_minor(iter(owed), percent)

    assert Fraction(-1, 2) <= exact - got < Fraction(1, 2)


@few(30)
@given(st.data())
def test_interest_of_any_history_is_what_each_day_bears_and_never_twice(
    data: st.DataObject,
) -> None:
    """Against a sum day by day, charged on some days, in parts."""
    due, gross = date(2026, 3, 1), data.draw(st.integers(1, 10**8))
    events = data.draw(st.lists(st.tuples(st.integers(1, 400), st.integers(1, gross)), max_size=4))
    kind = st.sampled_from([K.SETTLED, K.CREDITED, K.REVERSED, K.WRITTEN_OFF])
    known = Receivable.model_validate({"currency": "EUR", "due_on": due})
    known = known.with_entry(entered(K.ISSUED, gross, date(2026, 1, 1), "issue"))
    later = [
        entered(data.draw(kind), minor, date(2026, 1, 1) + offset * DAY, f"s{number}")
        for number, (offset, minor) in enumerate(events)
    ]
    policy = read_rules({"interest": {"annual_percent": "7.25", "from_days": 3}})
    invoice = LateInvoice(FIRST, date(2026, 1, 1), due, is_business=False)
    asked = sorted(set(data.draw(st.lists(st.integers(1, 400), min_size=1, max_size=4))))
    total = Fraction(0)
    for offset in asked:
        now = at_noon(due + offset * DAY) + timedelta(hours=1)
        stood = known.with_entries(one for one in later if one.at <= now)
        known = stood.with_entries(late_entries(invoice, stood, policy, (now, in_utc)))
        assert known.with_entries(late_entries(invoice, known, policy, (now, in_utc))) == known
    for number in range(3, asked[-1]):
        day = due + number * DAY
        plain = [one for one in known.entries if one.kind is not K.LATE_INTEREST]
        of_day = Receivable.model_validate({"currency": "EUR"}).with_entries(
            one for one in plain if in_utc(one.at) <= day
        )
        total += Fraction(of_day.principal_minor) * Fraction("7.25") / 36500
    interest = known.minor_of(K.LATE_INTEREST)

    assert interest <= total + len(asked)  # nothing is charged twice, each rounded by itself
    if known.principal_minor:  # else the last days stay uncharged: nothing is owed any more
        assert abs(interest - total) <= len(asked)
