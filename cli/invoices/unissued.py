"""A draft as `kassa invoices create` would issue it today; nothing is numbered or stored."""

from typing import NamedTuple

from cli.connection import connect_as_merchant
from kassa.billing.documents.totals import Document
from kassa.billing.drafts.check_draft import check_draft
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.seller.store import seller_of
from kassa.billing.typeset.branding import Branding
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.settings import settings


class Unissued(NamedTuple):
    """A document that has no number yet, and how its seller's documents look."""

    document: Document
    branding: Branding


def unissued(sent: SentDraft) -> Unissued:
    """Return what a draft comes to, of the saved seller, checked as before a number is spent.

    It bears no payment link: that is made with the number.
    """
    connect_as_merchant()
    merchant = Merchant.from_settings(settings().model_dump())
    seller = seller_of(merchant)
    today = merchant.day_of(clock.now())
    return Unissued(check_draft(sent, seller, merchant, today, None).document, seller.branding)
