"""Chargebacks of payments of an order: what still pays it, and what pays in its place."""

import pytest

from kassa.orders.lifecycle import OrderLifecycle, OrderPayment, OrderStatus
from kassa.orders.payments import with_payment
from tests.support.builders import NOW, eur
from tests.support.orders import order_payment as payment

ORDERED = eur(100)
S = OrderStatus


def charged_back(one: OrderPayment, minor: int) -> OrderPayment:
    return one.model_copy(update={"charged_back_minor": minor})


def lifecycle_after(*payments: OrderPayment, kept: str = "") -> OrderLifecycle:
    lifecycle = OrderLifecycle(order_id="order-1", version=1)
    names = frozenset(("adyen", "main", one) for one in kept)
    for one in payments:
        lifecycle = with_payment(lifecycle, one, ORDERED, NOW, names)
    return lifecycle


def ids_by_role(lifecycle: OrderLifecycle) -> tuple[str, str, str]:
    lists = (lifecycle.payers, lifecycle.duplicate_payments, lifecycle.part_payments)
    payers, second, parts = ("".join(one.payment_id for one in some) for some in lists)
    return payers, second, parts


@pytest.mark.parametrize("minor", [1, 100])
def test_what_was_charged_back_still_pays_where_nothing_else_can(minor: int) -> None:
    paid = payment("a", 100)
    lifecycle = lifecycle_after(paid, charged_back(paid, minor))

    assert (lifecycle.status, lifecycle.discrepancy, lifecycle.reopened_at) == (S.PAID, None, None)
    assert lifecycle.payers[0].left_minor == 100 - minor
    assert ids_by_role(lifecycle_after(charged_back(paid, minor))) == ("a", "", "")


def test_a_duplicate_that_is_kept_pays_in_its_place_until_the_first_is_won() -> None:
    first, second = payment("a", 100), payment("b", 100)
    paid_by_second = lifecycle_after(first, second, charged_back(first, 100), kept="b")

    assert (ids_by_role(paid_by_second), paid_by_second.status) == (("b", "", "a"), S.PAID)
    assert paid_by_second.reopened_at is None
    won = with_payment(paid_by_second, first, ORDERED, NOW)
    assert ids_by_role(won) == ("b", "a", "")


def test_one_that_was_promised_to_somebody_doesnt_pay() -> None:
    first, second = payment("a", 100), payment("b", 100)

    assert ids_by_role(lifecycle_after(first, second, charged_back(first, 100))) == ("a", "b", "")


def test_one_that_comes_after_the_chargeback_pays() -> None:
    first = payment("a", 100)
    lifecycle = lifecycle_after(first, charged_back(first, 1), payment("b", 100))

    assert ids_by_role(lifecycle) == ("b", "a", "")


def test_one_that_comes_after_it_and_went_back_meanwhile_doesnt() -> None:
    first, refunded = payment("a", 100), payment("b", 100, refunded_minor=1)
    lifecycle = lifecycle_after(first, charged_back(first, 100), refunded)

    assert ids_by_role(lifecycle) == ("a", "b", "")


def test_one_that_is_too_little_or_was_charged_back_itself_doesnt() -> None:
    first, little = payment("a", 100), payment("b", 99)
    lost = charged_back(payment("b", 100), 1)

    for second in (little, lost):
        lifecycle = lifecycle_after(first, second, charged_back(first, 100), kept="b")
        assert ids_by_role(lifecycle) == ("a", "b", "")


def test_what_is_left_of_the_first_doesnt_need_to_be_replaced() -> None:
    first, second = payment("a", 130), payment("b", 100)
    lifecycle = lifecycle_after(first, second, charged_back(first, 30), kept="b")

    assert (ids_by_role(lifecycle), lifecycle.status) == (("a", "b", ""), S.PAID)


def test_a_part_of_what_paid_is_replaced_by_as_much() -> None:
    gift, card, again = payment("a", 60), payment("b", 40), payment("c", 60)
    lifecycle = lifecycle_after(gift, card, again, charged_back(gift, 60), kept="c")

    assert (ids_by_role(lifecycle), lifecycle.status) == (("bc", "", "a"), S.PAID)


def test_one_that_comes_after_the_chargeback_pays_together_with_one_that_is_kept() -> None:
    first, kept, coming = payment("a", 100), payment("b", 60), payment("c", 40)
    lifecycle = lifecycle_after(first, kept, charged_back(first, 100), coming, kept="b")

    assert (ids_by_role(lifecycle), lifecycle.status) == (("bc", "", "a"), S.PAID)


@pytest.mark.parametrize(("minor", "is_paid"), [(20, True), (21, False)])
def test_parts_that_were_charged_back_count_by_what_is_left(minor: int, is_paid: bool) -> None:
    lifecycle = lifecycle_after(charged_back(payment("a", 80), minor), payment("b", 40))

    assert lifecycle.status is (S.PAID if is_paid else S.PART_PAID)


def test_those_pay_that_are_there_whatever_their_surplus() -> None:
    lost, more = charged_back(payment("a", 100), 100), payment("b", 120)
    parts = lifecycle_after(payment("c", 50), payment("d", 49))
    lifecycle = with_payment(
        parts.model_copy(update={"part_payments": (*parts.part_payments, lost)}),
        more,
        ORDERED,
        NOW,
    )

    assert (lifecycle.payers[0].payment_id, lifecycle.status) == ("b", S.DISCREPANCY)


def test_both_amounts_that_went_back_are_brought_up_to_date() -> None:
    paid = payment("a", 100)
    both = paid.model_copy(update={"refunded_minor": 30, "charged_back_minor": 20})
    lifecycle = lifecycle_after(paid, both, paid.model_copy(update={"refunded_minor": 10}))

    assert lifecycle.payers[0].left_minor == 90
