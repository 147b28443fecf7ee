"""Amounts as PayPal takes them."""

from kassa.adapters.gateways.bodies import Body
from kassa.domain.money import Money, to_decimal
from kassa.errors import GatewayRefused

# "Currency codes" in PayPal's documentation: no decimals, where ISO 4217 counts two.
_WHOLE = {"HUF", "TWD"}


def written(money: Money) -> Body:
    """Return money as PayPal's requests say it; refuse a fraction that PayPal doesn't take."""
    value = to_decimal(money)
    if money.currency in _WHOLE:
        if value != int(value):
            raise GatewayRefused("currency_not_supported", is_retryable=True)
        value = value.to_integral_value()
    return {"currency_code": money.currency, "value": f"{value:f}"}
