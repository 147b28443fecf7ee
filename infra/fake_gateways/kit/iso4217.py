"""ISO 4217's decimals, the unit of `amount_minor` in every control, and a gateway's own units.

Written from list one of the standard and not from Kassa's table: fakes share no mistake with it.
"""

_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_OF = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}


def digits(currency: str) -> int:
    """Return how many decimals a currency has."""
    return _OF.get(currency.upper(), 2)


def to_own(amount_minor: int, currency: str, own_digits: int) -> int:
    """Return a control's amount in a gateway's units; refuse one that they don't hold."""
    return _shifted(amount_minor, own_digits - digits(currency), currency)


def to_minor(amount: int, currency: str, own_digits: int) -> int:
    """Return an amount in a gateway's units as the controls report it."""
    return _shifted(amount, digits(currency) - own_digits, currency)


def _shifted(amount: int, places: int, currency: str) -> int:
    if places >= 0:
        return int(amount * 10**places)
    whole, rest = divmod(amount, 10**-places)
    if rest:
        raise ValueError(f"{amount} of {currency} is a fraction that can't be counted so")
    return int(whole)
