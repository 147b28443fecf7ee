"""Adyen's amounts: minor units that differ from ISO 4217's for a few currencies, and decimals.

Source: Adyen's documentation, "Currency codes and minor units". Reports write major units.
"""

import re

from kassa.adapters.gateways.amounts import from_decimal, from_units
from kassa.domain.money import Money, minor_digits
from kassa.errors import UnreadableEvent

# Adyen counts CLP and ISK with two decimals (ISO: none), CVE and IDR without (ISO: two).
ADYEN_DIGITS = {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def from_adyen(value: int, currency: str) -> Money:
    """Return an amount of Adyen's API in ISO 4217 minor units, exactly or not at all."""
    return from_units(value, currency, ADYEN_DIGITS)


def to_adyen(money: Money) -> int:
    """Return an amount in Adyen's minor units; raise ValueError for a fraction it doesn't have."""
    digits = minor_digits(money.currency)
    shift = ADYEN_DIGITS.get(money.currency, digits) - digits
    if shift >= 0:
        return int(money.amount_minor * 10**shift)
    value, rest = divmod(money.amount_minor, 10**-shift)
    if rest:
        raise ValueError(f"Adyen knows no such fraction of {money.currency}")
    return int(value)


def from_report(text: str, currency: str) -> int:
    """Return a report's decimal in ISO 4217 minor units; an empty field is nothing."""
    if not text:
        return 0
    if not _DECIMAL.fullmatch(text):
        raise UnreadableEvent("an amount is no decimal")
    return from_decimal(text, currency)
