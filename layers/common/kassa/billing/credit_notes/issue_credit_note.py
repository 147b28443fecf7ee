"""Issue the credit note of a refund: which lines of the invoice it gives back, by themselves.

The invoice's item counts what was given back of it, in the transaction that takes the number: two
refunds at once are two shares, whichever comes first. A message that comes back finds its number,
and the note is worked out again from the share that stands with it. What a customer paid beyond
what is owed, or got back by a note whose refund came back, is refunded without another note.
"""

from functools import partial

from kassa.billing.credit_notes.create_credit_note import create_credit_note
from kassa.billing.credit_notes.find_refunded_invoice import RefundedInvoice
from kassa.billing.credit_notes.refund_entries import Refund, missing_entries
from kassa.billing.credit_notes.store_credit_note import store_credit_note
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receivables.note_entries import note_entries
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 5.0  # kept back for typesetting, storing and answering


def issue_credit_note(
    refund: Refund, found: RefundedInvoice, merchant: Merchant, time_left_s: TimeLeft
) -> None:
    """Give a refund of an invoice with tax its credit note, once, and enter it there.

    Lines that its request names go back first. Raises InvalidRequest where more goes back than was
    invoiced, StaleWrite where others kept being faster: the message must come back.
    """
    if refund.amount.currency != found.of.currency:
        raise InvalidRequest(f"{refund.source_id} is in another currency than its invoice")
    source_id, numbers = refund.source_id, Numbers()
    known = numbers.of_source(source_id)
    item = known or retry_on_conflict(
        lambda: numbers.of_source(source_id) or create_credit_note(refund, found, merchant),
        time_left_s,
        RESERVE_S,
    )
    note = issued(item) if item else None
    decide = partial(missing_entries, refund, note.entry if note and note.void is None else None)
    place = merchant.merchant_id, found.number
    note_entries(place, refund.source_id, decide, time_left_s)
    if item is None or note is None:
        metrics.add_metric(name="CreditNoteNotDue", unit="Count", value=1)
        return
    if "pdf" not in note.documents:
        store_credit_note(note, found, item["share"])
    metrics.add_metric(
        name="CreditNoteRepeated" if known else "CreditNoteIssued", unit="Count", value=1
    )
    logger.info(
        "credit note repeated" if known else "credit note issued",
        fact_id=refund.source_id,
        payment_id=refund.payment_id,
        invoice_number=note.number_printed,
    )
