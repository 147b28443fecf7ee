"""How something is taxed: a category and a rate, which a merchant names and no rule guesses."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest
from typing import Annotated, Any, Protocol, Self, TypeVar

from pydantic import Field, model_validator

from kassa.core.model import Model, Text

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
# A class of the rates that a merchant entered: reduced, or another country's as SE/reduced.
TaxClass = Annotated[str, Field(pattern=r"^([A-Z]{2}/)?[a-z][a-z0-9_-]{0,39}$")]


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


class Taxable(Protocol):
    """A line that says how it is taxed, or of which class it is."""

    @property
    def tax(self) -> Tax | None:
        """Return how it is taxed; of a class, what it came to."""

    @property
    def tax_class(self) -> str | None:
        """Return its class."""

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return it with other fields."""


TaxedLine = TypeVar("TaxedLine", bound=Taxable)


def require_taxed_once(lines: Iterable[Taxable]) -> None:
    """Raise ValueError for a line that says both how it is taxed and of which class it is."""
    for number, line in enumerate(lines):
        if line.tax is not None and line.tax_class is not None:
            raise ValueError(f"line {number} has both tax and tax_class: send one of them")


def with_known_taxes(
    lines: Sequence[TaxedLine], before: Sequence[TaxedLine]
) -> tuple[TaxedLine, ...]:
    """Return lines with what their classes came to when the same stood there before."""
    pairs = zip_longest(lines, before[: len(lines)])
    return tuple(
        line.model_copy(update={"tax": was.tax})
        if was is not None and line.tax_class and was.tax_class == line.tax_class
        else line
        for line, was in pairs
    )
