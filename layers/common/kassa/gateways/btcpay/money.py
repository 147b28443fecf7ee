"""BTCPay's amounts, decimal strings in major units: the one way in and the one way out.

Coins count by their rate, exactly, and are rounded once to minor units. Source: Greenfield API,
"Create a new invoice" (docs.btcpayserver.org/API/Greenfield/v1), and the server's Currencies.json:
it rounds an invoice to its currency's decimals, which are ISO 4217's, as our amounts are already.
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money, minor_digits, to_decimal
from kassa.gateways.amounts import to_decimal_text

_DECIMAL = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)  # 36 digits times 36 fit, so nothing is lost
_MINOR_MAX = 10**15
_MAJOR_MAX = 10**13  # BTCPay takes more for this, without a word


def decimal(value: object) -> Decimal:
    """Return an amount or a rate, exactly as it was written; never through a float."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise UnreadableEvent("an amount is no decimal number")
    return Decimal(text)


def times(value: Decimal, rate: Decimal) -> Decimal:
    """Return what so many coins are worth at a rate, unrounded."""
    return _EXACT.multiply(value, rate)


def less(value: Decimal, fee: Decimal) -> Decimal:
    """Return what is left after a fee, never less than nothing."""
    return max(_EXACT.subtract(value, fee), Decimal())


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return a sum, unrounded."""
    return reduce(_EXACT.add, amounts, Decimal())


def from_btcpay(amount: Decimal, currency: str) -> Money:
    """Return an amount in minor units, half a unit rounded up; sum first, round once."""
    scaled = amount.scaleb(minor_digits(currency), _EXACT)
    minor = int(scaled.to_integral_value(ROUND_HALF_UP, _EXACT))
    if minor > _MINOR_MAX:
        raise UnreadableEvent("an amount is larger than any payment")
    return Money(amount_minor=minor, currency=currency)


def to_btcpay(money: Money) -> str:
    """Return an amount as BTCPay wants it: a decimal string in major units.

    Raises GatewayRefused, before BTCPay is called, for more than it counts.
    """
    if money.amount_minor > _MINOR_MAX or to_decimal(money) > _MAJOR_MAX:
        raise GatewayRefused("amount_not_supported", is_retryable=True)
    return to_decimal_text(money)
