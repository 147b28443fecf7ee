"""Adyen's amounts: the one way in and the one way out; and the decimals of its reports.

Source: "Currency codes and minor units" (docs.adyen.com/development-resources/currency-codes),
whose table leads where it differs from ISO 4217: CLP and ISK (two decimals), CVE and IDR (none).
"""

import re

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.amounts import Units, from_decimal

_NONE = "CVE DJF GNF IDR JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
UNITS = Units(
    digits={
        **dict.fromkeys(_NONE.split(), 0),
        **{"CLP": 2, "ISK": 2},
        **dict.fromkeys(_THREE.split(), 3),
    }
)

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")


def from_adyen(value: int, currency: str) -> Money:
    """Return an amount of Adyen's API in ISO 4217 minor units, exactly or not at all."""
    return UNITS.read(value, currency)


def to_adyen(money: Money) -> int:
    """Return an amount in Adyen's minor units.

    Raises GatewayRefused, before Adyen is called, for a currency that its table doesn't have and
    whose decimals are therefore unknown, or a fraction that its units don't hold.
    """
    if not UNITS.takes(money.currency):
        raise GatewayRefused("currency_unavailable", is_retryable=True)
    value = UNITS.written(money)
    if value is None:
        raise GatewayRefused("invalid_amount", is_retryable=True)
    return value


def from_report(text: str, currency: str) -> Money:
    """Return a report's decimal in ISO 4217 minor units; an empty field is nothing."""
    if text and not _DECIMAL.fullmatch(text):
        raise UnreadableEvent("an amount is no decimal")
    return from_decimal(text or "0", currency)
