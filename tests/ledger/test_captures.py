"""What was captured before the books were opened is an opening balance, and leaves it again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from kassa.core.money import Money
from kassa.core.postings import Account, balances
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, NOW, captured, eur, event, object_report

A = Account
BEFORE, SINCE = NOW - timedelta(minutes=1), NOW
BOTH_ENDS = {A.OPENING_BALANCE, A.GATEWAY_CLEARING}


def charge(at: datetime, amount: Money | None = None, **more: Any) -> GatewayEvent:
    """Report a charge as captured at an instant."""
    report = object_report("ch_1", ObjectKind.CHARGE, more.pop("state", "captured"), amount)
    return event("evt_1", report.model_copy(update={"happened_at": at} | more))


def fold(
    events: Sequence[GatewayEvent], opened_at: datetime | None = NOW
) -> tuple[SubjectState, list[LedgerFact]]:
    """Book events in this order; return the state and all facts."""
    return folded_on(SubjectState(), events, opened_at)


def folded_on(
    state: SubjectState, events: Sequence[GatewayEvent], opened_at: datetime | None
) -> tuple[SubjectState, list[LedgerFact]]:
    facts = list[LedgerFact]()
    for one in events:
        state, news = book(state, one, CONTEXT._replace(opened_at=opened_at))
        facts.extend(news)
    return state, facts


def ends(facts: Sequence[LedgerFact]) -> dict[tuple[Account, str], int]:
    """Return how much of captures ended where, by currency."""
    sums = balances(posting for fact in facts for posting in fact.data.postings)
    return {at: minor for at, minor in sums.items() if minor and at[0] in BOTH_ENDS}


def postings(fact: LedgerFact) -> list[tuple[Account, Account, int]]:
    return [(one.source, one.destination, one.amount.amount_minor) for one in fact.data.postings]


@pytest.mark.parametrize(
    ("captured_at", "is_opening"),
    [(NOW - timedelta(seconds=1), True), (NOW, False), (NOW + timedelta(seconds=1), False)],
)
def test_what_was_captured_before_the_books_opened_is_an_opening_balance(
    captured_at: datetime, is_opening: bool
) -> None:
    _, (fact,) = fold([charge(captured_at)])

    end = A.OPENING_BALANCE if is_opening else A.GATEWAY_CLEARING
    assert [one.destination for one in fact.data.postings] == [end]


def test_one_minor_unit_is_an_opening_balance_too() -> None:
    _, (fact,) = fold([captured(eur(1))])
    assert postings(fact) == [(A.CUSTOMERS, A.OPENING_BALANCE, 1)]


def test_more_of_a_capture_before_the_books_opened_is_opening_too() -> None:
    state, facts = fold([charge(BEFORE, eur(minor)) for minor in (30_00, 100_00)])

    assert [fact.data.amount for fact in facts] == [eur(30_00), eur(70_00)]
    assert state.objects["ch_1"].opening_minor == 100_00


def test_a_capture_that_turns_out_to_be_later_than_the_opening_leaves_it_again() -> None:
    state, facts = fold([captured(), charge(SINCE, eur(120_00))])

    assert facts[1].data.amount == eur(120_00)
    assert postings(facts[1]) == [
        (A.OPENING_BALANCE, A.GATEWAY_CLEARING, 100_00),
        (A.CUSTOMERS, A.GATEWAY_CLEARING, 20_00),
    ]
    assert state.objects["ch_1"].opening_minor == 0


def test_a_capture_of_the_same_amount_leaves_the_opening_by_its_instant_alone() -> None:
    state, facts = fold([captured(), charge(SINCE)])

    assert facts[1].data.amount == eur(100_00)
    assert state.objects["ch_1"].opening_minor == 0


def test_of_what_was_assumed_before_the_opening_only_what_is_sure_moves_on() -> None:
    _, facts = fold([charge(BEFORE, eur(30_00), is_assumed=True), charge(SINCE, eur(10_00))])

    reversed_, again = facts[1:]
    assert (reversed_.data.fact, postings(reversed_)) == (
        "PaymentReversed",
        [(A.OPENING_BALANCE, A.CUSTOMERS, 20_00)],
    )
    assert (again.data.fact, postings(again)) == (
        "PaymentCaptured",
        [(A.OPENING_BALANCE, A.GATEWAY_CLEARING, 10_00)],
    )
    assert ends(facts) == {(A.GATEWAY_CLEARING, "EUR"): 10_00}


def test_what_is_surely_of_before_the_opening_is_taken_back_and_captured_as_opening() -> None:
    _, facts = fold([charge(SINCE, is_assumed=True), charge(BEFORE, eur(101_00))])

    assert [(one.data.fact, postings(one)) for one in facts[1:]] == [
        ("PaymentReversed", [(A.GATEWAY_CLEARING, A.CUSTOMERS, 100_00)]),
        ("PaymentCaptured", [(A.CUSTOMERS, A.OPENING_BALANCE, 101_00)]),
    ]
    assert [one.data.amount for one in facts[1:]] == [eur(100_00), eur(101_00)]


def test_a_capture_that_fails_is_taken_back_from_where_it_was_posted() -> None:
    failed = charge(SINCE, state="failed")

    state, facts = fold([captured(), failed])

    assert postings(facts[1]) == [(A.OPENING_BALANCE, A.CUSTOMERS, 100_00)]
    assert state.objects["ch_1"].opening_minor == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_opening_in_another_currency_is_of_the_currency_that_is_sure(
    order: tuple[int, int],
) -> None:
    dollars = Money(amount_minor=30_00, currency="USD")
    events = [charge(BEFORE, is_assumed=True), charge(BEFORE, dollars)]

    _, facts = fold([events[n] for n in order])

    assert ends(facts) == {(A.OPENING_BALANCE, "USD"): 30_00}


def test_books_that_are_opened_anew_leave_what_was_posted_where_it_is() -> None:
    state, _ = fold([charge(BEFORE, eur(60_00))], opened_at=None)

    state, facts = folded_on(state, [charge(BEFORE, eur(100_00))], opened_at=NOW)
    assert ends(facts) == {(A.OPENING_BALANCE, "EUR"): 40_00}

    state, facts = folded_on(state, [charge(BEFORE, eur(120_00))], opened_at=None)
    assert ends(facts) == {(A.GATEWAY_CLEARING, "EUR"): 20_00}
    assert state.objects["ch_1"].opening_minor == 40_00


def test_books_opened_anew_hold_no_more_opening_than_is_surely_captured() -> None:
    state, _ = fold([charge(BEFORE, is_assumed=True)])

    state, facts = folded_on(state, [charge(BEFORE, eur(30_00))], opened_at=None)

    assert ends(facts) == {(A.OPENING_BALANCE, "EUR"): -70_00}
    assert state.objects["ch_1"].opening_minor == 30_00


def test_less_of_an_ordinary_capture_leaves_no_opening_where_books_are_opened_anew() -> None:
    state, _ = fold([charge(BEFORE, is_assumed=True)], opened_at=None)

    state, facts = folded_on(state, [charge(BEFORE, eur(30_00))], opened_at=NOW)

    assert ends(facts) == {(A.GATEWAY_CLEARING, "EUR"): -70_00}
    assert state.objects["ch_1"].opening_minor == 0


def test_one_minor_unit_is_taken_back_too() -> None:
    _, facts = fold([charge(SINCE, eur(1)), charge(SINCE + timedelta(days=1), state="failed")])

    assert postings(facts[1]) == [(A.GATEWAY_CLEARING, A.CUSTOMERS, 1)]
