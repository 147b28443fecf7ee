"""Klarna's amounts: the one way in and the one way out.

Source: "Data types" (docs.klarna.com, Integration resilience): minor units according to ISO 4217,
which are ours; "Purchase countries, currencies and locales" (docs.klarna.com/klarna-payments): a
country's own currency alone; and its OpenAPI: no amount of an order or a refund above 200,000,000.
"""

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.parsing import Body

AMOUNT_MAX = 200_000_000
READ_MAX = 10**15


def from_klarna(body: Body, name: str, currency: object) -> Money:
    """Return an amount; Klarna spells currencies either way."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > READ_MAX:
        raise UnreadableEvent(f"{name} is no amount in minor units")
    return Money(amount_minor=value, currency=str(currency).upper())


def to_klarna(money: Money) -> int:
    """Return an amount in Klarna's minor units.

    Raises GatewayRefused, before Klarna is called, for more than Klarna takes.
    """
    if money.amount_minor > AMOUNT_MAX:
        raise GatewayRefused("amount_too_large", is_retryable=True)
    return money.amount_minor
