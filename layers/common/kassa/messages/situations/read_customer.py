"""Read a customer whom a fact is about: what they owe, what they left, or how they sign in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kassa.billing.invoices import lists as invoice_lists
from kassa.billing.invoices.view import InvoiceView
from kassa.billing.reminders.check_still_due import check_still_due, is_still_abandoned
from kassa.billing.reminders.facts import CheckoutAbandoned, ReminderDue
from kassa.billing.seller.store import find_seller
from kassa.core.merchant import Merchant
from kassa.customers import sign_in_store
from kassa.customers.sign_in_code import SECRET_NAME, SignInCodeRequested, digits_of, mailed
from kassa.customers.store import Customers
from kassa.messages.situations.read_sale import read_buyer, read_order, read_ordered
from kassa.messages.situations.situation import Situation
from kassa.platform import clock
from kassa.platform.drawn_secrets import drawn_secret


def read_customer(data: Any, merchant: Merchant) -> Situation | None:
    """Return what a fact about a customer is about; None for a fact about anything else."""
    if isinstance(data, ReminderDue):
        return read_reminder(data, merchant)
    if isinstance(data, CheckoutAbandoned):
        return read_abandoned(data, merchant)
    return read_sign_in(data.object_id, merchant) if isinstance(data, SignInCodeRequested) else None


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


def read_sign_in(code_id: str, merchant: Merchant) -> Situation:
    """Return the customer who is mailed a code, nobody where no customer has the address.

    The mail goes to the address as their order spells it, never as somebody typed it. The code is
    worked out here and kept nowhere; there is none where it lets nobody in.
    """
    merchant_id, now = merchant.merchant_id, clock.now()
    code = sign_in_store.find(merchant_id, code_id)
    reached = Customers(merchant_id).reached_at(code.address_digest) if code else []
    if code is None or not reached:
        return Situation(merchant)
    first = reached[0]
    case = read_order(first.order_id, merchant_id)
    found = Situation(
        merchant,
        customer_id=first.customer_id,
        buyer=first.buyer,
        language=code.language or (case.order.language if case else None),
    )
    if not code.is_open(code_id, now):
        return found
    digits = digits_of(drawn_secret(SECRET_NAME), merchant_id, code)
    return replace(found, code=mailed(digits, code, now))
