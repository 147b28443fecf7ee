"""A customer's account: every row in its order, and balances that follow from what happened."""

from datetime import date, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.documents.kinds import MovementKind
from kassa.billing.receivables.receivable import Entry, EntryKind
from kassa.billing.statements.account import CurrencyAccount, Invoiced, Period, accounts
from tests.support.receivables import DAYS, at_noon, books, entered, in_utc, invoiced, local_day

K, M = EntryKind, MovementKind
D1, D5, D9, END = date(2026, 11, 1), date(2026, 11, 5), date(2026, 11, 9), date(2026, 11, 30)
LATER = date(2026, 12, 1)
NOVEMBER = Period(D1, END)


def account(*entries: Entry, period: Period = NOVEMBER, **fields: object) -> CurrencyAccount:
    issued_on = in_utc(entries[0].at)
    [found] = accounts([invoiced(1, *entries, issued_on=issued_on, **fields)], period, in_utc)
    return found


def rows(found: CurrencyAccount) -> list[tuple[MovementKind, int, int]]:
    return [
        (one.kind, one.debit_minor - one.credit_minor, one.balance_minor) for one in found.movements
    ]


@given(books(), DAYS, st.integers(0, 400), st.integers(0, 400))
def test_one_period_closes_with_what_the_next_one_opens_with_and_with_what_is_owed(
    drawn: tuple[str, list[Invoiced]], first: date, days: int, more: int
) -> None:
    zone, invoices = drawn
    calendar = partial(local_day, zone)
    middle, last = first + timedelta(days), first + timedelta(days + more + 1)
    earlier, later, whole = (
        {one.currency: one for one in accounts(invoices, period, calendar)}
        for period in (
            Period(first, middle),
            Period(middle + timedelta(1), last),
            Period(first, last),
        )
    )

    for currency, found in later.items():
        before = earlier.get(currency)
        assert found.opening_minor == (before.closing_minor if before else 0)
        assert found.closing_minor == whole[currency].closing_minor
        assert found.closing_minor == found.ageing.open_minor - found.ageing.credit_minor
        assert found.ageing.open_minor == sum(one.open_minor for one in found.open_items)
        moved = (*(before.movements if before else ()), *found.movements)
        assert [row[:2] for row in rows(found)] == [
            row[:2] for row in rows(whole[currency])[len(moved) - len(found.movements) :]
        ]
        assert len(moved) == len(whole[currency].movements)


def test_a_payment_has_one_row_and_the_rest_within_the_tolerance_another() -> None:
    found = account(
        entered(K.ISSUED, 100_00, D1), entered(K.SETTLED, 99_70, D5), tolerance_minor=50
    )

    assert rows(found) == [
        (M.INVOICE, 100_00, 100_00),
        (M.PAYMENT, -99_70, 30),
        (M.WRITE_OFF, -30, 0),
    ]


def test_a_payment_of_what_was_written_off_takes_the_write_off_back_first() -> None:
    found = account(
        entered(K.ISSUED, 100_00, D1),
        entered(K.WRITTEN_OFF, 100_00, D5),
        entered(K.SETTLED, 30_00, D9),
    )

    assert rows(found) == [
        (M.INVOICE, 100_00, 100_00),
        (M.WRITE_OFF, -100_00, 0),
        (M.PAYMENT, -30_00, -30_00),
        (M.WRITE_OFF_REVERSED, 30_00, 0),
    ]
    assert found.open_items == ()


def test_what_an_invoice_without_tax_gives_back_is_no_credit_note() -> None:
    noted = account(
        entered(K.ISSUED, 100_00, D1),
        entered(K.SETTLED, 100_00, D1),
        entered(K.CREDITED, 40_00, D5, "r1", number="CN-2026-00000007"),
        entered(K.REFUNDED, 40_00, D5, "r1"),
        entered(K.CREDITED, 10_00, D9, "r2"),
        entered(K.REFUNDED, 10_00, D9, "r2"),
    )

    assert [(one.kind, one.number) for one in noted.movements][2:] == [
        (M.CREDIT_NOTE, "CN-2026-00000007"),
        (M.REFUND, "2026-00000001"),
        (M.CREDIT, "2026-00000001"),
        (M.REFUND, "2026-00000001"),
    ]
    assert noted.closing_minor == 0


def test_what_is_void_leaves_what_was_paid_as_the_customers_credit() -> None:
    found = account(
        entered(K.ISSUED, 100_00, D1), entered(K.SETTLED, 30_00, D5), entered(K.VOIDED, 100_00, D9)
    )

    assert rows(found)[-1] == (M.VOID, -100_00, -30_00)
    assert [one.credit_minor for one in found.credits] == [30_00]
    assert (found.ageing.open_minor, found.ageing.credit_minor) == (0, 30_00)


def test_what_happened_before_is_in_the_opening_balance_alone_and_what_came_later_nowhere() -> None:
    found = account(
        entered(K.ISSUED, 100_00, date(2026, 10, 1)),
        entered(K.SETTLED, 60_00, D5),
        entered(K.SETTLED, 40_00, date(2026, 12, 1)),
        due_on=date(2026, 10, 15),
    )

    assert (found.opening_minor, found.closing_minor) == (100_00, 40_00)
    assert rows(found) == [(M.PAYMENT, -60_00, 40_00)]
    [item] = found.open_items
    assert (item.open_minor, item.days_past_due) == (40_00, 46)


def test_each_currency_is_an_account_of_its_own() -> None:
    invoices = [
        invoiced(1, entered(K.ISSUED, 100_00, D1), issued_on=D1),
        invoiced(2, entered(K.ISSUED, 5000, D5), issued_on=D5, currency="JPY"),
        invoiced(3, entered(K.ISSUED, 1, LATER), issued_on=LATER, currency="KWD"),
    ]
    found = accounts(invoices, NOVEMBER, in_utc)

    assert [(one.currency, one.closing_minor) for one in found] == [("EUR", 100_00), ("JPY", 5000)]


def test_what_is_due_first_is_open_first() -> None:
    invoices = [
        invoiced(1, entered(K.ISSUED, 100_00, D1), issued_on=D1, due_on=LATER),
        invoiced(2, entered(K.ISSUED, 200_00, D5), issued_on=D5, due_on=D9),
    ]
    [found] = accounts(invoices, NOVEMBER, in_utc)

    assert [one.open_minor for one in found.open_items] == [200_00, 100_00]


def test_a_payment_that_was_heard_of_after_a_write_off_stands_before_it() -> None:
    late = entered(K.SETTLED, 100_00, D5, at=at_noon(D5) - timedelta(hours=1))
    found = account(entered(K.ISSUED, 100_00, D1), entered(K.WRITTEN_OFF, 100_00, D5), late)

    assert rows(found) == [(M.INVOICE, 100_00, 100_00), (M.PAYMENT, -100_00, 0)]
