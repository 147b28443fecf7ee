"""Read a sale that a fact is about: its order, who bought, and its invoice with its documents.

Hours may lie between a fact and its message: quiet ones, or those of a cap that was reached. So
nothing of what a fact says is owed is believed; each invoice is read again.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.view import InvoiceView
from kassa.billing.numbering.record import IssuedDocument
from kassa.billing.reminders.check_still_due import check_still_due, is_still_abandoned
from kassa.billing.reminders.facts import CheckoutAbandoned, ReminderDue
from kassa.billing.seller.store import find_seller
from kassa.core.merchant import Merchant
from kassa.customers.parties import Buyer
from kassa.customers.store import Customers
from kassa.messages.situations.situation import Situation
from kassa.orders.store import Orders
from kassa.orders.views import OrderCase
from kassa.platform import clock

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


def read_reminder(reminder: ReminderDue, merchant: Merchant) -> Situation:
    """Return what is left of a reminder: what is owed, not promised, not paused, not on its way."""
    left = check_still_due(reminder, merchant, clock.now())
    numbers = [one.number for one in left.invoices]
    found = invoice_lists.found_all(merchant.merchant_id, numbers)
    return _owing(reminder.customer_id, tuple(found.values()), merchant)


def read_planned_reminder(
    customer_id: str, open_minor: Mapping[str, int], merchant: Merchant
) -> Situation:
    """Return how a reminder that is to come finds things, with what is owed then by number."""
    found = invoice_lists.found_all(merchant.merchant_id, list(open_minor))
    then = (one.model_copy(update={"open_minor": open_minor[name]}) for name, one in found.items())
    return _owing(customer_id, tuple(then), merchant)


def _owing(customer_id: str, owed: tuple[InvoiceView, ...], merchant: Merchant) -> Situation:
    """Return who owes invoices; they are told so in the language of the first."""
    merchant_id = merchant.merchant_id
    case = read_order(owed[0].order_id, merchant_id) if owed else None
    seller = find_seller(merchant)
    return Situation(
        merchant,
        customer_id=customer_id,
        buyer=read_buyer(customer_id, case, merchant_id),
        language=(case.order.language if case else None) or (owed[0].language if owed else None),
        owed=owed,
        bank_accounts=seller.bank_accounts if seller else (),
    )


def read_abandoned(left: CheckoutAbandoned, merchant: Merchant) -> Situation:
    """Return an order that was left unpaid, as it and its customer's other orders stand now."""
    now_is = read_ordered(left, merchant)
    case = now_is.order
    is_left = case is not None and is_still_abandoned(case, merchant.merchant_id)
    return replace(now_is, is_left=is_left)


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
