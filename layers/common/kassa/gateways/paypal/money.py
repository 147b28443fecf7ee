"""PayPal's amounts, decimals in major units: the one way in and the one way out.

Source: "Currency codes" (developer.paypal.com/reference/currency-codes): the currencies of its
REST API, and those of them that don't support decimals.
"""

import re

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money, to_decimal
from kassa.gateways.amounts import from_decimal, to_decimal_text
from kassa.gateways.parsing import Body

_TAKEN = (
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN RUB SEK SGD THB "
    "TWD USD"
)
CURRENCIES = frozenset(_TAKEN.split())
_WHOLE = {"HUF", "TWD"}  # no decimals, where ISO 4217 counts two; JPY has none in either

_AMOUNT = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_CURRENCY = re.compile(r"[A-Z]{3}")


def from_paypal(amount: object) -> Money:
    """Return an amount in minor units; both generations' spellings.

    Raises UnreadableEvent for what isn't a decimal number or has a fraction its currency hasn't.
    """
    fields = amount if isinstance(amount, dict) else {}
    text, code = fields.get("value", fields.get("total")), fields.get("currency_code")
    currency = code or fields.get("currency")
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise UnreadableEvent("an amount isn't a decimal number")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise UnreadableEvent("a currency isn't a three-letter code")
    return from_decimal(text, currency)


def to_paypal(money: Money) -> Body:
    """Return money as PayPal's requests say it.

    Raises GatewayRefused, before PayPal is called, for a fraction that PayPal doesn't take.
    """
    text = to_decimal_text(money)
    if money.currency in _WHOLE:
        value = to_decimal(money)
        if value != value.to_integral_value():
            raise GatewayRefused("currency_not_supported", is_retryable=True)
        text = f"{value.to_integral_value():f}"
    return {"currency_code": money.currency, "value": text}
