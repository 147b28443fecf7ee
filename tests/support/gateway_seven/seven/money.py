"""Seven's amounts, integers in ISO 4217's minor units: the one way in and the one way out."""

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money


def from_seven(amount: object, currency: object) -> Money:
    """Return an amount; raise UnreadableEvent for what is none."""
    if not isinstance(amount, int) or isinstance(amount, bool) or not isinstance(currency, str):
        raise UnreadableEvent("an amount is no integer with a currency")
    return Money(amount_minor=amount, currency=currency)


def to_seven(money: Money) -> int:
    """Return an amount in Seven's units, which are ours."""
    return money.amount_minor
