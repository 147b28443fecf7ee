"""What profiles ask beyond EN 16931.

Sources: Peppol BIS Billing 3.0 (rules PEPPOL-EN16931, and DE-R where both parties are German),
XRechnung 3.0 (BR-DE), Peppol PINT Japan (aligned-ibr and ibr).
Peppol's rules for suppliers of DK, GR, IS, IT, NL, NO and SE aren't among them.
"""

import re
from collections.abc import Callable
from math import ceil, floor

from kassa.billing.documents.draft import Draft
from kassa.billing.documents.totals import Document
from kassa.billing.einvoice import codes
from kassa.billing.einvoice.rules import Check, Fields, Rule, missing, parties, taxes
from kassa.billing.einvoice.terms import taxes_and_exact
from kassa.core.tax import TaxCategory
from kassa.customers.parties import Party

_REGISTRATION = re.compile(r"^T\d{13}$", re.ASCII)
_CORPORATE = re.compile(r"^\d{13}$", re.ASCII)
_JAPANESE = {
    TaxCategory.STANDARD,
    TaxCategory.REDUCED,
    TaxCategory.EXEMPT,
    TaxCategory.EXPORT,
    TaxCategory.OUT_OF_SCOPE,
}


def _draft(field: str, value: Callable[[Draft], object]) -> Check:
    return missing(field, lambda document: value(document.draft))


def _seller(field: str, value: Callable[[Party], object]) -> Check:
    return _draft(f"seller.{field}", lambda draft: value(draft.seller))


def _buyer(field: str, value: Callable[[Party], object]) -> Check:
    return _draft(f"buyer.{field}", lambda draft: draft.buyer is None or value(draft.buyer))


def _is_letters(document: Document) -> Fields:
    for field, party in parties(document):
        if party.endpoint and party.endpoint.scheme not in codes.PEPPOL_ADDRESSES:
            yield f"{field}.endpoint.scheme"


_NETWORK = "Give the {}'s address in the network (endpoint: scheme and value)."
_SELLER_ADDRESS = Rule(
    "PEPPOL-EN16931-R020", _NETWORK.format("seller"), _seller("endpoint", lambda p: p.endpoint)
)
_BUYER_ADDRESS = Rule(
    "PEPPOL-EN16931-R010", _NETWORK.format("buyer"), _buyer("endpoint", lambda p: p.endpoint)
)

GERMAN = (
    Rule(
        "BR-DE-2",
        "Say whom to ask: contact, phone and email.",
        _seller("contact", lambda p: p.contact or p.phone or p.email),
    ),
    Rule("BR-DE-3", "Give the seller's city.", _seller("address.city", lambda p: p.address.city)),
    Rule(
        "BR-DE-4",
        "Give the seller's postal code.",
        _seller("address.postal_code", lambda p: p.address.postal_code),
    ),
    Rule("BR-DE-5", "Name the seller's contact.", _seller("contact", lambda p: p.contact)),
    Rule("BR-DE-6", "Give the seller's phone.", _seller("phone", lambda p: p.phone)),
    Rule("BR-DE-7", "Give the seller's email.", _seller("email", lambda p: p.email)),
    Rule("BR-DE-8", "Give the buyer's city.", _buyer("address.city", lambda p: p.address.city)),
    Rule(
        "BR-DE-9",
        "Give the buyer's postal code.",
        _buyer("address.postal_code", lambda p: p.address.postal_code),
    ),
    Rule(
        "BR-DE-15",
        "Give buyer_reference: the Leitweg-ID, or what the buyer asks for.",
        _draft("buyer_reference", lambda d: d.buyer_reference),
    ),
)


def _between_germans(rule: Rule) -> Rule:
    number = int(rule.id.removeprefix("BR-DE-"))

    def check(document: Document) -> Fields:
        countries = {party.address.country for _, party in parties(document)}
        if countries == {"DE"}:
            yield from rule.broken(document)

    return Rule(f"DE-R-{number:03}", rule.advice, check)


XRECHNUNG = (_SELLER_ADDRESS, _BUYER_ADDRESS, *GERMAN)
PEPPOL = (
    _SELLER_ADDRESS,
    _BUYER_ADDRESS,
    Rule(
        "PEPPOL-EN16931-R003",
        "Give buyer_reference, purchase_order or order_id.",
        _draft("buyer_reference", lambda d: d.buyer_reference or d.purchase_order or d.order_id),
    ),
    Rule("PEPPOL-EN16931-CL008", "Use a scheme of 4 digits: letters aren't Peppol's.", _is_letters),
    *map(_between_germans, GERMAN),
)


def _is_unregistered(document: Document) -> Fields:
    number = document.draft.seller.tax_id
    if number and not _REGISTRATION.match(number):
        yield "seller.tax_id"


def _is_another_company(document: Document) -> Fields:
    seller = document.draft.seller
    corporate = seller.registration_id or ""
    if _CORPORATE.match(corporate) and seller.tax_id not in {None, f"T{corporate}"}:
        yield "seller.tax_id"


def _is_not_japanese(document: Document) -> Fields:
    for field, tax in taxes(document):
        if tax.category not in _JAPANESE:
            yield f"{field}.category"


def _is_not_of_its_rate(document: Document) -> Fields:
    for tax, exact in taxes_and_exact(document):
        if not floor(exact) <= tax <= ceil(exact):
            yield "rounding"


JAPAN = (
    Rule(
        "aligned-ibrp-051-jp",
        "Round tax half up: rounded down, it is a yen less than its rate gives.",
        _is_not_of_its_rate,
    ),
    Rule("ibr-081", _NETWORK.format("seller"), _seller("endpoint", lambda p: p.endpoint)),
    Rule("ibr-080", _NETWORK.format("buyer"), _buyer("endpoint", lambda p: p.endpoint)),
    Rule(
        "aligned-ibr-jp-04",
        "Give the registration number in tax_id.",
        _seller("tax_id", lambda p: p.tax_id),
    ),
    Rule(
        "aligned-ibr-jp-01", "Write the registration number as T and 13 digits.", _is_unregistered
    ),
    Rule(
        "KASSA-ID",
        "Check both: a company's registration number is T and its corporate number.",
        _is_another_company,
    ),
    Rule(
        "aligned-ibrp-052",
        "Say of which period it is (period).",
        _draft("period", lambda d: d.period),
    ),
    Rule("aligned-ibrp-cl-01-jp", "Use category S, AA, E, G or O.", _is_not_japanese),
)
