"""The hard limits: said here once more, so that changing one is a change in two places."""

import pytest

from kassa.refunds.policy.limits import Limits, limits_of


@pytest.mark.parametrize(
    ("currency", "one"),
    [
        *[("EUR", 500_00), ("USD", 500_00), ("GBP", 400_00), ("CHF", 500_00), ("CAD", 700_00)],
        *[("AUD", 700_00), ("NZD", 800_00), ("SGD", 700_00), ("HKD", 4_000_00)],
        *[("TWD", 16_000_00), ("JPY", 75_000), ("KRW", 700_000), ("CNY", 3_500_00)],
        *[("THB", 18_000_00), ("MYR", 2_200_00), ("PHP", 28_000_00), ("IDR", 8_000_000_00)],
        *[("VND", 12_000_000), ("INR", 42_000_00), ("SEK", 5_500_00), ("NOK", 5_800_00)],
        *[("DKK", 3_700_00), ("PLN", 2_100_00), ("CZK", 12_500_00), ("HUF", 200_000_00)],
        *[("RON", 2_500_00), ("BGN", 1_000_00), ("TRY", 17_000_00), ("ILS", 1_900_00)],
        *[("AED", 1_900_00), ("SAR", 1_900_00), ("KWD", 160_000), ("BHD", 200_000)],
        *[("OMR", 200_000), ("JOD", 370_000), ("ZAR", 9_500_00), ("BRL", 2_800_00)],
        *[("MXN", 9_500_00), ("CLP", 500_000), ("COP", 2_100_000_00), ("ISK", 74_000)],
    ],
)
def test_a_currencys_limits_are_in_minor_units(currency: str, one: int) -> None:
    assert limits_of(currency) == Limits(one, 2 * one, 200 * one)


@pytest.mark.parametrize("currency", ["XOF", "XXX", "eur", ""])
def test_a_currency_that_is_not_listed_is_never_automatic(currency: str) -> None:
    assert limits_of(currency) == Limits(0, 0, 0)
