"""Decimal strings as BTCPay reads and writes them, and coins by a rate."""

import re
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from infra.fake_gateways.btcpay.errors import invalid
from infra.fake_gateways.kit import iso4217

SATOSHI = Decimal("0.00000001")
AMOUNT_MAX = Decimal("10000000000000")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def read(value: Any, path: str) -> Decimal:
    """Return an amount of a request; refuse what is none."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise invalid(path, "The amount is not a decimal number")
    return Decimal(text)


def in_currency(amount_minor: int, currency: str) -> Decimal:
    """Return minor units in major ones."""
    return Decimal(amount_minor).scaleb(-iso4217.digits(currency))


def in_minor(amount: Decimal, currency: str) -> int:
    """Return major units in minor ones, half a unit rounded up."""
    return int(amount.scaleb(iso4217.digits(currency)).to_integral_value(ROUND_HALF_UP))


def priced(amount: Decimal, currency: str) -> Decimal:
    """Round a price to its currency's decimals, unless that were off by a hundredth of it."""
    rounded = amount.quantize(Decimal(1).scaleb(-iso4217.digits(currency)), ROUND_HALF_UP)
    return rounded if abs(rounded - amount) * 100 < amount else amount


def coins_for(price: Decimal, rate: Decimal) -> Decimal:
    """Return the least coins that are worth a price."""
    return (price / rate).quantize(SATOSHI, ROUND_UP)


def text(amount: Decimal) -> str:
    """Write an amount as BTCPay does, without an exponent."""
    return f"{amount:f}"
