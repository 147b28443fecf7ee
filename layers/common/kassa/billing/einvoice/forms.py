"""Which electronic invoices a document is written as, by its seller's country."""

from typing import NamedTuple

from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.checks import Problem, problems
from kassa.billing.einvoice.cii import cii_bytes
from kassa.billing.einvoice.profiles import EN16931, JP_PINT
from kassa.billing.einvoice.ubl import ubl_bytes


class Forms(NamedTuple):
    """An electronic invoice: a file of its own, and what is attached to the PDF."""

    ubl: bytes | None = None
    cii: bytes | None = None  # EN 16931 alone has it, and a PDF with it is a Factur-X invoice
    problems: tuple[Problem, ...] = ()  # why there is none


def electronic_forms(document: Document, number: str) -> Forms:
    """Return a numbered document as electronic invoices; none where a rule is broken, and which."""
    profile = JP_PINT if document.draft.seller.address.country == "JP" else EN16931
    if broken := problems(document, profile):
        return Forms(problems=tuple(broken))
    cii = cii_bytes(document, number) if profile is EN16931 else None
    return Forms(ubl_bytes(document, number, profile), cii)
