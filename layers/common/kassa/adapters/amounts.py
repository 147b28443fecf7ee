"""Amounts as people read them in reports: exact, with the currency's own decimals."""

from kassa.domain.money import Money, minor_digits, to_decimal

MINUS = "−"
_UNITS = ((10**9, "B"), (10**6, "M"), (10**3, "k"))


def written(amount_minor: int, currency: str) -> str:
    """Return an amount with thousands apart and a true minus: −1,234.50."""
    text = f"{to_decimal(Money(amount_minor=abs(amount_minor), currency=currency)):,f}"
    return f"{MINUS}{text}" if amount_minor < 0 else text


def compact(amount_minor: int, currency: str) -> str:
    """Return an amount in few characters, for the axis of a chart: 1.5M."""
    whole = abs(amount_minor) / 10 ** minor_digits(currency)
    unit, name = next(((size, name) for size, name in _UNITS if whole >= size), (1, ""))
    sign = MINUS if amount_minor < 0 else ""
    return f"{sign}{whole / unit:.3g}{name}"
