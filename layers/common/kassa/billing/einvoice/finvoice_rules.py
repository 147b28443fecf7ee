"""What Finvoice 3.0 asks beyond EN 16931: a bank account, a day, and texts that fit.

Source: the schema Finvoice3.0.xsd of Finance Finland. Rules are called after the element. A text
that is longer than its element is refused where cutting it would change what it says.
"""

from collections.abc import Callable, Iterator

from kassa.billing.documents.draft import DocumentKind, Draft
from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.ids import is_finnish_reference
from kassa.billing.einvoice.rules import Fields, Rule, lines, missing, parties, taxes
from kassa.core.money import MINOR_DIGITS

_RATE_DECIMALS = 3
_QUANTITY_MAX = 14  # digits, with their comma and a minus


def _has_no_address(document: Document) -> Fields:
    for field, party in parties(document):
        if not party.address.lines:
            yield f"{field}.address.lines"
        if not party.address.city:
            yield f"{field}.address.city"
        if not party.address.postal_code:
            yield f"{field}.address.postal_code"


def _party_texts(draft: Document) -> Iterator[tuple[str, str | None, int, int]]:
    """Yield texts of parties, each with its field and how short and long it may be."""
    for field, party in parties(draft):
        yield f"{field}.name", party.name, 2, 70
        yield f"{field}.trading_name", party.trading_name, 2, 70
        yield f"{field}.tax_id", party.tax_id, 0, 35
        yield f"{field}.registration_id", party.registration_id, 0, 35
        yield f"{field}.contact", party.contact, 0, 70
        yield f"{field}.phone", party.phone, 0, 35
        yield f"{field}.email", party.email, 0, 70
        address = party.address
        for at, line in enumerate(address.lines):
            yield f"{field}.address.lines.{at}", line, 2, 35
        yield f"{field}.address.city", address.city, 2, 35
        yield f"{field}.address.postal_code", address.postal_code, 2, 35
        yield f"{field}.address.subdivision", address.subdivision, 2, 35


def _other_texts(document: Document) -> Iterator[tuple[str, str | None, int, int]]:
    draft = document.draft
    yield "buyer_reference", draft.buyer_reference, 0, 70
    yield "purchase_order", draft.purchase_order, 0, 70
    yield "order_id", draft.order_id, 0, 70
    yield "payment_terms", draft.payment_terms, 0, 140
    if draft.preceding:
        yield "preceding.number", draft.preceding.number, 1, 20
    for at, one in enumerate(draft.adjustments):
        yield f"adjustments.{at}.reason", one.reason, 1, 70
    for field, line in lines(document):
        yield f"{field}.product_id", line.product_id, 0, 70
        for at, one in enumerate(line.adjustments):
            longest = 70 if one.is_charge else 35
            yield f"{field}.adjustments.{at}.reason", one.reason, 1, longest
    for field, tax in taxes(document):
        yield f"{field}.reason", tax.reason, 0, 210


def _does_not_fit(document: Document) -> Fields:
    for texts in (_party_texts(document), _other_texts(document)):
        yield from (
            field for field, text, least, most in texts if text and not least <= len(text) <= most
        )


def _has_fine_rate(document: Document) -> Fields:
    for field, tax in taxes(document):
        if -int(tax.rate.normalize().as_tuple().exponent) > _RATE_DECIMALS:
            yield f"{field}.rate"


def _has_long_quantity(document: Document) -> Fields:
    for field, line in lines(document):
        if len(f"-{line.quantity.normalize():f}") > _QUANTITY_MAX:
            yield f"{field}.quantity"


def _is_not_of_two_decimals(document: Document) -> Fields:
    if MINOR_DIGITS.get(document.draft.currency, 2) != 2:
        yield "currency"


def _is_no_epi_reference(document: Document) -> Fields:
    remittance = document.draft.remittance or ""
    if remittance.isdecimal() and not is_finnish_reference(remittance):
        yield "remittance"


def _is_owed(document: Document) -> bool:
    return document.draft.kind is DocumentKind.INVOICE and document.payable_minor > 0


def _needs(field: str, value: Callable[[Draft], object]) -> Callable[[Document], Fields]:
    return missing(field, lambda document: value(document.draft))


FINVOICE = (
    Rule("Finvoice PostalAddressDetails", "Give street, city and postal code.", _has_no_address),
    Rule("Finvoice genericStringType", "Shorten it: the element holds less.", _does_not_fit),
    Rule("Finvoice percentage", "Round the rate: it may have 3 decimals.", _has_fine_rate),
    Rule("Finvoice QuantityType", "Use another unit: 14 signs at most.", _has_long_quantity),
    Rule(
        "Finvoice EpiAccountID",
        "Give the seller's bank account.",
        _needs("bank_accounts", lambda d: d.bank_accounts),
    ),
    Rule(
        "Finvoice EpiDateOptionDate",
        "Say by when to pay (due_on).",
        missing("due_on", lambda done: done.draft.due_on or not _is_owed(done)),
    ),
    Rule("Finvoice EpiInstructedAmount", "Use a currency of 2 decimals.", _is_not_of_two_decimals),
    Rule("KASSA-REFERENCE", "Check the reference: its check digit is wrong.", _is_no_epi_reference),
)
