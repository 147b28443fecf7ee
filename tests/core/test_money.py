"""Money is counted in minor units, and a sum is always of one currency."""

from decimal import Decimal

import pytest

from kassa.core.money import Money, Sums, minor_digits, to_decimal
from tests.support.builders import eur, jpy


def test_a_sum_is_read_by_its_currency_and_none_has_none() -> None:
    sums = Sums([eur(30), jpy(500), eur(-10)])

    assert (sums.of("EUR"), sums.of("JPY"), sums.of("USD"), sums.of(None)) == (20, 500, 0, 0)


@pytest.mark.parametrize(
    ("amounts", "is_above"),
    [
        ([], False),
        ([eur(0)], False),
        ([eur(1)], True),
        ([eur(5), eur(-5)], False),
        ([eur(-5), jpy(1)], True),
    ],
)
def test_a_sum_is_above_zero_where_it_is_in_any_currency(
    amounts: list[Money], is_above: bool
) -> None:
    assert Sums(amounts).is_above_zero is is_above


@pytest.mark.parametrize(
    ("currency", "digits", "major"),
    [("JPY", 0, "12345"), ("EUR", 2, "123.45"), ("KWD", 3, "12.345"), ("CLF", 4, "1.2345")],
)
def test_a_currency_has_the_decimals_that_iso_4217_gives_it(
    currency: str, digits: int, major: str
) -> None:
    money = Money(amount_minor=12345, currency=currency)

    assert minor_digits(currency) == digits
    assert to_decimal(money) == Decimal(major)
