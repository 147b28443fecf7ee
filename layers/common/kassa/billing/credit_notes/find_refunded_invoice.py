"""What a refund gives back of: the invoice of its payment, and the lines that were asked back."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from kassa.billing.invoices.invoice import Invoice
from kassa.billing.invoices.sale import Sold, is_taxed
from kassa.billing.invoices.store import Invoices
from kassa.billing.invoices.store_invoice import sold, source_of_payment
from kassa.billing.seller.store import as_seller
from kassa.core.errors import StaleWrite
from kassa.core.merchant import Merchant
from kassa.core.money import Money
from kassa.ledger.facts import LedgerFact, fact_subject
from kassa.ledger.items import read_state
from kassa.ledger.state import SubjectState
from kassa.orders.store import Orders
from kassa.refunds.request.lines import line_id


class RefundedInvoice(NamedTuple):
    """An invoice, what was sold by it, and how many of its lines a refund names, from 0."""

    invoice: Invoice
    sold: Sold
    units: dict[int, Decimal]


def find_refunded_invoice(fact: LedgerFact, merchant: Merchant) -> RefundedInvoice | None:
    """Return the invoice with tax of a refund's payment; none where it has none, or it is void.

    Raises StaleWrite where it is still to be issued: the message must come back.
    """
    payment = fact_subject(fact.metadata)
    state, invoice = read_state(payment), Invoices().of_fact(source_of_payment(payment))
    if invoice is None and _is_awaited(state, merchant):
        raise StaleWrite(f"the invoice of {payment.subject_id} isn't issued yet")
    if invoice is None or invoice.void_entry is not None:  # what never was, nothing goes back of
        return None
    sale = sold(invoice)
    named = state.refunded_lines.get(getattr(fact.data, "refund_request_id", None) or "", {})
    return RefundedInvoice(invoice, sale, _units(sale, named))


def _is_awaited(state: SubjectState, merchant: Merchant) -> bool:
    """Tell whether a payment's invoice states tax: where it isn't there, it is still to come."""
    if state.order_id is None or state.currency is None:
        return False
    paid = Money(amount_minor=state.captured_minor, currency=state.currency)
    order = Orders(merchant.merchant_id).content(state.order_id)
    return is_taxed(order, as_seller(merchant), paid)


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
