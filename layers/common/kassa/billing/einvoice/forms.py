"""Which electronic invoices a document is written as: by its seller's choice, or its country."""

from typing import NamedTuple

from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.checks import Problem, problems
from kassa.billing.einvoice.cii import cii_bytes
from kassa.billing.einvoice.finvoice import finvoice_bytes
from kassa.billing.einvoice.profiles import EN16931, FINVOICE, PROFILES, Profile
from kassa.billing.einvoice.ubl import ubl_bytes


class Forms(NamedTuple):
    """An electronic invoice: a file of its own, and what is attached to the PDF."""

    xml: bytes | None = None
    cii: bytes | None = None  # of EN 16931: a PDF with it is a Factur-X invoice
    problems: tuple[Problem, ...] = ()  # why it isn't the one that was asked for


def electronic_forms(document: Document, number: str, profile_name: str) -> Forms:
    """Return a numbered document as electronic invoices, and which rules of the profile it breaks.

    What breaks a rule of a European network or state alone, as a sale to a person without an
    address in it does, is plain EN 16931; what breaks a rule of that too is none.
    """
    profile = PROFILES[profile_name]
    broken = tuple(problems(document, profile))
    if broken and not profile.is_japanese and not problems(document, EN16931):
        profile = EN16931
    elif broken:
        return Forms(problems=broken)
    cii = None if profile.is_japanese else cii_bytes(document, number)
    return Forms(_xml(document, number, profile), cii, broken)


def _xml(document: Document, number: str, profile: Profile) -> bytes:
    if profile is FINVOICE:
        return finvoice_bytes(document, number)
    return ubl_bytes(document, number, profile)
