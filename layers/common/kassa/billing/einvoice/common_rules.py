"""What EN 16931 asks of parties, codes, texts and payment, whatever is taxed how.

Source: EN 16931-1:2017, section 6.4, and CEN's validation artefacts for UBL and CII.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import Document
from kassa.billing.einvoice import codes
from kassa.billing.einvoice.ids import (
    is_iban,
    is_of_scheme,
    is_reference,
    is_vat_number,
    looks_like_iban,
)
from kassa.billing.einvoice.rules import Check, Fields, Rule, lines, missing, parties, taxes
from kassa.billing.einvoice.terms import tax_numbers
from kassa.core.money import MINOR_DIGITS
from kassa.customers.parties import Party

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _is_receipt(document: Document) -> Fields:
    if document.draft.kind is DocumentKind.RECEIPT:
        yield "kind"


def _has_many_decimals(document: Document) -> Fields:
    if MINOR_DIGITS.get(document.draft.currency, 2) > 2:
        yield "currency"


def _is_no_currency(document: Document) -> Fields:
    if document.draft.currency not in codes.CURRENCIES:
        yield "currency"


def _is_no_country(document: Document) -> Fields:
    for field, party in parties(document):
        if party.address.country not in codes.COUNTRIES:
            yield f"{field}.address.country"


def _is_no_vat_number(document: Document) -> Fields:
    for field, party in parties(document):
        number = tax_numbers(party).vat
        if number and not is_vat_number(number):
            yield f"{field}.tax_id"


def _is_unpaid_without_date(document: Document) -> Fields:
    draft = document.draft
    if document.payable_minor > 0 and not (draft.due_on or draft.payment_terms):
        yield "due_on"


def _has_no_seller_number(document: Document) -> Fields:
    seller = document.draft.seller
    if not (seller.registration_id or tax_numbers(seller).vat):
        yield "seller.tax_id"


def _has_blank(document: Document) -> Fields:
    yield from _texts_where(document, lambda text: not text.strip())


def _has_unwritable(document: Document) -> Fields:
    yield from _texts_where(document, lambda text: not _is_writable(text))


def _is_writable(text: str) -> bool:
    """Tell what XML 1.0 can hold: no control characters but tab and ends of lines."""
    return _UNWRITABLE.search(text) is None


def _texts_where(document: Document, holds: Callable[[str], bool]) -> Fields:
    fields = document.draft.model_dump()
    if any(holds(text) for text in _texts(fields)):  # where it stands is rarely asked
        yield from _walk("", fields, holds)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one)


def _walk(field: str, value: object, holds: Callable[[str], bool]) -> Fields:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(f"{field}.{key}" if field else key, one, holds)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for at, one in enumerate(value):
            yield from _walk(f"{field}.{at}", one, holds)
    elif isinstance(value, str) and holds(value):
        yield field


def _is_no_unit(document: Document) -> Fields:
    for field, line in lines(document):
        if line.unit not in codes.UNITS:
            yield f"{field}.unit"


def _adjustments(document: Document) -> Iterator[tuple[str, Adjustment]]:
    for at, one in enumerate(document.draft.adjustments):
        yield f"adjustments.{at}", one
    for field, line in lines(document):
        yield from ((f"{field}.adjustments.{at}", one) for at, one in enumerate(line.adjustments))


def _is_no_reason_of(charge: bool, known: frozenset[str]) -> Check:
    def check(document: Document) -> Fields:
        for field, one in _adjustments(document):
            if one.is_charge is charge and one.reason_code and one.reason_code not in known:
                yield f"{field}.reason_code"

    return check


def _is_no_exemption(document: Document) -> Fields:
    for field, tax in taxes(document):
        if tax.reason_code and tax.reason_code not in codes.EXEMPTIONS:
            yield f"{field}.reason_code"


def _is_no_scheme(document: Document) -> Fields:
    for field, party in parties(document):
        scheme = party.registration_scheme
        if scheme and scheme not in codes.REGISTRATION_SCHEMES:
            yield f"{field}.registration_scheme"


def _is_no_address_scheme(document: Document) -> Fields:
    for field, party in parties(document):
        if party.endpoint and party.endpoint.scheme not in codes.ELECTRONIC_ADDRESSES:
            yield f"{field}.endpoint.scheme"


def _is_mistyped(document: Document) -> Fields:
    for field, party in parties(document):
        number = party.registration_id
        if number and not is_of_scheme(_scheme_of(party), number):
            yield f"{field}.registration_id"
        if party.endpoint and not is_of_scheme(party.endpoint.scheme, party.endpoint.value):
            yield f"{field}.endpoint.value"


def _scheme_of(party: Party) -> str:
    """Return who gave a party its number; a Finnish one that doesn't say is the register's."""
    return party.registration_scheme or ("0212" if party.address.country == "FI" else "")


def _is_no_account(document: Document) -> Fields:
    for at, one in enumerate(document.draft.bank_accounts):
        if looks_like_iban(one.account) and not is_iban(one.account):
            yield f"bank_accounts.{at}.account"


def _is_no_reference(document: Document) -> Fields:
    remittance = document.draft.remittance
    if remittance and not is_reference(remittance):
        yield "remittance"


def _is(code: str) -> str:
    return f"Use a code of {code}."


COMMON = (
    Rule("BR-04", "Receipts are printed, not sent: write an invoice.", _is_receipt),
    Rule(
        "BR-07", "Say who buys: a name, and an address.", missing("buyer", lambda d: d.draft.buyer)
    ),
    Rule("BR-CO-25", "Say by when to pay (due_on), or payment_terms.", _is_unpaid_without_date),
    Rule("BR-CO-26", "Give the seller's tax_id or registration_id.", _has_no_seller_number),
    Rule("BR-CL-04", "Use a currency of ISO 4217 that is still valid.", _is_no_currency),
    Rule(
        "BR-DEC-23",
        "An electronic invoice has amounts of at most 2 decimals: use another currency, or send "
        "the PDF alone.",
        _has_many_decimals,
    ),
    Rule("BR-CL-14", _is("ISO 3166-1 for the country"), _is_no_country),
    Rule("BR-CL-11", _is("ISO 6523 (4 digits) for who gave the number"), _is_no_scheme),
    Rule("BR-CL-25", _is("the EAS list for the electronic address"), _is_no_address_scheme),
    Rule("BR-CL-23", _is("codes.UNITS for the unit, such as C62, HUR or KGM"), _is_no_unit),
    Rule(
        "BR-CL-19",
        _is("UNCL 5189 for a discount, or leave it out"),
        _is_no_reason_of(False, codes.ALLOWANCE_REASONS),
    ),
    Rule(
        "BR-CL-20",
        _is("UNCL 7161 for a charge, or leave it out"),
        _is_no_reason_of(True, codes.CHARGE_REASONS),
    ),
    Rule("BR-CL-22", _is("the VATEX list, or say the reason in words"), _is_no_exemption),
    Rule("PEPPOL-EN16931-R008", "Leave it out, or say something: it is blank.", _has_blank),
    Rule("KASSA-XML", "Remove the control characters: XML can't hold them.", _has_unwritable),
    Rule("KASSA-VAT", "Check the VAT number: its check digits are wrong.", _is_no_vat_number),
    Rule("KASSA-ID", "Check the number: its check digits are wrong.", _is_mistyped),
    Rule("KASSA-IBAN", "Check the IBAN: its check digits are wrong.", _is_no_account),
    Rule("KASSA-REFERENCE", "Check the reference: its check digits are wrong.", _is_no_reference),
)
