"""Drafts of documents, and what is in them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.lines import Line
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Address, Party

SELLER = Party(
    name="Lamppu Oy",
    address=Address(lines=("Esimerkkikatu 1",), city="Helsinki", postal_code="00100", country="FI"),
    tax_id="FI01120389",
    registration_id="0112038-9",
)
BUYER = Party(
    name="Beispiel GmbH",
    address=Address(lines=("Musterweg 2",), city="Berlin", postal_code="10115", country="DE"),
    tax_id="DE136695976",
)


def taxed(rate: str) -> Tax:
    """Return a tax of a rate in percent; 0 is zero-rated."""
    percent = Decimal(rate)
    category = TaxCategory.STANDARD if percent else TaxCategory.ZERO
    return Tax(category=category, rate=percent)


def line(price_minor: int, rate: str = "24", **fields: Any) -> Line:
    """Return a line of one lamp, or as the fields say."""
    known = {"name": "Lamp", "unit_price_minor": price_minor, "tax": taxed(rate)}
    return Line.model_validate(known | fields)


def draft(lines: Iterable[Line], **fields: Any) -> Draft:
    """Return an invoice from Helsinki to Berlin, or as the fields say."""
    known: dict[str, Any] = {
        "currency": "EUR",
        "seller": SELLER,
        "buyer": BUYER,
        "languages": ("en",),
        "issued_on": date(2026, 11, 21),
        "due_on": date(2026, 12, 5),
    }
    return Draft.model_validate(known | {"lines": tuple(lines)} | fields)
