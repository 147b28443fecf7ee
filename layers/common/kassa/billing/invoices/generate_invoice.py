"""Generate one invoice for each capture: number and record in one transaction, then the document.

Read, number, typeset, store: a message that comes back finds its number taken and only finishes
what is missing. Between two invoices that want the same number the table decides.
"""

from collections.abc import Callable

from kassa.billing.invoices import typeset
from kassa.billing.invoices.invoice import Invoice, is_invoiced, next_invoice, series_of, with_lines
from kassa.billing.invoices.store import Invoices
from kassa.core.errors import UnreadableEvent
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact, PaymentCaptured
from kassa.orders.store import Orders
from kassa.platform import clock, documents
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 5.0  # kept back for typesetting, storing and answering

TimeLeft = Callable[[], float]


def generate_invoice(
    fact: LedgerFact, merchant: Merchant, invoices: Invoices, time_left_s: TimeLeft
) -> None:
    """Give a capture its invoice, once, and see to it that the document stands.

    Raises UnreadableEvent for a fact that isn't this merchant's capture, and StaleWrite when
    others kept taking the next number until the time ran out; the message must come back.
    """
    logger.append_keys(correlation_id=fact.metadata.event_id)
    capture = _capture_of(fact, merchant)
    if not is_invoiced(capture):
        metrics.add_metric(name="InvoiceNotDue", unit="Count", value=1)
        return
    known = invoices.of_fact(fact.metadata.fact_id)
    invoice = known or retry_on_conflict(
        lambda: _issued(capture, fact, merchant, invoices), time_left_s, RESERVE_S
    )
    if invoice.document_key is None:
        record = invoice.model_dump_json(exclude_none=True).encode()
        documents.store(invoice.record_path, record, "application/json")
        sha256 = documents.store(invoice.path, typeset.typeset(invoice))
        invoices.note_document(invoice, sha256)
    metrics.add_metric(name="InvoiceRepeated" if known else "InvoiceIssued", unit="Count", value=1)
    logger.info(
        "invoice repeated" if known else "invoice issued",
        fact_id=fact.metadata.fact_id,
        payment_id=invoice.payment_id,
        invoice_number=invoice.number_printed,
    )


def _issued(
    capture: PaymentCaptured, fact: LedgerFact, merchant: Merchant, invoices: Invoices
) -> Invoice:
    """Take the next number of the series, unless another delivery has invoiced the capture."""
    if known := invoices.of_fact(fact.metadata.fact_id):
        return known
    now = clock.now()
    before = invoices.series(merchant.merchant_id, series_of(merchant, now))
    invoice = next_invoice(capture, fact.metadata, merchant, before, now)
    if capture.order_id:
        order = Orders(merchant.merchant_id).content(capture.order_id)
        invoice = with_lines(invoice, order)
    return invoices.keep(invoice, before)


def _capture_of(fact: LedgerFact, merchant: Merchant) -> PaymentCaptured:
    """Return what was captured; an invoice in another merchant's name would be false."""
    if not isinstance(fact.data, PaymentCaptured):
        raise UnreadableEvent(f"{fact.data.fact} is nothing to invoice")
    if fact.metadata.merchant_id != merchant.merchant_id:
        raise UnreadableEvent(f"{fact.metadata.fact_id} is another merchant's")
    return fact.data
