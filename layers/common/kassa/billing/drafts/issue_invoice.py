"""Issue an invoice that is paid later: checked first, then numbered, then its documents.

Whatever can't be is refused before a number is spent. A draft that comes again, or comes twice at
once, or finds the remains of a request that died, leads to its one number, and completes what is
missing of it.
"""

from typing import NamedTuple

from kassa.billing.drafts.check_same_draft import refuse_void, require_same
from kassa.billing.drafts.number_draft import number_draft
from kassa.billing.drafts.sent_draft import DraftContent, SentDraft
from kassa.billing.drafts.store_draft import store_draft
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.note_entries import make_known
from kassa.billing.receivables.store import kept_of
from kassa.billing.typeset.typeset_document import refuse_unprintable
from kassa.core.merchant import Merchant
from kassa.platform import keys, table
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 8.0  # kept back for typesetting, storing and answering


class IssuedInvoice(NamedTuple):
    """An invoice's item, and whether its number was given just now."""

    item: table.Item
    is_new: bool


def issue_invoice(
    sent: SentDraft, merchant: Merchant, payment_url: str | None, time_left_s: TimeLeft
) -> IssuedInvoice:
    """Give a draft its number and its documents, once; a new number may get a link.

    Raises InvalidRequest for what no document can say, EinvoiceRefused where it names a profile
    whose rules it breaks, and Conflict where the same sale was invoiced in other words, or its
    invoice is void.
    """
    source_id = source_of(sent, merchant.merchant_id)
    known = Numbers().of_source(source_id)
    item = known or retry_on_conflict(
        lambda: number_draft(sent, source_id, merchant, payment_url, refuse_unprintable),
        time_left_s,
        RESERVE_S,
    )
    require_same(sent, item, merchant.merchant_id)
    make_known(kept_of(item), source_id)
    if "pdf" not in item["documents"]:
        store_draft(item, merchant)
        item = Numbers().of_source(source_id) or item
    refuse_void(sent, item)
    number = issued(item).number_printed
    logger.info("invoice repeated" if known else "invoice issued", invoice_number=number)
    return IssuedInvoice(item, known is None)


def source_of(content: DraftContent, merchant_id: str) -> str:
    """Return the source of a draft's number: its order's, which a capture of the order finds."""
    if content.order_id is not None:
        return keys.of_order(merchant_id, content.order_id)
    return f"draft:{merchant_id}:{content.draft_id}"
