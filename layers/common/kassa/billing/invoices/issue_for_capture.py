"""Issue the invoice of a capture, once; or let it settle the invoice that its order has already.

Read, number, typeset, store: a message that comes back finds its number taken, or its payment
entered, and only finishes what is missing. Between two that want the same the table decides.
"""

from kassa.billing.invoices.create_invoice import create_invoice
from kassa.billing.invoices.invoice import is_invoiced, is_unapplied
from kassa.billing.invoices.store_invoice import store_invoice
from kassa.billing.numbering.store import Numbers
from kassa.billing.receipts.issue_receipts import issue_due_receipts
from kassa.billing.receivables.note_entries import make_known
from kassa.billing.receivables.store import KeptReceivable, kept_of
from kassa.billing.settling.settle_invoice import lead_to_invoice, settle_invoice
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact, PaymentCaptured
from kassa.platform import table
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 5.0  # kept back for typesetting, storing and answering


def issue_for_capture(
    fact: LedgerFact, merchant: Merchant, time_left_s: TimeLeft
) -> KeptReceivable | None:
    """Give a capture its invoice and see that it stands; return what is owed of it.

    A capture whose order awaits a payment of its invoice settles that one. None is returned of what
    was captured before the books opened, or entered for nothing known. Raises StaleWrite when
    others kept being faster until the time ran out; the message must come back.
    """
    capture, source_id = fact.data, fact.metadata.fact_id
    assert isinstance(capture, PaymentCaptured)
    known = Numbers().of_source(source_id)
    item = known or retry_on_conflict(
        lambda: _invoiced(capture, fact, merchant), time_left_s, RESERVE_S
    )
    if item is None:
        metrics.add_metric(name="InvoiceNotDue", unit="Count", value=1)
        return None
    kept = kept_of(item)
    make_known(kept, source_id)
    is_own = kept.of.source_id == source_id
    if not is_own:
        lead_to_invoice(fact.metadata, kept.of)
        issue_due_receipts(merchant, kept.number, time_left_s)
    elif "document_key" not in item:
        store_invoice(item, kept)
    is_new = is_own and known is None
    metrics.add_metric(
        name="InvoiceIssued" if is_new else "InvoiceRepeated" if is_own else "InvoiceSettled",
        unit="Count",
        value=1,
    )
    logger.info(
        "invoice issued" if is_new else "invoice repeated" if is_own else "invoice settled",
        fact_id=source_id,
        payment_id=fact.metadata.subject_id,
        invoice_number=kept.number,
    )
    return kept


def _invoiced(capture: PaymentCaptured, fact: LedgerFact, merchant: Merchant) -> table.Item | None:
    """Settle the invoice it is for, or issue one; unless another delivery has done so."""
    source_id = fact.metadata.fact_id
    if not is_invoiced(capture):
        return None
    if known := Numbers().of_source(source_id):
        return known
    if item := settle_invoice(capture, fact.metadata):
        return item
    return None if is_unapplied(capture, fact.metadata) else create_invoice(fact, capture, merchant)
