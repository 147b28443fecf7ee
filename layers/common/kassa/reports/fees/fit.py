"""The fixed and the percentage part of fees, found by a straight line through what was charged.

Least squares over every charged fee, from sums alone and in exact fractions: fee = fixed + share x
amount. How far fees lie from that line is its error, a standard deviation in minor units with two
degrees of freedom less; rounding alone makes about 0.3.
"""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from kassa.core.model import Model

FEES_MIN = 30  # below, a line says nothing: "not enough data"
_STEP = Decimal("0.0001")  # of a percent; and of a minor unit


class Sums(NamedTuple):
    """What a line through points needs: x is a payment's amount, y its fee, in minor units."""

    n: int = 0
    x: int = 0
    y: int = 0
    xx: int = 0
    xy: int = 0
    yy: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Return the sums of both."""
        return Sums(*(one + more for one, more in zip(self, other, strict=True)))

    @classmethod
    def of(cls, points: list[tuple[int, int]]) -> "Sums":
        """Return the sums of points."""
        return cls(
            len(points),
            sum(x for x, _ in points),
            sum(y for _, y in points),
            sum(x * x for x, _ in points),
            sum(x * y for x, y in points),
            sum(y * y for _, y in points),
        )


class Fit(Model):
    """The line through charged fees."""

    fees: int  # that it goes through
    percent: Decimal
    fixed_minor: Decimal
    error_minor: Decimal  # how far fees lie from it


def fitted(sums: Sums) -> Fit | None:
    """Return the line of least squares; none for too few fees, or where all amounts are one."""
    spread = sums.n * sums.xx - sums.x * sums.x
    if sums.n < FEES_MIN or spread == 0:
        return None
    share = Fraction(sums.n * sums.xy - sums.x * sums.y, spread)
    fixed = (sums.y - share * sums.x) / sums.n
    off = max(sums.yy - fixed * sums.y - share * sums.xy, Fraction(0)) / (sums.n - 2)
    return Fit(
        fees=sums.n,
        percent=rounded(100 * share),
        fixed_minor=rounded(fixed),
        error_minor=_root(off),
    )


def rounded(exact: Fraction, step: Decimal = _STEP) -> Decimal:
    """Return a fraction as a decimal of four places, half away from zero; 10 is written so."""
    units = abs(exact) / Fraction(step)
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return (whole if exact >= 0 else -whole) * step


def _root(exact: Fraction) -> Decimal:
    with localcontext(prec=50):
        root = (Decimal(exact.numerator) / Decimal(exact.denominator)).sqrt()
        return root.quantize(_STEP, rounding=ROUND_HALF_UP)
