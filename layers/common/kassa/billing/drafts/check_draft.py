"""Check a draft whole, before a number is spent: its dates, taxes, sums, rules and letters.

What its classes of tax come to is looked up here, once: it is stored with the draft, which no later
change of the rates concerns.
"""

from datetime import date
from typing import Any, NamedTuple

from kassa.billing.documents.totals import Document
from kassa.billing.drafts.drafted import content_of, drafted, kept_fields, require_sound
from kassa.billing.drafts.keep_order import require_order
from kassa.billing.drafts.sent_draft import DraftContent, SentDraft
from kassa.billing.seller.profile import SellerProfile
from kassa.core.merchant import Merchant
from kassa.taxes.store import SavedRates


class Checked(NamedTuple):
    """A draft that can be numbered."""

    document: Document
    due_on: date
    fields: dict[str, Any]  # what its item holds of it

    @property
    def content(self) -> dict[str, Any]:
        """Return all that it says, but for who buys: what its digest is of."""
        return content_of(self.fields)


def check_draft(
    sent: SentDraft,
    seller: SellerProfile,
    merchant: Merchant,
    issued_on: date,
    payment_url: str | None,
) -> Checked:
    """Return a draft as it would be issued on a day, with the link by which it may be paid.

    Raises InvalidRequest for what no document can say, and for a class of tax
    that the rates saved don't have; EinvoiceRefused for what breaks the profile that it names;
    Conflict where the order that is to be paid costs something else.
    """
    content = _with_taxes(sent.content, seller, merchant, issued_on)
    due_on = content.due_from(issued_on, seller.payment_terms_days)
    languages = content.languages or (merchant.language,)
    known = {"issued_on": issued_on, "due_on": due_on, "languages": languages}
    known |= {"payment_url": payment_url}
    document = drafted(content, seller, sent.buyer, known).document
    require_sound(document, content)
    require_order(content, document.gross_minor, merchant.merchant_id)
    return Checked(document, due_on, kept_fields(content, seller, known))


def _with_taxes(
    content: DraftContent, seller: SellerProfile, merchant: Merchant, issued_on: date
) -> DraftContent:
    """Return a draft with what its classes of tax come to in the seller's country.

    The day is that of supply: when it was delivered, else a period's last, else that of its issue.
    """
    if all(line.tax for line in content.lines):
        return content
    supplied_on = content.delivered_on or (content.period[1] if content.period else issued_on)
    where_and_when = seller.party.address.country, supplied_on
    lines = SavedRates(merchant.merchant_id).applied(content.lines, where_and_when)
    return content.model_copy(update={"lines": lines})
