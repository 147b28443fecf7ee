"""Amounts as people type them."""

import re

from kassa.core.errors import InvalidRequest
from kassa.core.money import minor_digits
from kassa.gateways.amounts import from_decimal


def minor_of(text: str, currency: str) -> int:
    """Return an amount in minor units: digits, and decimals after a point or a comma.

    Nothing parts thousands, so that 1.234 EUR is refused rather than guessed at. Raises
    InvalidRequest.
    """
    digits = minor_digits(currency)
    decimals = rf"([.,][0-9]{{1,{digits}}})?" if digits else ""
    if not re.fullmatch(rf"[0-9]{{1,10}}{decimals}", text.strip()):
        example = "80.00" if digits == 2 else "80"
        raise InvalidRequest(
            f"amount: write it in digits, with {digits} decimals at most, such as {example}"
        )
    return from_decimal(text.strip().replace(",", "."), currency).amount_minor
