"""What must hold before a number is spent on an electronic invoice, all of it at once."""

from typing import NamedTuple

from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.profiles import EN16931, Profile
from kassa.core.errors import EinvoiceRefused


class Problem(NamedTuple):
    """A rule that a draft breaks: its id, the field, and what to do."""

    rule: str
    field: str
    advice: str


def problems(document: Document, profile: Profile = EN16931) -> list[Problem]:
    """Return every rule of a profile that a document breaks; none means it can be numbered."""
    return [
        Problem(rule.id, field, rule.advice)
        for rule in profile.rules
        for field in rule.broken(document)
    ]


def refuse_problems(document: Document, profile: Profile = EN16931) -> None:
    """Raise EinvoiceRefused with every problem, if there is any."""
    if found := problems(document, profile):
        raise refused(found)


def refused(found: list[Problem]) -> EinvoiceRefused:
    """Return the error that names each problem: its field, what to do, and its rule."""
    text = "; ".join(f"{one.field}: {one.advice} [{one.rule}]" for one in found)
    return EinvoiceRefused(text, [one._asdict() for one in found])
