"""Stripe's amounts: its minor units differ from ISO 4217's for a few currencies.

Source: Stripe's documentation, "Supported currencies": zero-decimal currencies and special cases.
"""

from kassa.adapters.gateways.amounts import from_units
from kassa.domain.money import Money
from kassa.errors import UnreadableEvent

# Stripe counts MGA in whole ariary (ISO: two decimals) and ISK and UGX with two (ISO: none).
STRIPE_DIGITS = {"MGA": 0, "ISK": 2, "UGX": 2}


def from_stripe(amount: object, currency: object) -> Money:
    """Return Stripe's amount in ISO 4217 minor units.

    Raises UnreadableEvent for an amount that isn't an integer or can't be expressed exactly.
    """
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise UnreadableEvent("amount is not an integer")
    if not isinstance(currency, str) or len(currency) != 3:
        raise UnreadableEvent("currency is not a three-letter code")
    return from_units(amount, currency.upper(), STRIPE_DIGITS)
