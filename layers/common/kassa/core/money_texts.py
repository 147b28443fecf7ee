"""Amounts as people read them in documents: exact, with the currency's own decimals."""

from kassa.core.money import Money, minor_digits, to_decimal

MINUS = "−"
_SYMBOLS = {"EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "¥", "USD": "$"}
_UNITS = ((10**9, "B"), (10**6, "M"), (10**3, "k"))


def written(amount_minor: int, currency: str) -> str:
    """Return an amount with thousands apart and a true minus: −1,234.50."""
    text = f"{to_decimal(Money(amount_minor=abs(amount_minor), currency=currency)):,f}"
    return f"{MINUS}{text}" if amount_minor < 0 else text


def printed(money: Money) -> str:
    """Return money as an invoice states it: €1,234.50, ¥5,000, KWD 12.500."""
    amount = written(money.amount_minor, money.currency)
    symbol = _SYMBOLS.get(money.currency)
    return f"{symbol}{amount}" if symbol else f"{money.currency}\u00a0{amount}"


def compact(amount_minor: int, currency: str) -> str:
    """Return an amount in few characters, for the axis of a chart: 1.5M."""
    whole = abs(amount_minor) / 10 ** minor_digits(currency)
    unit, name = next(((size, name) for size, name in _UNITS if whole >= size), (1, ""))
    sign = MINUS if amount_minor < 0 else ""
    return f"{sign}{whole / unit:.3g}{name}"
