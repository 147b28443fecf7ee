"""Gateways' amounts as ISO 4217 minor units, exactly or not at all."""

from collections.abc import Mapping
from decimal import Decimal

from kassa.domain.money import Money, minor_digits
from kassa.errors import UnreadableEvent


def from_units(value: int, currency: str, digits: Mapping[str, int]) -> Money:
    """Return an amount in a gateway's own minor units; `digits` says where they aren't ISO's."""
    shift = minor_digits(currency) - digits.get(currency, minor_digits(currency))
    if shift >= 0:
        return Money(amount_minor=value * 10**shift, currency=currency)
    whole, rest = divmod(value, 10**-shift)
    if rest:
        raise UnreadableEvent(f"{currency} has no such fraction")
    return Money(amount_minor=whole, currency=currency)


def from_decimal(text: str, currency: str) -> int:
    """Return a decimal in major units as minor units; its spelling is the caller's to check."""
    exact = Decimal(text).scaleb(minor_digits(currency))
    if exact != exact.to_integral_value():
        raise UnreadableEvent(f"{currency} has no such fraction")
    return int(exact)
