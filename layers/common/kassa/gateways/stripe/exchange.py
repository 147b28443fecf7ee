"""Brings what moved a balance in one currency into the currency that its payment is in.

Stripe converts each movement at a rate of its own and rounds. The object that caused it often says
its amount exactly: that counts wherever the rate leads from it to what moved. Of a part (one
of several captures, a dispute given back in part) nothing but the rate shows.

Source: "The Balance Transaction object" (docs.stripe.com/api/balance_transactions/object),
`exchange_rate`. It says that amounts are multiplied by the rate as they stand; between currencies
of different decimals the rate is one of whole units, so both are tried.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from kassa.core.money import Money, minor_digits

_HALF = Decimal("0.5")  # what rounding may take or add, in minor units
_SMALL = Decimal("0.1")  # rates below are written with a decimal more


class Factor(NamedTuple):
    """What minor units are multiplied by, and how far off that may be written."""

    value: Decimal
    off: Decimal = Decimal(0)


def factors(rate: object, paid: Money, moved: Money) -> tuple[Factor, ...]:
    """Return the factors that a rate may mean: of whole units first, then of amounts as they stand.

    None where it is no rate.
    """
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        return ()
    value = Decimal(str(rate))
    if not value.is_finite() or value <= 0:
        return ()
    off = Decimal("0.000005") if value >= _SMALL else Decimal("0.0000005")
    shift = minor_digits(moved.currency) - minor_digits(paid.currency)
    of_units = Factor(value.scaleb(shift), off.scaleb(shift))
    return (of_units, Factor(value, off)) if shift else (of_units,)


def ratio(paid: Money, moved: Money) -> tuple[Factor, ...]:
    """Return the factor by which a known amount came to what moved."""
    if not paid.amount_minor or not moved.amount_minor:
        return ()
    return (Factor(Decimal(abs(moved.amount_minor)) / abs(paid.amount_minor)),)


def paid_minor(moved: Money, own: Sequence[Money], by: Sequence[Factor]) -> int:
    """Return what moved, in minor units of the payment's currency and without its sign.

    `own` are the amounts that its cause says of itself, the likeliest first; what is derived
    stays within the largest. Without a factor the likeliest counts.
    """
    known = [abs(one.amount_minor) for one in own]
    moved_minor = abs(moved.amount_minor)
    exact = (amount for one in by for amount in known if _leads_to(moved_minor, amount, one))
    found = next(exact, None)
    if found is not None or not by:
        return known[0] if found is None else found
    derived = [int((moved_minor / one.value).to_integral_value(ROUND_HALF_UP)) for one in by]
    return next((minor for minor in derived if minor <= max(known)), max(known))


def _leads_to(moved_minor: int, amount: int, by: Factor) -> bool:
    """Return whether an amount comes to what moved, as exactly as rates are written."""
    return abs(amount * by.value - moved_minor) <= _HALF + amount * by.off
