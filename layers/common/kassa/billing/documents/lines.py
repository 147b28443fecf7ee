"""Lines, discounts and charges of a document, as they are entered; what they come to is worked out.

Money is in minor units of the document's currency. A price finer than a minor unit is the price of
more than one: 0.0123 EUR each are 123 minor units per 100.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from kassa.billing.documents.parties import Text
from kassa.core.model import Model

Minor = Annotated[StrictInt, Field(ge=0, le=10**15)]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=6)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
PIECE = "C62"  # UNECE recommendation 20: one


class TaxCategory(StrEnum):
    """How something is taxed: codes of UNCL 5305, as EN 16931 and Peppol PINT use them."""

    STANDARD = "S"
    REDUCED = "AA"  # Japan's; in Europe a reduced rate is S with its own percentage
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"  # the buyer owes it
    INTRA_COMMUNITY = "K"  # to a business in another country of the EU
    EXPORT = "G"  # out of the EU, or out of the country
    OUT_OF_SCOPE = "O"  # no tax at all, nor a seller who is registered for it


TAXED = frozenset({TaxCategory.STANDARD, TaxCategory.REDUCED})


class Tax(Model):
    """How a line is taxed; what isn't taxed gives its reason (BT-120, BT-121)."""

    category: TaxCategory
    rate: Percent = Decimal(0)
    reason: Text | None = None
    reason_code: Annotated[str, Field(pattern=r"^VATEX-[A-Z0-9-]{2,40}$")] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse a rate where nothing is taxed, and a taxed line without one."""
        if self.category not in TAXED and self.rate:
            raise ValueError(f"category {self.category} has no rate")
        if self.category in TAXED and not self.rate:
            raise ValueError(f"category {self.category} needs a rate; a rate of 0 is category Z")
        return self

    @property
    def group(self) -> tuple[TaxCategory, Decimal]:
        """Return what is taxed together: one row of the tax breakdown (BG-23)."""
        return self.category, self.rate.normalize() + 0


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


class Line(Model):
    """One thing that is sold (BG-25)."""

    name: Text
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    quantity: Quantity = Decimal(1)
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] = PIECE  # UNECE recommendation 20
    unit_price_minor: Minor  # of `price_quantity` units, with or without tax as the draft says
    price_quantity: Quantity = Decimal(1)
    adjustments: Annotated[tuple[Adjustment, ...], Field(max_length=20)] = ()
    tax: Tax
    product_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None  # the seller's

    @model_validator(mode="after")
    def _has_plain_adjustments(self) -> Self:
        """Refuse an adjustment with a tax of its own: it is taxed as its line is."""
        if any(one.tax for one in self.adjustments):
            raise ValueError("an adjustment of a line is taxed as the line is")
        return self
