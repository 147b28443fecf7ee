"""What EN 16931 asks of each way in which something is taxed, in the countries of the EU.

Source: EN 16931-1:2017, section 6.4.3 (BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O), and CEN's
validation artefacts for UBL and CII.
"""

from decimal import ROUND_HALF_UP, Decimal

from kassa.billing.documents.totals import Document
from kassa.billing.einvoice.rules import Check, Fields, Rule, has, parties, taxes
from kassa.billing.einvoice.terms import tax_numbers, taxes_and_exact
from kassa.core.tax import TaxCategory

_CENT = Decimal("0.01")
_NEEDS_VAT_NUMBER = {TaxCategory.INTRA_COMMUNITY, TaxCategory.EXPORT}
_SELLER_RULES = {
    TaxCategory.STANDARD: "BR-S-02",
    TaxCategory.ZERO: "BR-Z-02",
    TaxCategory.EXEMPT: "BR-E-02",
    TaxCategory.REVERSE_CHARGE: "BR-AE-02",
    TaxCategory.INTRA_COMMUNITY: "BR-IC-02",
    TaxCategory.EXPORT: "BR-G-02",
}


def _is_not_of_its_rate(document: Document) -> Fields:
    for tax, exact in taxes_and_exact(document):
        if abs(tax - exact.quantize(_CENT, rounding=ROUND_HALF_UP)) >= 1:
            yield "rounding"


def _is_reduced(document: Document) -> Fields:
    for field, tax in taxes(document):
        if tax.category is TaxCategory.REDUCED:
            yield f"{field}.category"


def _seller_number_for(category: TaxCategory) -> Check:
    def check(document: Document) -> Fields:
        numbers = tax_numbers(document.draft.seller)
        known = numbers.vat if category in _NEEDS_VAT_NUMBER else numbers.vat or numbers.other
        if has(document, category) and not known:
            yield "seller.tax_id"

    return check


def _reason_of(*categories: TaxCategory) -> Check:
    def check(document: Document) -> Fields:
        for field, tax in taxes(document):
            if tax.category in categories and (tax.reason or tax.reason_code):
                yield f"{field}.reason"

    return check


def _is_exempt_without_reason(document: Document) -> Fields:
    for field, tax in taxes(document):
        if tax.category is TaxCategory.EXEMPT and not (tax.reason or tax.reason_code):
            yield f"{field}.reason"


def _buyer_owes_without_number(document: Document) -> Fields:
    buyer = document.draft.buyer
    if buyer is None or not has(document, TaxCategory.REVERSE_CHARGE):
        return
    if not (tax_numbers(buyer).vat or buyer.registration_id):
        yield "buyer.tax_id"


def _goes_to_no_business(document: Document) -> Fields:
    buyer = document.draft.buyer
    if buyer and has(document, TaxCategory.INTRA_COMMUNITY) and not tax_numbers(buyer).vat:
        yield "buyer.tax_id"


def _goes_on_no_day(document: Document) -> Fields:
    draft = document.draft
    if has(document, TaxCategory.INTRA_COMMUNITY) and not (draft.delivered_on or draft.period):
        yield "delivered_on"


def _is_out_of_scope_with_number(document: Document) -> Fields:
    if not has(document, TaxCategory.OUT_OF_SCOPE):
        return
    for field, party in parties(document):
        if tax_numbers(party).vat:
            yield f"{field}.tax_id"


def _is_partly_out_of_scope(document: Document) -> Fields:
    if has(document, TaxCategory.OUT_OF_SCOPE) and len(document.taxes) > 1:
        yield "lines"


def _advice(category: TaxCategory) -> str:
    prefix = ", beginning with its country," if category in _NEEDS_VAT_NUMBER else ""
    return f"Give the seller's tax number{prefix} in tax_id: category {category} needs it."


EU_TAX = (
    Rule(
        "BR-CO-17",
        "Round tax half up: rounded down, it is a whole unit less than its rate gives.",
        _is_not_of_its_rate,
    ),
    Rule("BR-CL-18", "Use category S with its rate: AA is Japan's.", _is_reduced),
    *(
        Rule(name, _advice(category), _seller_number_for(category))
        for category, name in _SELLER_RULES.items()
    ),
    Rule("BR-S-10", "Remove the reason: it is taxed.", _reason_of(TaxCategory.STANDARD)),
    Rule("BR-Z-10", "Remove the reason: a rate of zero has none.", _reason_of(TaxCategory.ZERO)),
    Rule("BR-E-10", "Say by which law it is exempt.", _is_exempt_without_reason),
    Rule(
        "BR-AE-02",
        "Give the buyer's VAT number, or registration_id: the buyer owes the tax.",
        _buyer_owes_without_number,
    ),
    Rule("BR-IC-02", "Give the buyer's VAT number, with its country.", _goes_to_no_business),
    Rule("BR-IC-11", "Say when it was delivered (delivered_on), or the period.", _goes_on_no_day),
    Rule(
        "BR-O-02",
        "Remove the VAT number: nothing is taxed (registration_id can tell who it is).",
        _is_out_of_scope_with_number,
    ),
    Rule(
        "BR-O-11",
        "Write two documents: what is out of scope can't stand beside what is taxed.",
        _is_partly_out_of_scope,
    ),
)
