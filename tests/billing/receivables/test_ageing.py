"""Ageing: what was owed on any day, by how long it was due, and no currency added to another."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.receivables.ageing import (
    Age,
    Ageing,
    age_of,
    aged,
    credit,
    open_item,
    together,
)
from kassa.billing.receivables.entry_facts import postings_of
from kassa.billing.receivables.history import History
from kassa.billing.receivables.receivable import Entry, EntryKind
from kassa.billing.statements.account import Invoiced
from kassa.core.postings import Account, balances
from tests.support.receivables import DAYS, books, entered, in_utc, invoiced, local_day

K = EntryKind
D1, D5, D9 = date(2026, 11, 1), date(2026, 11, 5), date(2026, 11, 9)


def ageing_of(invoices: list[Invoiced], zone: str, day: date) -> dict[str, Ageing]:
    calendar = partial(local_day, zone)
    stood = [
        (one.of, History(one.receivable, one.of.issued_on, calendar).as_of(day)) for one in invoices
    ]
    items = [open_item(*one, day) for one in stood]
    credits = [credit(*one) for one in stood]
    found = aged(filter(None, items), filter(None, credits))
    assert together([*found, *found]) == tuple(
        Ageing(
            currency=one.currency,
            **{name: 2 * minor for name, minor in one.model_dump(exclude={"currency"}).items()},
        )
        for one in found
    )
    return {one.currency: one for one in found}


@given(books(), DAYS)
def test_the_ages_of_a_day_add_up_to_what_the_journal_has_on_receivables_that_day(
    drawn: tuple[str, list[Invoiced]], day: date
) -> None:
    zone, invoices = drawn
    posted = balances(
        posting
        for one in invoices
        for entry in one.receivable.entries
        if local_day(zone, entry.at) <= day
        for posting in postings_of(entry, one.of.currency)
    )
    found = ageing_of(invoices, zone, day)

    for currency in {one.of.currency for one in invoices}:
        ageing = found.get(currency, Ageing(currency=currency))
        in_the_journal = posted.get((Account.RECEIVABLES, currency), 0)
        assert sum(ageing.minor_of(age) for age in Age) == ageing.open_minor == in_the_journal
        assert ageing.overdue_minor == ageing.open_minor - ageing.not_due_minor
        assert all(ageing.minor_of(age) >= 0 for age in Age)


@given(books(), DAYS, st.randoms(use_true_random=False))
def test_how_an_invoice_stood_follows_from_days_not_from_the_order_of_entry(
    drawn: tuple[str, list[Invoiced]], day: date, random: object
) -> None:
    zone, invoices = drawn
    calendar = partial(local_day, zone)
    for one in invoices:
        entries: list[Entry] = [*one.receivable.entries]
        random.shuffle(entries)  # type: ignore[attr-defined]
        empty = one.receivable.model_copy(update={"entries": ()})
        other = empty.with_entries(entries)
        stood = [
            History(each, one.of.issued_on, calendar).as_of(day).position
            for each in (one.receivable, other)
        ]
        assert stood[0] == stood[1]


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-400, Age.NOT_DUE),
        (0, Age.NOT_DUE),
        (1, Age.DAYS_1_30),
        (30, Age.DAYS_1_30),
        (31, Age.DAYS_31_60),
        (60, Age.DAYS_31_60),
        (61, Age.DAYS_61_90),
        (90, Age.DAYS_61_90),
        (91, Age.OVER_90),
        (40_000, Age.OVER_90),
    ],
)
def test_how_old_a_debt_is(days: int, age: Age) -> None:
    assert age_of(days) is age


def test_what_was_paid_later_was_still_owed_before() -> None:
    paid = invoiced(
        1, entered(K.ISSUED, 100_00, D1), entered(K.SETTLED, 100_00, D9), issued_on=D1, due_on=D1
    )

    assert ageing_of([paid], "UTC", D5)["EUR"].days_1_30_minor == 100_00
    assert ageing_of([paid], "UTC", D9) == {}
    assert ageing_of([paid], "UTC", date(2026, 10, 31)) == {}


def test_a_credit_stands_beside_what_others_owe_and_lowers_none_of_it() -> None:
    owed = invoiced(1, entered(K.ISSUED, 100_00, D1), issued_on=D1, due_on=D9)
    over = invoiced(2, entered(K.ISSUED, 50_00, D1), entered(K.SETTLED, 70_00, D5), issued_on=D1)
    [ageing] = ageing_of([owed, over], "UTC", D9).values()

    assert (ageing.open_minor, ageing.not_due_minor, ageing.credit_minor) == (100_00, 100_00, 20_00)


def test_currencies_are_never_added_up() -> None:
    yen = invoiced(1, entered(K.ISSUED, 5000, D1), issued_on=D1, currency="JPY")
    euro = invoiced(2, entered(K.ISSUED, 50_00, D1), issued_on=D1)
    found = ageing_of([yen, euro], "UTC", D5)

    assert {currency: one.open_minor for currency, one in found.items()} == {
        "EUR": 50_00,
        "JPY": 5000,
    }


def test_a_day_ends_where_the_merchant_is() -> None:
    at = datetime(2026, 11, 9, 22, 30, tzinfo=UTC)  # the 10th in Helsinki
    entries = entered(K.ISSUED, 100_00, D1), entered(K.SETTLED, 100_00, D9, at=at)
    paid = invoiced(1, *entries, issued_on=D1, due_on=D1)

    assert ageing_of([paid], "Europe/Helsinki", D9)["EUR"].open_minor == 100_00
    assert ageing_of([paid], "Europe/Helsinki", date(2026, 11, 10)) == {}
    assert ageing_of([paid], "America/Los_Angeles", D9) == {}


BEFORE = datetime(2026, 10, 31, 23, 59, 58, tzinfo=UTC)
AFTER = datetime(2026, 11, 2, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_what_is_entered_with_an_invoice_bears_its_date_where_clocks_differ(at: datetime) -> None:
    entries = (entered(K.ISSUED, 100_00, D1, at=at), entered(K.SETTLED, 100_00, D1, at=at))
    stood = History(invoiced(1, *entries, issued_on=D1).receivable, D1, in_utc)

    assert stood.as_of(date(2026, 10, 31)).entries == ()
    assert [change.on for change in stood.changes()] == [D1, D1]


def test_nothing_happens_to_an_invoice_before_its_date() -> None:
    late = BEFORE + timedelta(seconds=1)
    entries = entered(K.ISSUED, 100_00, D1, at=BEFORE), entered(K.SETTLED, 100_00, D1, at=late)
    stood = History(invoiced(1, *entries, issued_on=D1).receivable, D1, in_utc)

    assert [change.on for change in stood.changes()] == [D1, D1]


def test_what_says_nothing_of_when_it_is_due_is_due_when_it_is_issued() -> None:
    entries = (
        entered(K.ISSUED, 100_00, D1),
        entered(K.SETTLED, 100_00, D1),
        entered(K.REVERSED, 100_00, D5),
    )
    reopened = invoiced(1, *entries, issued_on=D1)
    item = open_item(reopened.of, reopened.receivable, D9)

    assert item is not None
    assert (item.due_on, item.days_past_due, item.open_minor) == (D1, 8, 100_00)
