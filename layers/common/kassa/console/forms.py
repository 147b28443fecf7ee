"""What people type: whole forms, as the operations behind them take them, and amounts."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kassa.core.errors import InvalidRequest
from kassa.core.money import EVERY_CURRENCY, Money, minor_digits
from kassa.gateways.amounts import from_decimal

_AMOUNT = re.compile(r"(?:([A-Za-z]{3})\s*)?([0-9][0-9.,]*)(?:\s*([A-Za-z]{3}))?")
M = TypeVar("M", bound=BaseModel)


def read_form(model: type[M], content: Mapping[str, Any], why: str = "isn't one that can be") -> M:
    """Return what a form says; raise InvalidRequest naming the fields that can't be, and why."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        fields = ", ".join(str(one["loc"][0]) for one in error.errors())
        raise InvalidRequest(f"{fields}: {why}") from None


def money_in(text: str) -> Money | None:
    """Return the amount that a text is, with its currency before or behind; none where it isn't."""
    found = _AMOUNT.fullmatch(text.strip())
    currency = (found[1] or found[3] or "").upper() if found else ""
    if found is None or currency not in EVERY_CURRENCY or (found[1] and found[3]):
        return None
    try:
        return Money(amount_minor=minor_of(found[2], currency), currency=currency)
    except InvalidRequest:
        return None


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
