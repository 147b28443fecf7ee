"""Take the next number for a draft: whatever can't be is refused before one is spent."""

from collections.abc import Callable

from kassa.billing.documents.draft import Draft
from kassa.billing.drafts.check_draft import check_draft
from kassa.billing.drafts.sent_draft import OF_ORDER, OrderDraft, SentDraft
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
    sent: SentDraft,
    source_id: str,
    merchant: Merchant,
    payment_url: str | None,
    refuse: Callable[[Draft], None] | None = None,
) -> table.Item:
    """Give a draft the next number of its series, unless its source has one; return its item.

    `refuse` may refuse what is to be typeset, where there is a typesetter to ask.
    Raises StaleWrite where another was faster.
    """
    if known := Numbers().of_source(source_id):
        return known
    seller, today = seller_of(merchant), merchant.day_of(clock.now())
    checked = check_draft(sent, seller, merchant, today, payment_url)
    if refuse is not None:
        refuse(checked.document.draft)
    if sent.buyer is not None:
        Customers(merchant.merchant_id).keep(sent.buyer_id, sent.sale_id, sent.buyer)
    statement = stated(
        checked.document,
        source_id,
        customer_id=sent.customer_id,
        content_sha256=content_digest({"content": checked.content}),
    )
    terms = Terms(checked.due_on, seller.tolerated_minor(sent.currency))
    beside: table.Item = {"documents": {}} | checked.fields
    if isinstance(sent, OrderDraft):
        beside[OF_ORDER] = True
    return take_number(statement, merchant, beside, terms=terms)
