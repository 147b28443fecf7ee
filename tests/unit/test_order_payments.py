"""Which payments pay an order: together, in any order, and never in two currencies."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.domain.money import Money
from kassa.domain.order_life import (
    PART_ALARM_AFTER,
    DiscrepancyKind,
    OrderLife,
    OrderPayment,
    OrderStatus,
)
from kassa.domain.order_payments import with_payment
from tests.builders import NOW, eur, heard

ORDERED = eur(100)
S = OrderStatus


def payment(
    payment_id: str, minor: int, currency: str = "EUR", refunded_minor: int = 0
) -> OrderPayment:
    return OrderPayment(
        gateway="adyen",
        account="main",
        payment_id=payment_id,
        amount=Money(amount_minor=minor, currency=currency),
        refunded_minor=refunded_minor,
        captured_at=NOW,
        object_id=payment_id,
        heard=heard(f"{payment_id}:captured", payment_id, "adyen"),
    )


def life_after(payments: Iterable[OrderPayment]) -> OrderLife:
    life = OrderLife(order_id="order-1", version=1)
    for one in payments:
        life = with_payment(life, one, ORDERED, NOW)
    return life


def names(payments: Iterable[OrderPayment]) -> list[str]:
    return [one.payment_id for one in payments]


@pytest.mark.parametrize(
    ("amounts", "status", "payers", "second"),
    [
        ((100,), S.PAID, "a", ""),
        ((99,), S.PART_PAID, "", ""),
        ((101,), S.DISCREPANCY, "a", ""),
        ((20, 80), S.PAID, "ab", ""),
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
    life = life_after(payment("abcd"[n], minor) for n, minor in enumerate(amounts))

    assert life.status is status
    assert "".join(names(life.payers)) == payers
    assert "".join(names(life.second_payments)) == second


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_two_currencies_never_add_up(order: tuple[int, ...]) -> None:
    parts = [payment("a", 50), payment("b", 50, "USD")]
    life = life_after(parts[n] for n in order)

    assert (life.status, life.payers) == (S.DISCREPANCY, ())
    assert life.discrepancy is not None
    assert life.discrepancy.kind is DiscrepancyKind.OTHER_CURRENCY
    assert life.discrepancy.captured == (eur(50), Money(amount_minor=50, currency="USD"))


def test_other_money_goes_back_once_the_order_is_paid() -> None:
    life = life_after([payment("a", 100, "USD"), payment("b", 100)])

    assert (life.status, names(life.second_payments)) == (S.PAID, ["a"])


@pytest.mark.parametrize(
    ("captured", "refunded", "status"),
    [
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
    life = life_after([payment("a", captured), payment("a", captured, "EUR", refunded)])

    assert life.status is status


def test_a_part_that_stays_alone_rings_after_an_hour_and_is_not_put_off_by_another() -> None:
    life = life_after([payment("a", 20)])
    later = NOW + timedelta(minutes=30)
    again = with_payment(life, payment("b", 20), ORDERED, later)

    assert life.wakes_at == again.wakes_at == NOW + PART_ALARM_AFTER
    assert with_payment(again, payment("c", 60), ORDERED, later).wakes_at is None


amounts = st.integers(min_value=1, max_value=130)
currencies = st.sampled_from(["EUR", "EUR", "EUR", "USD"])
sets = st.lists(st.tuples(amounts, currencies), min_size=1, max_size=6)


@given(st.data(), sets)
def test_every_payment_is_one_thing_and_paid_is_what_was_ordered_to_the_last_cent(
    data: st.DataObject, drawn: list[tuple[int, str]]
) -> None:
    payments = [payment(f"p{n}", minor, currency) for n, (minor, currency) in enumerate(drawn)]
    told = data.draw(st.permutations([*payments, *payments]))
    life = life_after(told)
    lists = (*life.payers, *life.second_payments, *life.part_payments)

    assert sorted(names(lists)) == sorted(names(payments))
    assert {one.amount.currency for one in life.payers} <= {"EUR"}
    paid = sum(one.amount.amount_minor for one in life.payers)
    assert (life.status is S.PAID) == (paid == ORDERED.amount_minor)
    assert paid == 0 or paid >= ORDERED.amount_minor
    ours = [one for one in payments if one.amount.currency == "EUR"]
    assert bool(life.payers) == (sum(one.amount.amount_minor for one in ours) >= 100)


@given(st.data(), sets)
def test_until_an_order_is_paid_it_makes_no_difference_what_came_first(
    data: st.DataObject, drawn: list[tuple[int, str]]
) -> None:
    payments = [payment(f"p{n}", minor, currency) for n, (minor, currency) in enumerate(drawn)]
    *parts, last = payments
    if life_after(parts).payers:
        return
    one, other = life_after(payments), life_after([*data.draw(st.permutations(parts)), last])

    assert (one.payers, one.status, one.discrepancy) == (
        other.payers,
        other.status,
        other.discrepancy,
    )
    assert {*names(one.second_payments)} == {*names(other.second_payments)}


def test_hearing_the_same_again_changes_nothing() -> None:
    life = life_after([payment("a", 20), payment("b", 80), payment("c", 5)])

    for one in ("a", 20), ("b", 80), ("c", 5):
        assert with_payment(life, payment(*one), ORDERED, NOW + timedelta(days=1)) is life
