"""The hard limits of automatic refunds: in code, so that no policy, score or model can lift them.

Nothing above them is ever approved without a person. They count what was approved automatically,
per refund, per customer and day, per merchant and day; the day is the merchant's. Changing one is
a change of the program, reviewed like any other. A currency that isn't listed is never automatic.
"""

from typing import NamedTuple

from kassa.core.money import minor_digits

# What one refund may be, in major units: about 500 euros each, rounded to what people say.
_PER_REFUND = {
    **{"EUR": 500, "USD": 500, "GBP": 400, "CHF": 500, "CAD": 700, "AUD": 700, "NZD": 800},
    **{"SGD": 700, "HKD": 4_000, "TWD": 16_000, "JPY": 75_000, "KRW": 700_000, "CNY": 3_500},
    **{"THB": 18_000, "MYR": 2_200, "PHP": 28_000, "IDR": 8_000_000, "VND": 12_000_000},
    **{"INR": 42_000, "SEK": 5_500, "NOK": 5_800, "DKK": 3_700, "PLN": 2_100, "CZK": 12_500},
    **{"HUF": 200_000, "RON": 2_500, "BGN": 1_000, "TRY": 17_000, "ILS": 1_900, "AED": 1_900},
    **{"SAR": 1_900, "KWD": 160, "BHD": 200, "OMR": 200, "JOD": 370, "ZAR": 9_500, "BRL": 2_800},
    **{"MXN": 9_500, "CLP": 500_000, "COP": 2_100_000, "ISK": 74_000},
}
UNDO_MINUTES_MIN = 5  # an approval can be undone that long; a deployment says another floor
CUSTOMER_DAY = 2  # times the limit of one refund
MERCHANT_DAY = 200


class Limits(NamedTuple):
    """What may be approved automatically in one currency, in minor units."""

    per_refund_minor: int
    per_customer_day_minor: int
    per_merchant_day_minor: int


def limits_of(currency: str) -> Limits:
    """Return a currency's hard limits; all zero for one that isn't listed."""
    one = _PER_REFUND.get(currency, 0) * 10 ** minor_digits(currency)
    return Limits(one, CUSTOMER_DAY * one, MERCHANT_DAY * one)
