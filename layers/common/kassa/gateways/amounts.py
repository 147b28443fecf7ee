"""Amounts between ISO 4217's minor units, which are ours, and a gateway's own; exactly or not.

Each gateway's `money` module has the one way in and the one way out, and says with these how the
gateway counts.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeVar

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money, minor_digits, to_decimal
from kassa.gateways.submissions import CheckoutSubmission, RefundSubmission

Written = TypeVar("Written")

_USUAL = 2  # decimals of a currency that neither ISO 4217 nor a gateway says otherwise of


class Units(NamedTuple):
    """How a gateway counts whole numbers of a currency, as its documentation says."""

    digits: Mapping[str, int]  # decimals, of each currency that it or ISO 4217 gives other than two
    steps: Mapping[str, int] = {}  # in its units: what an amount must be a multiple of

    def takes(self, currency: str) -> bool:
        """Return whether it is known how the gateway counts a currency."""
        return currency in self.digits or minor_digits(currency) == _USUAL

    def read(self, value: int, currency: str) -> Money:
        """Return an amount of the gateway's in ISO 4217 minor units.

        A currency that the gateway says nothing of is read as ISO 4217 counts it. Raises
        UnreadableEvent for a fraction that ISO 4217 doesn't have.
        """
        shift = self._shift(currency)
        if shift <= 0:
            return Money(amount_minor=value * 10**-shift, currency=currency)
        whole, rest = divmod(value, 10**shift)
        if rest:
            raise UnreadableEvent(f"{currency} has no such fraction")
        return Money(amount_minor=whole, currency=currency)

    def written(self, money: Money) -> int | None:
        """Return an amount in the gateway's units; nothing where they don't hold it exactly."""
        shift = self._shift(money.currency)
        value, rest = divmod(money.amount_minor * 10 ** max(shift, 0), 10 ** max(-shift, 0))
        is_held = not rest and value % self.steps.get(money.currency, 1) == 0
        return int(value) if is_held and self.takes(money.currency) else None

    def _shift(self, currency: str) -> int:
        """Return how many decimals more than ISO 4217 the gateway counts."""
        iso_digits = minor_digits(currency)
        return self.digits.get(currency, iso_digits) - iso_digits


class PricedLine(NamedTuple):
    """One line of an order, and what its items cost together."""

    name: str
    quantity: int
    price: Money


def priced_lines(submission: CheckoutSubmission) -> tuple[PricedLine, ...]:
    """Return an order's lines; none where they don't add up to what is to be paid."""
    if sum(line.amount_minor for line in submission.lines) != submission.amount.amount_minor:
        return ()
    currency = submission.amount.currency
    return tuple(
        PricedLine(
            line.name, line.quantity, Money(amount_minor=line.amount_minor, currency=currency)
        )
        for line in submission.lines
    )


def refund_amount(submission: RefundSubmission, written: Callable[[Money], Written]) -> Written:
    """Return a refund's amount as its gateway takes it, written by its way out.

    Raises GatewayRefused where it doesn't, for good: no other gateway can refund the payment.
    """
    try:
        return written(submission.amount)
    except GatewayRefused as error:
        raise GatewayRefused(str(error)) from error


def from_decimal(text: str, currency: str) -> Money:
    """Return a decimal in major units as money; its spelling is the caller's to check."""
    exact = Decimal(text).scaleb(minor_digits(currency))
    if exact != exact.to_integral_value():
        raise UnreadableEvent(f"{currency} has no such fraction")
    return Money(amount_minor=int(exact), currency=currency)


def to_decimal_text(money: Money) -> str:
    """Return money as a decimal in major units, with all decimals that ISO 4217 gives it."""
    return f"{to_decimal(money):f}"
