"""Take the next number for a draft: whatever can't be is refused before one is spent."""

from kassa.billing.drafts.drafted import drafted, kept_fields, require_sound, said_by
from kassa.billing.drafts.keep_order import require_order
from kassa.billing.drafts.sent_draft import SentDraft
from kassa.billing.numbering.issue_document import take_number
from kassa.billing.numbering.record import content_digest
from kassa.billing.numbering.statement import stated
from kassa.billing.numbering.store import Numbers
from kassa.billing.receivables.items import Terms
from kassa.billing.seller.store import seller_of
from kassa.core.merchant import Merchant
from kassa.customers.store import Customers
from kassa.platform import clock, table


def number_draft(
    sent: SentDraft, source_id: str, merchant: Merchant, payment_url: str | None
) -> table.Item:
    """Give a draft the next number of its series, unless its source has one; return its item.

    Raises StaleWrite where another was faster.
    """
    if known := Numbers().of_source(source_id):
        return known
    seller, today = seller_of(merchant), merchant.day_of(clock.now())
    content = sent.content
    due_on = content.due_from(today, seller.payment_terms_days)
    languages = content.languages or (merchant.language,)
    known_of = {"issued_on": today, "due_on": due_on, "languages": languages}
    known_of |= {"payment_url": payment_url}
    document = drafted(content, seller, sent.buyer, known_of).document
    require_sound(document, content)
    require_order(content, document.gross_minor, merchant.merchant_id)
    if sent.buyer is not None:
        Customers(merchant.merchant_id).keep(sent.buyer_id, sent.sale_id, sent.buyer)
    fields = kept_fields(content, seller, known_of)
    statement = stated(
        document,
        source_id,
        customer_id=content.customer_id,
        content_sha256=content_digest({"content": said_by(fields)}),
    )
    terms = Terms(due_on, seller.tolerated_minor(content.currency))
    return take_number(statement, merchant, {"documents": {}} | fields, terms=terms)
