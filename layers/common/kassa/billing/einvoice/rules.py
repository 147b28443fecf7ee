"""What a rule of electronic invoices is: an id that a receiver would name, and what breaks it.

Rules of sums (BR-CO-10 to 16) aren't among them: the model works them out, and the official rules
are run over what is written (docs/einvoices.md). Ids that begin with KASSA are ours:
a wrong check digit breaks no rule of a standard, but pays nobody.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kassa.billing.documents.lines import Line
from kassa.billing.documents.totals import Document
from kassa.core.tax import Tax, TaxCategory
from kassa.customers.parties import Party

Fields = Iterator[str]
Check = Callable[[Document], Fields]


class Rule(NamedTuple):
    """A rule: its id, what to do where it is broken, and the fields that break it."""

    id: str
    advice: str
    broken: Check


def missing(field: str, value: Callable[[Document], object]) -> Check:
    """Return a check that breaks where a value isn't given."""

    def check(document: Document) -> Fields:
        if not value(document):
            yield field

    return check


def parties(document: Document) -> Iterator[tuple[str, Party]]:
    """Yield seller and buyer under their fields."""
    yield "seller", document.draft.seller
    if document.draft.buyer:
        yield "buyer", document.draft.buyer


def lines(document: Document) -> Iterator[tuple[str, Line]]:
    """Yield every line under its field."""
    for at, line in enumerate(document.draft.lines):
        yield f"lines.{at}", line


def taxes(document: Document) -> Iterator[tuple[str, Tax]]:
    """Yield every tax that is said, under its field."""
    for field, line in lines(document):
        yield f"{field}.tax", line.tax
    for at, one in enumerate(document.draft.adjustments):
        if one.tax:
            yield f"adjustments.{at}.tax", one.tax


def has(document: Document, *categories: TaxCategory) -> bool:
    """Tell whether something is taxed in one of some ways."""
    return any(one.tax.category in categories for one in document.taxes)
