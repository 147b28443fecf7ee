"""What settled in another currency is exchanged for what it was of the payment, part by part."""

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.gateways.stripe.exchange import Factor, factors, paid_minor, ratio
from tests.support import stripe_events as s
from tests.support.stripe_reading import read_body

Body = dict[str, Any]


def exchanged(transaction: Body, source: Body) -> Money | None:
    raw = json.dumps(s.pulled(transaction | {"source": source})).encode()
    event = read_body(raw, "main", "test")
    assert isinstance(event, GatewayEvent)
    (moved,) = (one for one in event.object_reports if one.kind is ObjectKind.BALANCE_TRANSACTION)
    assert moved.movement is not None
    return moved.movement.exchanged


def settled(amount: int, rate: float | None, of_type: str = "charge", **more: Any) -> Body:
    fields: Body = {"amount": amount, "currency": "eur", "exchange_rate": rate, "type": of_type}
    return s.balance_transaction(**fields) | more


def dollars(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


CHARGE = s.charge(currency="usd")


@pytest.mark.parametrize(
    ("transaction", "source", "paid"),
    [
        (settled(54_00, 0.9), CHARGE, 60_00),
        (settled(36_00, 0.9), CHARGE, 40_00),
        (settled(90_00, 0.9), CHARGE, 100_00),
        (settled(87_65, 0.87654), CHARGE, 100_00),
        (settled(90_00, None), CHARGE, 100_00),
        (settled(90_00, 0.9), s.charge(currency="usd", amount_captured=60_00), 100_00),
        (settled(-9_00, 0.9, "refund"), s.refund(currency="usd"), -10_00),
        (settled(-8_77, 0.87654, "refund"), s.refund(currency="usd"), -10_00),
        (settled(8_80, 0.88, "refund_failure"), s.refund(currency="usd"), 10_00),
        (settled(-90_00, 0.9, "payment_failure_refund"), CHARGE, -100_00),
        (settled(-90_00, 0.9, "adjustment"), s.dispute(currency="usd"), -100_00),
        (settled(27_00, 0.9, "adjustment"), s.dispute(currency="usd"), 30_00),
    ],
)
def test_each_part_is_exchanged_for_what_it_was(transaction: Body, source: Body, paid: int) -> None:
    assert exchanged(transaction, source) == dollars(paid)


def test_what_settled_in_the_payments_currency_or_is_a_fee_is_not_exchanged() -> None:
    assert exchanged(settled(100_00, None), s.charge()) is None
    assert exchanged(settled(-1_00, 0.9, "stripe_fee"), CHARGE) is None


@pytest.mark.parametrize("rate", [0.0062, 0.62])
def test_a_rate_between_currencies_of_other_decimals_is_read_either_way(rate: float) -> None:
    yen = s.charge(currency="jpy", amount=10_000, amount_captured=10_000)
    assert exchanged(settled(62_00, rate), yen) == Money(amount_minor=10_000, currency="JPY")


@pytest.mark.parametrize("rate", [150.0, 1.5])
@pytest.mark.parametrize(("moved", "paid"), [(15_000, 100_00), (9_000, 60_00), (6_000, 40_00)])
def test_a_part_that_settled_without_decimals_is_one(rate: float, moved: int, paid: int) -> None:
    assert exchanged(settled(moved, rate, currency="jpy"), CHARGE) == dollars(paid)


@pytest.mark.parametrize("rate", [True, "0.9", 0, -1, None, [], float("nan"), float("inf")])
def test_a_rate_that_is_none_says_nothing(rate: object) -> None:
    assert factors(rate, dollars(1), Money(amount_minor=1, currency="EUR")) == ()


RATES = st.integers(10_000, 5_000_000).map(lambda millionths: millionths / 1_000_000)


@given(st.integers(1, 10_000_000), RATES)
def test_a_whole_amount_comes_back_from_any_rate_to_the_cent(minor: int, rate: float) -> None:
    exact = (Decimal(str(rate)) * minor).to_integral_value(ROUND_HALF_UP)
    moved = Money(amount_minor=int(exact), currency="EUR")
    own = dollars(minor)
    assert paid_minor(moved, [own], factors(rate, own, moved)) == minor


@given(st.integers(1, 10_000_000), st.integers(0, 10_000_000), RATES)
def test_a_part_is_never_more_than_the_whole_and_comes_to_what_moved(
    part: int, rest: int, rate: float
) -> None:
    by = Decimal(str(rate))
    moved_minor = int((by * part).to_integral_value(ROUND_HALF_UP))
    whole, moved = dollars(part + rest), Money(amount_minor=moved_minor, currency="EUR")
    paid = paid_minor(moved, [whole], factors(rate, whole, moved))
    assert 0 <= paid <= part + rest
    assert abs(paid - part) <= 1 + (1 + (part + rest) * Decimal("0.00001")) / by


@pytest.mark.parametrize(
    ("rate", "off"), [(0.9, "0.000005"), (0.1, "0.000005"), (0.099, "0.0000005"), (2, "0.000005")]
)
def test_a_rate_is_as_exact_as_it_is_written(rate: float, off: str) -> None:
    euro = Money(amount_minor=1, currency="EUR")
    assert factors(rate, dollars(1), euro) == (Factor(Decimal(str(rate)), Decimal(off)),)


def test_a_rate_between_other_decimals_is_of_whole_units_or_of_amounts_as_they_stand() -> None:
    yen = Money(amount_minor=1, currency="JPY")
    assert factors(150.0, dollars(1), yen) == (
        Factor(Decimal("1.5"), Decimal("0.00000005")),
        Factor(Decimal(150), Decimal("0.000005")),
    )
    assert factors(0.0062, yen, dollars(1))[0] == Factor(Decimal("0.62"), Decimal("0.00005"))


def test_the_ratio_of_two_known_amounts_leads_from_one_to_the_other() -> None:
    assert ratio(dollars(-200), dollars(50)) == (Factor(Decimal("0.25")),)
    assert ratio(dollars(200), dollars(0)) == ratio(dollars(0), dollars(200)) == ()


def test_without_a_factor_the_likeliest_amount_counts() -> None:
    assert paid_minor(dollars(-90), [dollars(-100), dollars(60)], ()) == 100


def test_of_known_amounts_the_one_that_comes_to_what_moved_counts() -> None:
    own = [dollars(100), dollars(60)]
    assert paid_minor(dollars(54), own, [Factor(Decimal("0.9"))]) == 60
    assert paid_minor(dollars(54), [dollars(-60)], [Factor(Decimal("0.9"))]) == 60


def test_half_a_unit_off_is_still_rounding_and_more_is_not() -> None:
    by = [Factor(Decimal("0.5"))]
    assert paid_minor(dollars(50), [dollars(101), dollars(1000)], by) == 101
    assert paid_minor(dollars(49), [dollars(101), dollars(1000)], by) == 98


def test_a_part_is_derived_half_up_and_stays_within_the_largest() -> None:
    own = [dollars(100), dollars(30)]
    assert paid_minor(dollars(9), own, [Factor(Decimal("0.4"))]) == 23  # 22.5
    assert paid_minor(dollars(40), own, [Factor(Decimal("0.4001"))]) == 100
    assert paid_minor(dollars(90), own, [Factor(Decimal("0.4"))]) == 100
    assert paid_minor(dollars(90), own, [Factor(Decimal("0.4")), Factor(Decimal("4"))]) == 23
