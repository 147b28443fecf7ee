"""Generate the documents of what the ledger published, and keep what is owed of each invoice.

A capture gets its invoice or settles its order's; a refund gets its credit note; what was taken
back, or came back, is entered on the invoices that it was of. Whatever comes again changes nothing,
and what comes before its capture brings that capture's invoice forth.
"""

import json

from kassa.billing.credit_notes.note_refund import (
    note_application,
    note_refund,
    note_refund_returned,
)
from kassa.billing.drafts.store_draft import store_draft
from kassa.billing.facts import InvoiceIssued
from kassa.billing.invoices.issue_for_capture import issue_for_capture
from kassa.billing.numbering.store import NUMBERED, Numbers
from kassa.billing.receivables.entry_facts import BillingFact
from kassa.billing.receivables.note_entries import announce_invoice
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.settling.note_reversal import note_reversal
from kassa.core.errors import UnreadableEvent
from kassa.core.merchant import Merchant
from kassa.ledger.facts import (
    LedgerFact,
    PaymentApplied,
    PaymentCaptured,
    PaymentReversed,
    RefundFailed,
    RefundSucceeded,
)
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import logger, metrics


def complete_invoice(body: str, merchant: Merchant) -> bool:
    """Store the documents of an invoice that was numbered before they were made.

    Returns whether the message tells of an invoice. An order's are made here; those of a draft by
    the request that sent it, and here only where that died. If it did so before anybody heard of
    the number, that is published first.
    """
    if (source_id := json.loads(body).get(NUMBERED)) is not None:
        announce_invoice(merchant.merchant_id, source_id)
    elif event_bus.kind_of(body) == InvoiceIssued.__name__:
        source_id = event_bus.read_fact(BillingFact, body).data.object_id
    else:
        return False
    metrics.add_metric(name="InvoiceHeard", unit="Count", value=1)
    item = Numbers().of_source(source_id)
    if item is not None and "draft" in item and "pdf" not in item["documents"]:
        store_draft(item, merchant)
    return True


def generate_invoice(fact: LedgerFact, merchant: Merchant, time_left_s: TimeLeft) -> None:
    """Give a capture its invoice and a refund its credit note, once; and see that they stand.

    Raises UnreadableEvent for a fact that isn't this merchant's, or that moves no customer's money,
    and StaleWrite when others kept being faster until the time ran out; the message must come back.
    """
    logger.append_keys(correlation_id=fact.metadata.event_id)
    if fact.metadata.merchant_id != merchant.merchant_id:
        raise UnreadableEvent(f"{fact.metadata.fact_id} is another merchant's")

    def invoiced(capture: LedgerFact) -> KeptReceivable | None:
        return issue_for_capture(capture, merchant, time_left_s)

    if isinstance(fact.data, PaymentCaptured):
        invoiced(fact)
    elif isinstance(fact.data, PaymentApplied):
        note_application(fact, merchant, invoiced, time_left_s)
    elif isinstance(fact.data, PaymentReversed):
        note_reversal(fact, invoiced, time_left_s)
    elif isinstance(fact.data, RefundSucceeded):
        note_refund(fact, merchant, invoiced, time_left_s)
    elif isinstance(fact.data, RefundFailed):
        note_refund_returned(fact, merchant, invoiced, time_left_s)
    else:
        raise UnreadableEvent(f"{fact.data.fact} is nothing to invoice")
