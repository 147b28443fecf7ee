"""Stripe's amounts: the one way in and the one way out.

Source: "Supported currencies" (docs.stripe.com/currencies): minor units, zero-decimal and
three-decimal currencies, special cases; and "Deprecation of fractional ISK charges and refunds"
(support.stripe.com) for ISK, which stays in hundredths and is taken in whole krónur alone.
"""

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.amounts import Units

# MGA is counted in whole ariary (ISO 4217: two decimals).
_NONE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THREE = "BHD JOD KWD OMR TND"  # the last digit must be 0
_WHOLE = "ISK UGX"  # two decimals (ISO 4217: none), which must be 00
# HUF and TWD have two decimals like others; only their payouts are whole, and we request none.
UNITS = Units(
    digits={
        **dict.fromkeys(_NONE.split(), 0),
        **dict.fromkeys(_WHOLE.split(), 2),
        **dict.fromkeys(_THREE.split(), 3),
    },
    steps={**dict.fromkeys(_THREE.split(), 10), **dict.fromkeys(_WHOLE.split(), 100)},
)


def from_stripe(amount: object, currency: object) -> Money:
    """Return Stripe's amount in ISO 4217 minor units.

    Raises UnreadableEvent for an amount that isn't an integer or can't be expressed exactly.
    """
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise UnreadableEvent("amount is not an integer")
    if not isinstance(currency, str) or len(currency) != 3:
        raise UnreadableEvent("currency is not a three-letter code")
    return UNITS.read(amount, currency.upper())


def to_stripe(money: Money) -> int:
    """Return an amount in Stripe's minor units.

    Raises GatewayRefused, before Stripe is called, for what Stripe can't collect: a currency
    whose decimals it doesn't give, or a fraction that it doesn't take.
    """
    if not UNITS.takes(money.currency):
        raise GatewayRefused("currency_not_taken", is_retryable=True)
    value = UNITS.written(money)
    if value is None:
        raise GatewayRefused("amount_not_taken", is_retryable=True)
    return value
