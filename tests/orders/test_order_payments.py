"""Which payments pay an order: together, in any order, and never in two currencies."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.orders.lifecycle import (
    PART_ALARM_AFTER,
    DiscrepancyKind,
    OrderLifecycle,
    OrderPayment,
    OrderStatus,
)
from kassa.orders.payments import TOGETHER_MAX, Name, is_payer, is_second, with_payment
from tests.support.builders import NOW, eur
from tests.support.orders import order_payment as payment

ORDERED = eur(100)
S = OrderStatus


def lifecycle_after(payments: Iterable[OrderPayment]) -> OrderLifecycle:
    lifecycle = OrderLifecycle(order_id="order-1", version=1)
    for one in payments:
        lifecycle = with_payment(lifecycle, one, ORDERED, NOW)
    return lifecycle


def names(payments: Iterable[OrderPayment]) -> list[str]:
    return [one.payment_id for one in payments]


@pytest.mark.parametrize(
    ("amounts", "status", "payers", "second"),
    [
        ((100,), S.PAID, "a", ""),
        ((99,), S.PART_PAID, "", ""),
        ((101,), S.DISCREPANCY, "a", ""),
        ((20, 80), S.PAID, "ab", ""),
        ((99, 1), S.PAID, "ab", ""),
        ((20, 79), S.PART_PAID, "", ""),
        ((20, 81), S.DISCREPANCY, "ab", ""),
        ((20, 100), S.PAID, "b", "a"),
        ((20, 120), S.DISCREPANCY, "b", "a"),  # the least surplus
        ((20, 80, 80), S.PAID, "ab", "c"),
        ((20, 80, 100), S.PAID, "ab", "c"),
        ((30, 40, 70), S.PAID, "ac", "b"),
        ((30, 30, 40, 100), S.PAID, "abc", "d"),
        ((100, 100), S.PAID, "a", "b"),
        ((120, 100), S.DISCREPANCY, "a", "b"),
    ],
)
def test_payments_pay_together_by_the_least_surplus_and_what_comes_later_is_second(
    amounts: tuple[int, ...], status: OrderStatus, payers: str, second: str
) -> None:
    lifecycle = lifecycle_after(payment("abcd"[n], minor) for n, minor in enumerate(amounts))

    assert lifecycle.status is status
    assert "".join(names(lifecycle.payers)) == payers
    assert "".join(names(lifecycle.duplicate_payments)) == second


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_two_currencies_never_add_up(order: tuple[int, ...]) -> None:
    parts = [payment("a", 50), payment("b", 50, "USD")]
    lifecycle = lifecycle_after(parts[n] for n in order)

    assert (lifecycle.status, lifecycle.payers) == (S.DISCREPANCY, ())
    assert lifecycle.discrepancy is not None
    assert lifecycle.discrepancy.kind is DiscrepancyKind.OTHER_CURRENCY
    assert lifecycle.discrepancy.captured == (eur(50), Money(amount_minor=50, currency="USD"))


def test_other_money_goes_back_once_the_order_is_paid() -> None:
    lifecycle = lifecycle_after([payment("a", 100, "USD"), payment("b", 100)])

    assert (lifecycle.status, names(lifecycle.duplicate_payments)) == (S.PAID, ["a"])


@pytest.mark.parametrize(
    ("captured", "refunded", "status"),
    [
        (100, 29, S.PAID),
        (99, 0, S.PART_PAID),
        (120, 0, S.DISCREPANCY),
        (120, 19, S.DISCREPANCY),
        (120, 20, S.PAID),
        (120, 70, S.PAID),  # the surplus, and a refund like any other
        (100, 100, S.PAID),
    ],
)
def test_what_went_back_of_a_payment_is_no_surplus_any_more(
    captured: int, refunded: int, status: OrderStatus
) -> None:
    before, after = payment("a", captured), payment("a", captured, "EUR", refunded)
    in_time, late = lifecycle_after([before, after]), lifecycle_after([after])

    assert in_time.status is late.status is status
    assert in_time.payers == late.payers
    assert in_time.discrepancy == late.discrepancy


def test_a_part_that_stays_alone_alarms_after_an_hour_and_is_not_put_off_by_another() -> None:
    lifecycle = lifecycle_after([payment("a", 20)])
    later = NOW + timedelta(minutes=30)
    again = with_payment(lifecycle, payment("b", 20), ORDERED, later)

    assert lifecycle.next_check_at == again.next_check_at == NOW + PART_ALARM_AFTER
    assert with_payment(again, payment("c", 60), ORDERED, later).next_check_at is None


amounts = st.integers(min_value=1, max_value=130)
currencies = st.sampled_from(["EUR", "EUR", "EUR", "USD"])
sets = st.lists(st.tuples(amounts, currencies), min_size=1, max_size=6)


@given(st.data(), sets)
def test_every_payment_is_one_thing_and_paid_is_what_was_ordered_to_the_last_cent(
    data: st.DataObject, drawn: list[tuple[int, str]]
) -> None:
    payments = [payment(f"p{n}", minor, currency) for n, (minor, currency) in enumerate(drawn)]
    reported = data.draw(st.permutations([*payments, *payments]))
    lifecycle = lifecycle_after(reported)
    lists = (*lifecycle.payers, *lifecycle.duplicate_payments, *lifecycle.part_payments)

    assert sorted(names(lists)) == sorted(names(payments))
    assert {one.amount.currency for one in lifecycle.payers} <= {"EUR"}
    paid = sum(one.amount.amount_minor for one in lifecycle.payers)
    assert (lifecycle.status is S.PAID) == (paid == ORDERED.amount_minor)
    assert paid == 0 or paid >= ORDERED.amount_minor
    ours = [one for one in payments if one.amount.currency == "EUR"]
    assert bool(lifecycle.payers) == (sum(one.amount.amount_minor for one in ours) >= 100)


@given(st.data(), sets)
def test_until_an_order_is_paid_it_makes_no_difference_what_came_first(
    data: st.DataObject, drawn: list[tuple[int, str]]
) -> None:
    payments = [payment(f"p{n}", minor, currency) for n, (minor, currency) in enumerate(drawn)]
    *parts, last = payments
    if lifecycle_after(parts).payers:
        return
    one, other = (
        lifecycle_after(payments),
        lifecycle_after([*data.draw(st.permutations(parts)), last]),
    )

    assert (one.payers, one.status, one.discrepancy) == (
        other.payers,
        other.status,
        other.discrepancy,
    )
    assert {*names(one.duplicate_payments)} == {*names(other.duplicate_payments)}


def test_receiving_the_same_again_changes_nothing() -> None:
    lifecycle = lifecycle_after([payment("a", 20), payment("b", 80), payment("c", 5)])

    for one in ("a", 20), ("b", 80), ("c", 5):
        assert with_payment(lifecycle, payment(*one), ORDERED, NOW + timedelta(days=1)) is lifecycle


# What is taken back of those that paid


LATER = NOW + timedelta(days=2)


def taken_back(
    lifecycle: OrderLifecycle, payment_id: str, left: int = 0, *kept: Name
) -> OrderLifecycle:
    return with_payment(lifecycle, payment(payment_id, left), ORDERED, LATER, frozenset(kept))


def test_an_order_whose_payment_was_taken_back_is_open_again() -> None:
    lifecycle = taken_back(lifecycle_after([payment("a", 100)]), "a")

    assert (lifecycle.payers, lifecycle.duplicate_payments) == ((), ())
    assert lifecycle.part_payments == (payment("a", 0),)
    assert lifecycle.reopened_at == LATER
    assert lifecycle.discrepancy is None


def test_what_is_left_of_several_that_paid_is_a_part_again() -> None:
    lifecycle = taken_back(lifecycle_after([payment("a", 60), payment("b", 40)]), "b")

    assert (lifecycle.status, lifecycle.payers, lifecycle.reopened_at) == (S.PART_PAID, (), LATER)
    assert (lifecycle.paid_by, lifecycle.paid_with) == (None, ())
    assert sorted(names(lifecycle.part_payments)) == ["a", "b"]
    assert lifecycle.alarms_at == LATER + PART_ALARM_AFTER
    assert lifecycle.discrepancy is not None
    assert lifecycle.discrepancy.captured == (eur(60),)


def test_a_duplicate_payment_that_stays_pays_in_the_place_of_what_was_taken_back() -> None:
    paid_twice = lifecycle_after([payment("a", 100), payment("b", 100), payment("c", 100)])
    lifecycle = taken_back(paid_twice, "a", 0, payment("b", 100).name)

    assert (lifecycle.status, names(lifecycle.payers), lifecycle.reopened_at) == (
        S.PAID,
        ["b"],
        None,
    )
    assert names(lifecycle.duplicate_payments) == ["c"]
    assert names(lifecycle.part_payments) == ["a"]


def test_a_duplicate_payment_that_goes_back_already_pays_nothing() -> None:
    lifecycle = taken_back(lifecycle_after([payment("a", 100), payment("b", 100)]), "a")

    assert (lifecycle.payers, names(lifecycle.duplicate_payments)) == ((), ["b"])


def test_an_order_that_is_paid_anew_is_not_reopened_any_more() -> None:
    reopened = taken_back(lifecycle_after([payment("a", 100)]), "a")
    lifecycle = with_payment(reopened, payment("b", 100), ORDERED, LATER)

    assert (lifecycle.status, names(lifecycle.payers), lifecycle.reopened_at) == (
        S.PAID,
        ["b"],
        None,
    )


def test_a_refund_of_those_that_paid_reopens_nothing() -> None:
    lifecycle = with_payment(
        lifecycle_after([payment("a", 100)]), payment("a", 100, "EUR", 100), ORDERED, LATER
    )

    assert (lifecycle.status, lifecycle.reopened_at) == (S.PAID, None)


def test_a_refund_of_one_of_those_that_paid_together_leaves_the_order_paid() -> None:
    paid = lifecycle_after([payment("a", 60), payment("b", 40)])
    lifecycle = with_payment(paid, payment("a", 60, "EUR", 50), ORDERED, LATER)

    assert (lifecycle.status, names(lifecycle.payers)) == (S.PAID, ["a", "b"])


def test_parts_that_were_too_much_are_parts_again_once_more_goes_back_than_that() -> None:
    too_much = lifecycle_after([payment("a", 80), payment("b", 30), payment("c", 100)])
    lifecycle = with_payment(too_much, payment("b", 30, "EUR", 11), ORDERED, LATER)

    assert (too_much.status, names(too_much.duplicate_payments)) == (S.DISCREPANCY, ["c"])
    assert (lifecycle.status, lifecycle.payers, lifecycle.reopened_at) == (S.PART_PAID, (), None)
    assert sorted(names(lifecycle.part_payments)) == ["a", "b"]
    assert names(lifecycle.duplicate_payments) == ["c"]


def test_parts_that_were_too_much_pay_once_just_that_went_back_and_stay_so() -> None:
    too_much = lifecycle_after([payment("a", 80), payment("b", 30)])
    paid = with_payment(too_much, payment("b", 30, "EUR", 10), ORDERED, LATER)
    refunded = with_payment(paid, payment("b", 30, "EUR", 30), ORDERED, LATER)

    assert (paid.status, refunded.status) == (S.PAID, S.PAID)
    assert names(refunded.payers) == ["a", "b"]


def test_what_comes_back_of_a_part_after_the_order_was_paid_is_second() -> None:
    paid = lifecycle_after([payment("a", 40, "EUR", 40), payment("b", 100)])
    refunded = with_payment(paid, payment("b", 100, "EUR", 1), ORDERED, LATER)
    late = with_payment(refunded, payment("a", 40, "EUR", 39), ORDERED, LATER)

    assert (names(refunded.part_payments), refunded.duplicate_payments) == (["a"], ())
    assert (names(late.duplicate_payments), late.part_payments) == (["a"], ())
    assert (late.status, names(late.payers)) == (S.PAID, ["b"])


def test_what_comes_after_the_order_was_paid_is_second_also_where_nothing_is_left_of_it() -> None:
    lifecycle = lifecycle_after([payment("a", 100), payment("b", 5), payment("c", 100, "EUR", 100)])

    assert names(lifecycle.duplicate_payments) == ["b", "c"]


def test_an_order_that_was_never_paid_is_not_reopened() -> None:
    assert lifecycle_after([payment("a", 60), payment("b", 30)]).reopened_at is None


def test_a_payment_of_which_nothing_was_captured_is_no_payment_until_something_is() -> None:
    empty = OrderLifecycle(order_id="order-1", version=1)

    assert with_payment(empty, payment("a", 0), ORDERED, NOW) is empty


def test_of_parts_only_what_is_left_counts_since_one_may_have_gone_back_before_the_rest_came() -> (
    None
):
    lifecycle = lifecycle_after([payment("a", 60, "EUR", 20), payment("b", 40)])

    assert (lifecycle.status, lifecycle.payers) == (S.PART_PAID, ())


def test_what_was_captured_in_several_steps_pays_whatever_went_back_in_between() -> None:
    lifecycle = lifecycle_after([payment("a", 60, "EUR", 20), payment("a", 100, "EUR", 20)])

    assert (lifecycle.status, names(lifecycle.payers)) == (S.PAID, ["a"])


def test_a_part_of_which_nothing_is_left_is_neither_a_payer_nor_second() -> None:
    spent, one = payment("a", 30, "EUR", 30), payment("b", 30, "EUR", 29)
    lifecycle = lifecycle_after([spent, one, payment("c", 100)])

    assert (names(lifecycle.payers), names(lifecycle.duplicate_payments)) == (["c"], ["b"])
    assert names(lifecycle.part_payments) == ["a"]
    assert (is_payer(lifecycle, payment("c", 100)), is_payer(lifecycle, one)) == (True, False)
    assert (is_second(lifecycle, one), is_second(lifecycle, spent)) == (True, False)


def test_what_was_captured_more_of_a_part_counts() -> None:
    lifecycle = lifecycle_after([payment("a", 30), payment("b", 30), payment("a", 70)])

    assert (lifecycle.status, names(lifecycle.payers)) == (S.PAID, ["a", "b"])
    assert lifecycle.payers[0].amount == eur(70)


def test_only_the_first_twelve_parts_are_tried_together() -> None:
    parts = [payment(f"p{n:02d}", 5) for n in range(TOGETHER_MAX)]
    lifecycle = lifecycle_after([*parts, payment("p99", 40)])
    enough = lifecycle_after([*parts[1:], payment("p99", 45)])

    assert (lifecycle.status, enough.status) == (S.PART_PAID, S.PAID)


@pytest.mark.parametrize(("currency", "refunded"), [("USD", 0), ("EUR", 1)])
def test_parts_that_count_for_nothing_crowd_out_none_that_do(currency: str, refunded: int) -> None:
    others = [payment(f"p{n:02d}", 1, currency, refunded) for n in range(TOGETHER_MAX)]
    lifecycle = lifecycle_after([*others, payment("z1", 60), payment("z2", 40)])

    assert (lifecycle.status, names(lifecycle.payers)) == (S.PAID, ["z1", "z2"])


def test_an_order_is_published_as_it_was_captured_in_each_currency() -> None:
    lifecycle = lifecycle_after([payment("a", 30), payment("b", 20), payment("c", 7, "USD")])

    assert lifecycle.discrepancy is not None
    assert lifecycle.discrepancy.ordered == ORDERED
    assert lifecycle.discrepancy.captured == (eur(50), Money(amount_minor=7, currency="USD"))


def test_the_alarm_of_a_part_is_off_once_other_money_comes_or_more_than_enough() -> None:
    lifecycle = lifecycle_after([payment("a", 30)])

    assert lifecycle.alarms_at == NOW + PART_ALARM_AFTER
    assert with_payment(lifecycle, payment("b", 1, "USD"), ORDERED, LATER).alarms_at is None
    assert with_payment(lifecycle, payment("b", 90), ORDERED, LATER).alarms_at is None


def test_an_order_that_is_short_again_is_alarmed_anew() -> None:
    mixed = lifecycle_after([payment("a", 30), payment("b", 1, "USD")])
    lifecycle = with_payment(mixed, payment("b", 1, "USD", 1), ORDERED, LATER)

    assert (lifecycle.status, lifecycle.alarms_at) == (S.PART_PAID, LATER + PART_ALARM_AFTER)
