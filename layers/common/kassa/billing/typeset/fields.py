"""What the layout of an invoice, a credit note or a receipt prints, from what was worked out.

Everything here is text that stands on the page, already in its language; the layout only places
it. No amount is worked out here beyond sums of what a document says already.
"""

from decimal import Decimal
from typing import Any

from kassa.billing.documents.draft import Draft, Preceding
from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.documents.lines import Adjustment
from kassa.billing.documents.totals import Document, TaxTotal, WorkedAdjustment, WorkedLine
from kassa.billing.typeset.parties import (
    Fact,
    buyer_fields,
    payment_facts,
    payment_fields,
    seller_fields,
)
from kassa.billing.typeset.texts import Phrase, Wording, joined
from kassa.billing.typeset.totals_rows import Rows
from kassa.core.tax import TaxCategory

MARK = "※"  # before what is taxed at Japan's reduced rate
_TAX_NAMES = {"JP": "consumption_tax", "US": "sales_tax"} | dict.fromkeys(
    ("AU", "NZ", "SG", "IN", "CA", "MY"), "gst"
)
_TAX_FORMS = frozenset({"JP", "TH", "AU", "NZ", "SG"})  # whose law gives such an invoice a name
_UNTAXED = frozenset(
    {
        TaxCategory.ZERO,
        TaxCategory.EXEMPT,
        TaxCategory.REVERSE_CHARGE,
        TaxCategory.INTRA_COMMUNITY,
        TaxCategory.EXPORT,
        TaxCategory.OUT_OF_SCOPE,
    }
)


def wording_of(draft: Draft, local_years: bool) -> Wording:
    """Return the texts of a document's languages, with the seller's name of its tax."""
    name = _TAX_NAMES.get(draft.seller.address.country, "vat")
    return Wording(draft.languages, name, local_years)


def document_fields(document: Document, number: str, wording: Wording) -> dict[str, Any]:
    """Return everything the layout of a document prints, but for how the merchant's looks."""
    draft = document.draft
    return {
        "kind": draft.kind.value,
        "title": wording.phrase("titles", _title(document)),
        "number": number,
        "facts": _facts(draft, number, wording),
        "seller": seller_fields(draft.seller, wording),
        "buyer": buyer_fields(draft.buyer, draft.seller, wording),
        "columns": _columns(document, wording),
        "lines": [_line(one, document, wording) for one in document.lines],
        "totals": _totals(document, wording),
        "taxes": _taxes(document, wording),
        "statements": _statements(document, wording),
        "payment": _payment(document, number, wording),
        "is_paid": draft.kind is DocumentKind.INVOICE and not document.payable_minor,
        "note": draft.note or "",
    }


def is_taxed(document: Document) -> bool:
    """Whether a document has anything to do with tax."""
    return any(one.tax.category is not TaxCategory.OUT_OF_SCOPE for one in document.taxes)


def _title(document: Document) -> str:
    draft = document.draft
    is_tax_form = (
        draft.seller.address.country in _TAX_FORMS and draft.seller.tax_id and is_taxed(document)
    )
    return f"tax_{draft.kind}" if is_tax_form else draft.kind.value


def _facts(draft: Draft, number: str, wording: Wording) -> list[Fact]:
    is_owed = draft.kind is DocumentKind.INVOICE
    facts: list[tuple[str, str | Phrase | None]] = [
        (f"{draft.kind}_number", number),
        ("issued_on", wording.date(draft.issued_on)),
        ("due_on", wording.date(draft.due_on) if draft.due_on and is_owed else None),
        ("paid_on", wording.date(draft.paid_on) if draft.paid_on else None),
        ("delivered_on", wording.date(draft.delivered_on) if draft.delivered_on else None),
        ("period", wording.period(*draft.period) if draft.period else None),
        ("preceding", _preceding(draft.preceding, wording)),
        ("order", draft.order_id),
        ("purchase_order", draft.purchase_order),
        ("buyer_reference", draft.buyer_reference),
        ("payment_id", draft.payment_id),
        ("reason", draft.reason),
    ]
    return [(wording.label(key), value) for key, value in facts if value]


def _preceding(given: Preceding | None, wording: Wording) -> Phrase | None:
    if given is None:
        return None
    first, *others = wording.date(given.issued_on)
    return [f"{given.number}\n{first}", *others]


def _columns(document: Document, wording: Wording) -> dict[str, Any]:
    """Return the head of the table of lines; what no line has, has no column."""
    draft = document.draft
    amount = "amount"
    if is_taxed(document):
        amount = "amount_with_tax" if draft.prices_include_tax else "amount_without_tax"
    return {
        "description": wording.label("description"),
        "quantity": wording.label("quantity"),
        "unit_price": wording.label("unit_price"),
        "discount": wording.label("discount") if _has_discounts(document) else None,
        "tax": wording.label("tax_rate") if is_taxed(document) else None,
        "amount": wording.label(amount),
    }


def _has_discounts(document: Document) -> bool:
    return any(line.adjustments for line in document.lines)


def _line(worked: WorkedLine, document: Document, wording: Wording) -> dict[str, Any]:
    line, currency = worked.line, document.draft.currency
    adjusted = sum(
        one.entered_minor if one.adjustment.is_charge else -one.entered_minor
        for one in worked.adjustments
    )
    is_reduced = line.tax.category is TaxCategory.REDUCED
    return {
        "name": f"{line.name} {MARK}" if is_reduced else line.name,
        "details": _details(worked, currency, wording),
        "quantity": wording.locale.number(line.quantity),
        "unit": wording.unit(line.unit),
        "unit_price": wording.locale.amount(line.unit_price_minor, currency),
        "per": _per(line.price_quantity, wording),
        "discount": wording.locale.amount(adjusted, currency) if worked.adjustments else "",
        "tax": _rate(line.tax.category, line.tax.rate, wording) if is_taxed(document) else "",
        "amount": wording.locale.amount(worked.entered_minor, currency),
    }


