"""The attempts that an order's payments are of: paid with it, or open until the rest has come."""

from collections.abc import Iterable
from datetime import timedelta

from kassa.orders.attempts import Attempt, begun
from kassa.orders.lifecycle import OrderLifecycle, OrderPayment
from kassa.orders.payments import with_payment
from tests.support.builders import NOW, eur
from tests.support.orders import order_payment as payment

ORDERED = eur(100)
LATER = NOW + timedelta(days=2)


def tried(number: int, payment_id: str | None = None, gateway: str = "adyen") -> Attempt:
    attempt = begun(number, (gateway, "main"), NOW)
    return attempt.model_copy(update={"payment_id": payment_id})


def after(attempts: Iterable[Attempt], *payments: OrderPayment) -> list[tuple[str, str | None]]:
    lifecycle = OrderLifecycle(order_id="order-1", version=1, attempts=tuple(attempts))
    for one in payments:
        lifecycle = with_payment(lifecycle, one, ORDERED, LATER)
    return [(attempt.state, attempt.payment_id) for attempt in lifecycle.attempts]


def test_a_part_leaves_its_attempt_open_until_the_rest_has_come() -> None:
    two = [tried(1), tried(2, gateway="stripe")]
    elsewhere = payment("b", 70).model_copy(update={"gateway": "stripe"})

    assert after(two, payment("a", 30)) == [("open", "a"), ("submitted", None)]
    assert after(two, payment("a", 30), elsewhere) == [("paid", "a"), ("paid", "b")]


def test_what_pays_together_is_paid_when_the_last_of_it_comes() -> None:
    two = (tried(1, "a"), tried(2, "b"))
    lifecycle = OrderLifecycle(order_id="order-1", version=1, attempts=two)
    part = with_payment(lifecycle, payment("a", 30), ORDERED, NOW)
    paid = with_payment(part, payment("b", 70), ORDERED, LATER)

    assert [one.changed_at for one in paid.attempts] == [LATER, LATER]


def test_a_payment_marks_no_attempt_that_another_payment_is_of() -> None:
    assert after([tried(1, "other")], payment("a", 100)) == [("submitted", "other")]
    assert after([tried(1), tried(2, "a")], payment("a", 100)) == [
        ("submitted", None),
        ("paid", "a"),
    ]


def test_a_duplicate_payments_attempt_is_paid_too() -> None:
    paid_twice = after([tried(1, "a"), tried(2, "b")], payment("a", 100), payment("b", 100))

    assert paid_twice == [("paid", "a"), ("paid", "b")]


def test_what_changed_of_an_attempt_changed_when_it_was_reported() -> None:
    lifecycle = OrderLifecycle(order_id="order-1", version=1, attempts=(tried(1),))
    lifecycle = with_payment(lifecycle, payment("a", 100), ORDERED, LATER)

    assert lifecycle.attempts[0].changed_at == LATER
    assert lifecycle.version == 2
