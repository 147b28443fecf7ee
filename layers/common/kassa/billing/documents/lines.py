"""Lines, discounts and charges of a document, as they are entered; what they come to is worked out.

Money is in minor units of the document's currency. A price finer than a minor unit is the price of
more than one: 0.0123 EUR each are 123 minor units per 100.
"""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from kassa.core.model import Model, Text
from kassa.core.tax import Percent, Tax

Minor = Annotated[StrictInt, Field(ge=0, le=10**15)]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=6)]
PIECE = "C62"  # UNECE recommendation 20: one


class Adjustment(Model):
    """A discount, or a charge, on a line or on the whole document (BG-20, BG-21, BG-27, BG-28)."""

    is_charge: bool = False
    amount_minor: Minor | None = None
    percent: Percent | None = None  # of the line, or of the sum of lines with its tax
    reason: Text
    reason_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")] | None = None  # UNCL 5189, 7161
    tax: Tax | None = None  # of the document: none spreads it over all rates by what they come to

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        """Refuse both an amount and a percentage, and neither."""
        if (self.amount_minor is None) == (self.percent is None):
            raise ValueError("give either amount_minor or percent")
        return self


class PricedLine(Model):
    """One thing that is sold, however it is taxed."""

    name: Text
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    quantity: Quantity = Decimal(1)
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] = PIECE  # UNECE recommendation 20
    unit_price_minor: Minor  # of `price_quantity` units, with or without tax as the draft says
    price_quantity: Quantity = Decimal(1)
    adjustments: Annotated[tuple[Adjustment, ...], Field(max_length=20)] = ()
    product_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None  # the seller's

    @model_validator(mode="after")
    def _has_plain_adjustments(self) -> Self:
        """Refuse an adjustment with a tax of its own: it is taxed as its line is."""
        if any(one.tax for one in self.adjustments):
            raise ValueError("an adjustment of a line is taxed as the line is")
        return self


class Line(PricedLine):
    """One thing that is sold (BG-25)."""

    tax: Tax