def _details(worked: WorkedLine, currency: str, wording: Wording) -> list[str]:
    """Return what stands small below a line's name."""
    line = worked.line
    details = [line.description] if line.description else []
    if line.product_id:
        details.append(f"{joined(wording.label('product_id'))} {line.product_id}")
    return details + [_adjustment(one, currency, wording) for one in worked.adjustments]


def _adjustment(worked: WorkedAdjustment, currency: str, wording: Wording) -> str:
    """Return why something is taken off or added: Discount: Volume, 10%."""
    one = worked.adjustment
    why = joined(_why(one, wording))
    if one.percent is not None:
        return f"{why}, {wording.locale.percent(one.percent)}"
    return f"{why}, {wording.locale.amount(worked.entered_minor, currency)}"


def _why(one: Adjustment, wording: Wording) -> Phrase:
    """Return what it is and why, in each language; a reason that says no more isn't said again."""
    phrase = wording.label(_label(one))
    return phrase if one.reason in phrase else [f"{text}: {one.reason}" for text in phrase]


def _label(one: Adjustment) -> str:
    return "charge" if one.is_charge else "discount"


def _per(quantity: Decimal, wording: Wording) -> Phrase | None:
    if quantity == 1:
        return None
    return wording.phrase("sentences", "per", quantity=wording.locale.number(quantity))


def _rate(category: TaxCategory, rate: Decimal, wording: Wording) -> str:
    if category in (TaxCategory.OUT_OF_SCOPE, TaxCategory.EXEMPT):
        return "–"
    return wording.locale.percent(rate)


def _totals(document: Document, wording: Wording) -> list[dict[str, Any]]:
    """Return the rows below the lines, from their sum to what is to be paid."""
    rows = Rows(document.draft.currency, wording)
    draft, with_tax = document.draft, document.draft.prices_include_tax
    if draft.adjustments:
        rows.add("subtotal", sum(line.entered_minor for line in document.lines))
        _add_adjustments(rows, document, wording)
    if is_taxed(document) and not with_tax:
        rows.add("total_without_tax", document.net_minor)
        rows.add("tax", document.tax_minor)
    total = "total_with_tax" if is_taxed(document) else "total"
    rows.add(total, document.gross_minor)
    if is_taxed(document) and with_tax:
        rows.add("included_tax", document.tax_minor)
    if draft.prepaid_minor and draft.kind is DocumentKind.INVOICE:
        rows.add("prepaid", -draft.prepaid_minor)
    due = {
        DocumentKind.INVOICE: ("payable", document.payable_minor),
        DocumentKind.CREDIT_NOTE: ("credited", document.gross_minor),
        DocumentKind.RECEIPT: ("received", draft.prepaid_minor or document.gross_minor),
    }[draft.kind]
    rows.add(*due, is_due=True)
    return rows.rows


def _add_adjustments(rows: Rows, document: Document, wording: Wording) -> None:
    """Add a row for each discount or charge, however many rates it was spread over."""
    sums: dict[int, int] = {}
    adjustments = document.draft.adjustments
    for one in document.adjustments:
        at = adjustments.index(one.adjustment)
        sign = 1 if one.adjustment.is_charge else -1
        sums[at] = sums.get(at, 0) + sign * one.entered_minor
    for at, minor in sums.items():
        percent = adjustments[at].percent
        rate = f", {wording.locale.percent(percent)}" if percent is not None else ""
        rows.add_labelled([text + rate for text in _why(adjustments[at], wording)], minor)


def _taxes(document: Document, wording: Wording) -> list[dict[str, Any]]:
    """Return the breakdown, one row for each rate (BG-23)."""
    if not is_taxed(document):
        return []
    currency, amount = document.draft.currency, wording.locale.amount
    return [
        {
            "rate": _breakdown_rate(one, wording),
            "net": amount(one.net_minor, currency),
            "tax": amount(one.tax_minor, currency),
            "gross": amount(one.gross_minor, currency),
        }
        for one in document.taxes
    ]


def _breakdown_rate(total: TaxTotal, wording: Wording) -> str:
    rate = _rate(total.tax.category, total.tax.rate, wording)
    return f"{rate} {MARK}" if total.tax.category is TaxCategory.REDUCED else rate


def _statements(document: Document, wording: Wording) -> list[Phrase]:
    """Return what the law wants said of the taxes: why there is none, which are reduced."""
    statements: list[Phrase] = []
    if any(one.tax.category is TaxCategory.REDUCED for one in document.taxes):
        statements.append(wording.phrase("sentences", "reduced", mark=MARK))
    for one in document.taxes:
        if one.tax.category in _UNTAXED and is_taxed(document):
            statements.append(wording.phrase("categories", one.tax.category.value))
            statements += [[one.tax.reason]] if one.tax.reason else []
    return statements


def _payment(document: Document, number: str, wording: Wording) -> dict[str, Any] | None:
    """Return how the document is paid; a credit note and a receipt aren't."""
    draft = document.draft
    if draft.kind is not DocumentKind.INVOICE or not document.payable_minor:
        return None
    facts = payment_facts(draft.remittance or number, wording)
    if draft.due_on:
        facts.append((wording.label("due_on"), wording.date(draft.due_on)))
    if draft.payment_url:
        facts.append((wording.label("pay_online"), draft.payment_url))
    return payment_fields(draft.bank_accounts, facts, wording) | {
        "terms": draft.payment_terms or ""
    }
