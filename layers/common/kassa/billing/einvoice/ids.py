"""Numbers that carry a check digit, as their issuers define it; python-stdnum knows them."""

from stdnum import iban


def has_vat_prefix(number: str) -> bool:
    """Tell a VAT number, which begins with a country's two letters."""
    prefix = number[:2]
    return len(number) > 2 and prefix.isascii() and prefix.isalpha() and prefix.isupper()


def is_iban(number: str) -> bool:
    """Tell an IBAN by its country, length and check digits."""
    return bool(iban.is_valid(number))
