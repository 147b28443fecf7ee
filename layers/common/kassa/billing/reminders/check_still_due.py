"""Asks again, just before a customer is told, whether what was published of them is still true."""

from datetime import datetime

from kassa.billing.reminders.checkouts.abandoned import is_bought_otherwise, is_left
from kassa.billing.reminders.facts import ReminderDue
from kassa.billing.reminders.owed.find_payments_in_flight import holds
from kassa.billing.reminders.owed.open_invoice import open_invoice
from kassa.billing.reminders.owed.store import standing
from kassa.billing.reminders.still_due import StillDue, is_still_due
from kassa.billing.reminders.store import Reminded
from kassa.core.merchant import Merchant
from kassa.orders import lists as order_lists
from kassa.orders.views import OrderCase


def check_still_due(reminder: ReminderDue, merchant: Merchant, now: datetime) -> StillDue:
    """Read how a customer stands now, and return what is left of a reminder."""
    kept = Reminded(merchant.merchant_id).found([reminder.customer_id])[reminder.customer_id]
    owed = standing(merchant.merchant_id, (one.number for one in reminder.invoices))
    held = holds(merchant.merchant_id, owed.values(), now)
    invoices = [open_invoice(one, one.receivable, held.get(number)) for number, one in owed.items()]
    return is_still_due(reminder, kept.owing(invoices), merchant.day_of(now))


def is_still_abandoned(case: OrderCase, merchant_id: str) -> bool:
    """Tell whether an order is still left unpaid, and nothing like it was bought since."""
    if not is_left(case):
        return False
    return not is_bought_otherwise(
        case.order, order_lists.newest(merchant_id, case.order.customer_id)
    )
