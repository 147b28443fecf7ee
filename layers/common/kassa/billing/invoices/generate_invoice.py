"""Generate one invoice for each capture: number and record in one transaction, then the document.

Read, number, typeset, store: a message that comes back finds its number taken and only finishes
what is missing. Between two invoices that want the same number the table decides.
"""

from collections.abc import Callable

from kassa.billing.credit_notes.issue_credit_note import issue_credit_note
from kassa.billing.invoices.invoice import Invoice, is_invoiced, next_invoice, series_of, with_lines
from kassa.billing.invoices.sale import is_taxed, sale_of, with_sale
from kassa.billing.invoices.store import Invoices
from kassa.billing.invoices.store_invoice import store_invoice
from kassa.billing.seller.profile import SellerProfile, named_by, seller_by_settings
from kassa.billing.seller.store import Sellers
from kassa.billing.typeset import texts
from kassa.core.errors import UnreadableEvent
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact, PaymentCaptured, RefundSucceeded
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 5.0  # kept back for typesetting, storing and answering

TimeLeft = Callable[[], float]


def generate_invoice(
    fact: LedgerFact, merchant: Merchant, invoices: Invoices, time_left_s: TimeLeft
) -> None:
    """Give a capture its invoice, and a refund its credit note, once; and see that it stands.

    Raises UnreadableEvent for a fact that isn't this merchant's capture, and StaleWrite when
    others kept taking the next number until the time ran out; the message must come back.
    """
    logger.append_keys(correlation_id=fact.metadata.event_id)
    if isinstance(fact.data, RefundSucceeded):
        issue_credit_note(fact, merchant, time_left_s)
        return
    capture = _capture_of(fact, merchant)
    if not is_invoiced(capture):
        metrics.add_metric(name="InvoiceNotDue", unit="Count", value=1)
        return
    known = invoices.of_fact(fact.metadata.fact_id)
    invoice = known or retry_on_conflict(
        lambda: _issued(capture, fact, merchant, invoices), time_left_s, RESERVE_S
    )
    if invoice.document_key is None:
        store_invoice(invoice, invoices)
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
    seller = Sellers(merchant.merchant_id).newest()
    named = named_by(merchant, seller)
    invoice = next_invoice(capture, fact.metadata, named, before, now)
    if capture.order_id:
        invoice = _stating(invoice, seller, capture.language)
    return invoices.keep(invoice, before)


def _stating(invoice: Invoice, seller: SellerProfile | None, language: str | None) -> Invoice:
    """Return an invoice with what its order says of the sale: its tax, or its lines alone."""
    merchant = invoice.merchant
    order = Orders(merchant.merchant_id).content(str(invoice.order_id))
    if order is None or not is_taxed(order, merchant, invoice.total):
        return with_lines(invoice, order)
    profile = seller or seller_by_settings(merchant)
    written_in = texts.language_of(order.language or language or merchant.language)
    document = sale_of(order, invoice, profile, None, written_in)
    made_with = {"seller_version": profile.version or None}
    return with_sale(invoice, document).model_copy(update=made_with)


def _capture_of(fact: LedgerFact, merchant: Merchant) -> PaymentCaptured:
    """Return what was captured; an invoice in another merchant's name would be false."""
    if not isinstance(fact.data, PaymentCaptured):
        raise UnreadableEvent(f"{fact.data.fact} is nothing to invoice")
    if fact.metadata.merchant_id != merchant.merchant_id:
        raise UnreadableEvent(f"{fact.metadata.fact_id} is another merchant's")
    return fact.data
