"""Issue the receipts of an invoice: one for each of its payments that stands and has none yet.

Number, record and pointer are one write, then its document; who asks again gets the same numbers,
and completes what a crash left out. A payment that is taken back later leaves its receipt: a person
may void that.
"""

from functools import partial
from typing import NamedTuple

from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.numbering.store import Numbers, issued
from kassa.billing.receipts.create_receipt import PaidInvoice, create_receipt
from kassa.billing.receipts.receipt import Paid, source_of, standing_payments
from kassa.billing.receipts.store_receipt import store_receipt
from kassa.billing.receivables.store import Receivables
from kassa.billing.seller.store import find_seller
from kassa.core.errors import Conflict
from kassa.core.merchant import Merchant
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 5.0  # kept back for typesetting, storing and answering


class IssuedReceipt(NamedTuple):
    """A receipt, and whether its number was given just now."""

    document: IssuedDocument
    is_new: bool


def issue_receipts(
    merchant: Merchant, of: tuple[str, str | None], time_left_s: TimeLeft
) -> tuple[IssuedReceipt, ...]:
    """Give payments of an invoice their receipts, once each; the first paid first.

    `of` is the invoice's printed number, and one of its payments, or none for each of them.
    Raises InvoiceNotFound where it is no invoice's number, Conflict where nothing was paid of it,
    InvalidRequest where nobody said who sells, and StaleWrite where others kept being faster.
    """
    number, payment_id = of
    kept = Receivables(merchant.merchant_id).of_number(number)
    invoice = Numbers().of_source(kept.of.source_id)
    assert invoice is not None, "an invoice's source leads to it for good"
    named = (str(invoice[name]) for name in ("gateway", "account", "payment_id") if name in invoice)
    standing = standing_payments(kept.receivable, "/".join(named) or None)
    paid = tuple(one for one in standing if payment_id in (None, one.payment_id))
    if not paid:
        raise Conflict(f"number: nothing was paid of {number} that wasn't taken back")
    whole = PaidInvoice(kept, invoice, merchant)
    return tuple(_issued(whole, one, time_left_s) for one in paid)


def issue_due_receipts(merchant: Merchant, number: str, time_left_s: TimeLeft) -> None:
    """Issue them unasked, where the seller wants that: by its profile, or by its country's law."""
    seller = find_seller(merchant)
    if seller is not None and seller.issues_receipts:
        issue_receipts(merchant, (number, None), time_left_s)


def _issued(of: PaidInvoice, paid: Paid, time_left_s: TimeLeft) -> IssuedReceipt:
    source_id = source_of(of.kept.number, paid.entry)
    known = Numbers().of_source(source_id)
    item = known or retry_on_conflict(partial(create_receipt, of, paid), time_left_s, RESERVE_S)
    document = issued(item)
    if "pdf" not in document.documents:
        store_receipt(item, of.item, of.merchant)
    name = "receipt repeated" if known else "receipt issued"
    logger.info(name, invoice_number=of.kept.number, receipt_number=document.number_printed)
    return IssuedReceipt(document, known is None)
