"""Receivables: a function of what happened, in any order, to the minor unit."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.billing.numbering.record import InvoiceState
from kassa.billing.receivables.entry_facts import postings_of
from kassa.billing.receivables.receivable import Entry, EntryKind, Receivable
from kassa.core import stored
from kassa.core.postings import ACCRUAL, Account, balances

K = EntryKind
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CURRENCIES = ("JPY", "EUR", "KWD")  # of 0, 2 and 3 digits


def entry(kind: EntryKind, minor: int, source: str = "s", tax_minor: int = 0) -> Entry:
    return Entry(kind=kind, source_id=source, minor=minor, tax_minor=tax_minor, at=AT)


def owed(*entries: Entry, **fields: object) -> Receivable:
    return Receivable.model_validate({"currency": "EUR"} | fields).with_entries(entries)


ISSUED = entry(K.ISSUED, 100_00, tax_minor=20_00)
PAID = entry(K.SETTLED, 100_00)
LATE = entry(K.LATE_FEE, 5_00)
BACK = entry(K.CREDITED, 30_00), entry(K.REFUNDED, 30_00)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Anything that can happen to an invoice, sources and amounts as they come."""
    gross = draw(st.integers(1, 10**12))
    happened = [entry(K.ISSUED, gross, "issue", draw(st.integers(0, gross // 2)))]
    minor = st.integers(0, 10**12)
    for number in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(sorted(set(K) - {K.ISSUED})))
        amount = gross if kind is K.VOIDED else draw(minor | st.just(gross))
        has_tax = kind in (K.CREDITED, K.CREDIT_VOIDED, K.VOIDED)
        tax = draw(st.integers(0, amount // 2)) if has_tax else 0
        happened.append(entry(kind, amount, f"s{number}", tax))
    return happened


def posted(receivable: Receivable) -> dict[tuple[Account, str], int]:
    made = [p for one in receivable.entries for p in postings_of(one, receivable.currency)]
    assert all(posting.amount.amount_minor > 0 for posting in made)
    assert {posting.kind for posting in made} <= ACCRUAL
    return {key: minor for key, minor in balances(made).items() if minor}


def test_it_is_paid_when_the_last_of_it_came_in_and_not_while_something_is_owed() -> None:
    first, later = entry(K.SETTLED, 40_00, "p1"), AT + timedelta(days=9)
    rest = entry(K.SETTLED, 60_00, "p2").model_copy(update={"at": later})
    again = entry(K.SETTLED, 5_00, "p3").model_copy(update={"at": later + timedelta(days=1)})

    assert owed(ISSUED, first).paid_at is None
    assert owed(ISSUED, first, rest).paid_at == later
    assert owed(ISSUED, first, rest, again).paid_at == later  # what is paid beyond is a credit
    assert owed(ISSUED, first, entry(K.WRITTEN_OFF, 60_00)).paid_at is None
    assert owed(ISSUED, PAID, entry(K.VOIDED, 100_00, tax_minor=20_00)).paid_at is None


@given(histories(), st.randoms(use_true_random=False), st.sampled_from(CURRENCIES))
def test_neither_order_nor_repetition_changes_what_is_owed_or_posted(
    happened: list[Entry], shuffle: random.Random, currency: str
) -> None:
    again = happened + shuffle.choices(happened, k=3)
    shuffle.shuffle(again)
    first, second = (owed(*order, currency=currency) for order in (happened, again))

    assert second.position == first.position
    assert (second.state, second.open_minor) == (first.state, first.open_minor)
    assert posted(second) == posted(first)


@given(histories(), st.integers(0, 500), st.sampled_from(CURRENCIES))
def test_postings_sum_to_zero_and_leave_on_receivables_what_is_open(
    happened: list[Entry], tolerance_minor: int, currency: str
) -> None:
    receivable = owed(*happened, currency=currency, tolerance_minor=tolerance_minor)
    accounts = posted(receivable)

    assert sum(accounts.values()) == 0
    assert accounts.get((Account.RECEIVABLES, currency), 0) == receivable.open_minor >= 0
    written = receivable.position.written_minor
    assert accounts.get((Account.WRITE_OFFS, currency), 0) == written >= 0


@given(histories())
def test_what_is_open_is_what_was_issued_less_what_took_it_away(happened: list[Entry]) -> None:
    receivable, sums = owed(*happened), {kind: 0 for kind in K}
    for one in happened:
        sums[one.kind] += one.minor
    owes = sums[K.ISSUED] - sums[K.CREDITED] + sums[K.CREDIT_VOIDED]
    owes = 0 if sums[K.VOIDED] else owes
    late = sums[K.LATE_FEE] + sums[K.LATE_INTEREST] - sums[K.LATE_CHARGE_WAIVED]
    owes += max(late, 0) if owes > 0 else 0
    paid = sums[K.SETTLED] - sums[K.REVERSED] - sums[K.REFUNDED] + sums[K.REFUND_REVERSED]
    paid -= sums[K.CREDIT_MOVED]
    written = receivable.position.written_minor

    assert receivable.open_minor - receivable.credit_minor == owes - paid - written
    assert min(receivable.open_minor, receivable.credit_minor) == 0
    assert written <= sums[K.WRITTEN_OFF]


@given(histories())
def test_what_customers_paid_and_no_invoice_took_up_stays_on_customers(
    happened: list[Entry],
) -> None:
    receivable = owed(*happened)
    cash = -receivable.paid_minor  # customers -> clearing, and back, in the cash journal

    accrued = posted(receivable).get((Account.CUSTOMERS, "EUR"), 0)
    assert cash + accrued == -receivable.credit_minor


@given(histories())
def test_a_stored_receivable_is_read_as_it_was(happened: list[Entry]) -> None:
    receivable = owed(*happened, due_on=date(2026, 12, 5))
    text = stored.text(receivable, by_alias=True, exclude_defaults=True)

    assert stored.read_text(Receivable, text) == receivable


def test_an_earlier_release_reads_what_was_entered_without_late_charges() -> None:
    text = stored.text(owed(ISSUED, PAID), by_alias=True, exclude_defaults=True)
    late = stored.text(owed(ISSUED, LATE), by_alias=True, exclude_defaults=True)

    assert '"m":[8000,2000,0,0]' in text
    assert '"m":[0,0,0,0,500,0]' in late


def test_a_payment_takes_what_was_sold_before_what_being_late_added() -> None:
    half = owed(ISSUED, LATE, entry(K.SETTLED, 60_00))

    assert (half.open_minor, half.principal_minor) == (45_00, 40_00)
    assert owed(ISSUED, LATE, entry(K.SETTLED, 103_00)).principal_minor == 0


@pytest.mark.parametrize(
    ("entries", "open_minor", "credit_minor", "state"),
    [
        ((ISSUED,), 100_00, 0, InvoiceState.OPEN),
        ((ISSUED, PAID), 0, 0, InvoiceState.PAID),
        ((ISSUED, entry(K.SETTLED, 40_00)), 60_00, 0, InvoiceState.OPEN),
        ((ISSUED, entry(K.SETTLED, 120_00)), 0, 20_00, InvoiceState.PAID),
        ((ISSUED, PAID, entry(K.REVERSED, 100_00)), 100_00, 0, InvoiceState.OPEN),
        ((ISSUED, PAID, *BACK), 0, 0, "paid"),
        ((ISSUED, PAID, entry(K.VOIDED, 100_00, tax_minor=20_00)), 0, 100_00, InvoiceState.VOID),
        ((ISSUED, PAID, *BACK, entry(K.VOIDED, 100_00, tax_minor=20_00)), 0, 70_00, "void"),
        ((entry(K.ISSUED, 0), entry(K.VOIDED, 0)), 0, 0, InvoiceState.VOID),
        ((ISSUED, entry(K.WRITTEN_OFF, 100_00)), 0, 0, InvoiceState.UNCOLLECTIBLE),
        ((ISSUED, LATE, PAID), 5_00, 0, InvoiceState.OPEN),
        ((ISSUED, LATE, entry(K.SETTLED, 105_00)), 0, 0, InvoiceState.PAID),
        ((ISSUED, LATE, PAID, entry(K.LATE_CHARGE_WAIVED, 5_00)), 0, 0, InvoiceState.PAID),
        ((ISSUED, LATE, entry(K.CREDITED, 100_00)), 0, 0, InvoiceState.PAID),
        ((ISSUED, LATE, entry(K.VOIDED, 100_00, tax_minor=20_00)), 0, 0, InvoiceState.VOID),
        ((ISSUED, entry(K.WRITTEN_OFF, 100_00), PAID), 0, 0, InvoiceState.PAID),
        ((ISSUED, entry(K.SETTLED, 60_00), entry(K.WRITTEN_OFF, 40_00)), 0, 0, "uncollectible"),
    ],
)
def test_how_an_invoice_stands(
    entries: tuple[Entry, ...], open_minor: int, credit_minor: int, state: str
) -> None:
    receivable = owed(*entries)

    assert (receivable.open_minor, receivable.credit_minor) == (open_minor, credit_minor)
    assert receivable.state == state


def test_a_refund_that_came_back_is_owed_to_the_customer_while_its_note_stands() -> None:
    refund = (entry(K.CREDITED, 30_00, "r"), entry(K.REFUNDED, 30_00, "r"))
    receivable = owed(ISSUED, PAID, *refund, entry(K.REFUND_REVERSED, 30_00, "r"))

    assert receivable.credit_minor == 30_00
    assert receivable.with_entry(entry(K.CREDIT_VOIDED, 30_00, "r")).credit_minor == 0


def test_what_is_missing_within_the_tolerance_is_written_off_and_comes_back_with_the_payment() -> (
    None
):
    short = owed(ISSUED, entry(K.SETTLED, 99_99), tolerance_minor=1)

    assert (short.state, short.position.written_minor) == (InvoiceState.PAID, 1)
    assert short.with_entry(entry(K.REVERSED, 99_99)).open_minor == 100_00
    assert owed(ISSUED, entry(K.SETTLED, 99_98), tolerance_minor=1).open_minor == 2
    assert owed(entry(K.ISSUED, 1), tolerance_minor=1).open_minor == 1  # nobody paid anything


def test_a_second_payment_takes_the_place_of_one_that_is_taken_back() -> None:
    twice = owed(ISSUED, PAID, entry(K.SETTLED, 100_00, "other"))
    after = twice.with_entry(entry(K.REVERSED, 100_00))

    assert (after.open_minor, after.credit_minor) == (0, 0)
    assert postings_of(after.entries[-1], "EUR") == ()


@pytest.mark.parametrize(
    ("entries", "due_on", "is_awaited"),
    [
        ((ISSUED,), date(2026, 12, 5), True),
        ((ISSUED, PAID), date(2026, 12, 5), True),  # more is the customer's credit
        ((ISSUED, PAID), None, False),  # the order's next capture is invoiced by itself
        ((ISSUED, PAID, entry(K.REVERSED, 100_00)), None, True),
        ((ISSUED, entry(K.VOIDED, 100_00)), date(2026, 12, 5), False),
        ((ISSUED, entry(K.WRITTEN_OFF, 100_00)), date(2026, 12, 5), True),
    ],
)
def test_which_invoice_an_orders_next_payment_belongs_to(
    entries: tuple[Entry, ...], due_on: date | None, is_awaited: bool
) -> None:
    assert owed(*entries, due_on=due_on).is_awaited is is_awaited
