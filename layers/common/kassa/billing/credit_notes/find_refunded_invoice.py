"""What a refund gives back of: the invoice of its payment, and the lines that were asked back."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.drafts.store_draft import sold_by
from kassa.billing.invoices.read_sale import read_sale
from kassa.billing.invoices.sale import Sold
from kassa.billing.invoices.store import read_invoice
from kassa.billing.numbering.record import Entry, printed
from kassa.billing.numbering.store import Numbers, issued
from kassa.core.merchant import Merchant
from kassa.ledger.facts import LedgerFact, fact_subject
from kassa.ledger.items import read_state
from kassa.platform import keys
from kassa.refunds.request.lines import line_id


class RefundedInvoice(NamedTuple):
    """An invoice, what was sold by it, and how many of its lines a refund names, from 0."""

    of: Entry
    sold: Sold
    units: dict[int, Decimal]

    @property
    def number(self) -> str:
        """Return the invoice's number as people read it."""
        return printed(self.of.series, self.of.number)


def find_refunded_invoice(fact: LedgerFact, merchant: Merchant) -> RefundedInvoice | None:
    """Return the invoice with tax of a refund's payment; none where it has none, or it is void.

    One that became void since its note was issued is returned: the note has documents all the same.
    """
    payment = fact_subject(fact.metadata)
    paid_by = keys.of_payment(payment.gateway, payment.account, payment.subject_id)
    item = Numbers().of_source(paid_by)
    invoice = issued(item) if item else None
    if item is None or invoice is None or not invoice.entry.taxes:
        return None
    if invoice.void is not None and Numbers().of_source(fact.metadata.fact_id) is None:
        return None
    is_of_draft = "draft" in item
    sold = Sold(*sold_by(item, merchant)) if is_of_draft else read_sale(read_invoice(item))
    request_id = getattr(fact.data, "refund_request_id", None) or ""
    named = read_state(payment).refunded_lines.get(request_id, {})
    return RefundedInvoice(invoice.entry, sold, _units(sold, named))


def _units(sale: Sold, named: Mapping[str, int]) -> dict[int, Decimal]:
    """Return how many of each line go back; lines of one id go back in their order."""
    left, units = Counter(named), dict[int, Decimal]()
    for at, one in enumerate(sale.document.lines):
        name = line_id(one.line.product_id or one.line.name)
        count = min(Decimal(left[name]), one.line.quantity)
        if count:
            units[at] = count
            left[name] -= int(count)
    return units
