"""Amounts as PayPal writes them, and its fees."""

import re

from infra.fake_gateways.kit import iso4217
from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.paypal.errors import malformed, unprocessable

_TAKEN = (
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN RUB SEK SGD THB "
    "TWD USD"
)
CURRENCIES = frozenset(_TAKEN.split())  # "Currency codes" in PayPal's documentation
_WHOLE = {"JPY", "HUF", "TWD"}  # PayPal takes no decimals in these
_VALUE = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def digits(currency: str) -> int:
    """Return how many decimals PayPal takes in a currency."""
    return 0 if currency in _WHOLE else 2


def amount(minor: int, currency: str) -> Body:
    """Return an amount as PayPal's objects carry it."""
    places = digits(currency)
    sign, whole = "-" if minor < 0 else "", abs(minor)
    if not places:
        return {"currency_code": currency, "value": f"{sign}{whole}"}
    units, rest = divmod(whole, 10**places)
    return {"currency_code": currency, "value": f"{sign}{units}.{rest:0{places}d}"}


def minor(value_and_currency: object) -> int:
    """Return an amount in PayPal's smallest unit, or refuse it as PayPal does."""
    if (
        not isinstance(value_and_currency, dict)
        or not {"currency_code", "value"} <= value_and_currency.keys()
    ):
        raise malformed("MISSING_REQUIRED_PARAMETER", "/amount")
    if value_and_currency["currency_code"] not in CURRENCIES:
        raise unprocessable("CURRENCY_NOT_SUPPORTED")
    value, places = (
        str(value_and_currency["value"]),
        digits(str(value_and_currency["currency_code"])),
    )
    if not _VALUE.fullmatch(value):
        raise malformed("INVALID_PARAMETER_SYNTAX", "/amount/value")
    whole, _, rest = value.partition(".")
    if len(rest) > places:
        raise unprocessable("DECIMALS_NOT_SUPPORTED" if not places else "DECIMAL_PRECISION")
    return int(whole + rest.ljust(places, "0"))


def of_minor(amount_minor: int, currency: str) -> Body:
    """Return a control's amount, in ISO 4217's minor units, as PayPal's objects carry it."""
    return amount(iso4217.to_own(amount_minor, currency, digits(currency)), currency)


def in_minor(own: int, currency: str) -> int:
    """Return an amount in PayPal's smallest unit as the controls report it."""
    return iso4217.to_minor(own, currency, digits(currency))


def fee(gross: int, permille: int, fixed: int) -> int:
    """Return the fee of a capture: a share, rounded half up, and a fixed part."""
    return min(gross, (gross * permille + 500) // 1000 + fixed)
