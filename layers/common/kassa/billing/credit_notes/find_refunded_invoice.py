"""What a refund gives back of: the invoice of its payment, and the lines that were asked back."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.credit_notes.find_refunded_payment import (
    find_refunded_payment,
    is_invoice_awaited,
)
from kassa.billing.documents.totals import Document
from kassa.billing.invoices.invoice import Invoice
from kassa.billing.invoices.store import read_invoice
from kassa.billing.invoices.store_invoice import sold, source_of_payment
from kassa.billing.numbering.record import Entry
from kassa.billing.numbering.store import Numbers, issued
from kassa.core.errors import StaleWrite
from kassa.core.facts import FactMetadata
from kassa.core.merchant import Merchant
from kassa.refunds.request.lines import line_id


class RefundedInvoice(NamedTuple):
    """An invoice, and how many of its lines a refund names; by the lines' numbers, from 0."""

    invoice: Invoice
    entry: Entry
    units: dict[int, Decimal]


def find_refunded_invoice(
    metadata: FactMetadata, refund_request_id: str | None, merchant: Merchant
) -> RefundedInvoice | None:
    """Return the invoice with tax of a refund's payment; none where it has none, or it is void.

    Raises StaleWrite where it is still to be issued: the message must come back.
    """
    state = find_refunded_payment(metadata)
    found = Numbers().of_source(source_of_payment(metadata))
    if found is not None and issued(found).void is not None:
        return None  # what never was can't be given back of
    if found is None:
        if is_invoice_awaited(state, merchant):
            raise StaleWrite(f"the invoice of {metadata.subject_id} isn't issued yet")
        return None
    invoice = read_invoice(found)
    named = state.refunded_lines.get(refund_request_id or "", {})
    return RefundedInvoice(invoice, issued(found).entry, _units(sold(invoice), named))


def _units(sale: Document, named: Mapping[str, int]) -> dict[int, Decimal]:
    """Return how many of each line go back; lines of one id go back in their order."""
    left, units = Counter(named), dict[int, Decimal]()
    for at, one in enumerate(sale.lines):
        name = line_id(one.line.product_id or one.line.name)
        count = min(Decimal(left[name]), one.line.quantity)
        if count:
            units[at] = count
            left[name] -= int(count)
    return units
