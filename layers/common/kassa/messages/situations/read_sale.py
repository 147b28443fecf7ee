"""Read a sale that a fact is about: its order, who bought, and its invoice with its documents.

Hours may lie between a fact and its message: quiet ones, or those of a cap that was reached. So
nothing of what a fact says is owed is believed; each invoice is read again.
"""

from typing import Any

from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.numbering.record import IssuedDocument
from kassa.core.merchant import Merchant
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.messages.situations.situation import Situation
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase

GUEST = "order:"  # whose id is made of the sale's


def read_order(order_id: str | None, merchant_id: str) -> OrderCase | None:
    """Return an order that something names, as it stands now; none where nothing was sent."""
    return Orders(merchant_id).find(order_id) if order_id else None


def read_buyer(customer_id: str | None, case: OrderCase | None, merchant_id: str) -> Buyer | None:
    """Return a customer as their order named them, else as they were named last."""
    if customer_id is None:
        return None
    order_id = case.order.order_id if case else None
    return Customers(merchant_id).buyer_for(customer_id, order_id)


def read_invoiced(data: Any, number: str, merchant: Merchant) -> Situation:
    """Return what the fact of an invoice, or of its credit note, is about."""
    merchant_id = merchant.merchant_id
    view, document = invoice_lists.found(merchant_id, number)
    noted, credit_note = None, None
    if note := getattr(data, "credit_note", None):
        credit_note, noted = invoice_lists.found(merchant_id, note)
    case = read_order(view.order_id, merchant_id)
    customer_id = case.order.buyer_id if case else _buyer_id(document, merchant_id)
    return Situation(
        merchant,
        order=case,
        invoice=view,
        credit_note=credit_note,
        customer_id=customer_id,
        buyer=read_buyer(customer_id, case, merchant_id),
        language=(case.order.language if case else None) or document.language,
        documents=_documents(noted or document),
    )


def _buyer_id(document: IssuedDocument, merchant_id: str) -> str | None:
    """Return under which id the buyer of a document stands; a guest's is the sale's."""
    entry = document.entry
    of_sale = f"{GUEST}{merchant_id}:"
    if entry.customer_id is not None or not entry.source_id.startswith(of_sale):
        return entry.customer_id
    return f"{GUEST}{entry.source_id.removeprefix(of_sale)}"


def _documents(document: IssuedDocument) -> dict[str, str]:
    """Return where the PDF of a document is, by the name of its file; nothing until it stands."""
    if "pdf" not in document.documents:
        return {}
    return {f"{document.number_printed}.pdf": document.path("pdf")}


def read_ordered(data: Any, merchant: Merchant) -> Situation:
    """Return an order that isn't paid, as it stands now, with its invoice if it has one."""
    case = read_order(data.order_id, merchant.merchant_id)
    customer_id = case.order.buyer_id if case else data.customer_id
    return Situation(
        merchant,
        order=case,
        invoice=invoice_lists.of_order(merchant.merchant_id, data.order_id),
        customer_id=customer_id,
        buyer=read_buyer(customer_id, case, merchant.merchant_id),
        language=case.order.language if case else None,
    )
