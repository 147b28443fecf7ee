"""Asks again, just before a customer is told, whether a reminder is still true, and of what.

Minutes or a night lie between the fact and the message. Whoever sends it asks here, says what is
owed by then, and says nothing where this says why not.
"""

from datetime import date
from typing import NamedTuple

from kassa.billing.reminders.facts import RemindedInvoice, ReminderDue
from kassa.billing.reminders.records import reminded_invoice, sums_of
from kassa.billing.reminders.schedule import Customer, why_held
from kassa.core.money import Money

PAID = "paid"  # or void, or written off: nothing is owed of its anchor


class StillDue(NamedTuple):
    """What is left of a reminder; where it isn't due any more, why."""

    invoices: tuple[RemindedInvoice, ...]
    amounts: tuple[Money, ...]
    why_not: str | None = None  # paid, or why the anchor is held (`schedule.Hold`)

    @property
    def is_due(self) -> bool:
        """Whether it is to be sent."""
        return self.why_not is None


def is_still_due(reminder: ReminderDue, customer: Customer, today: date) -> StillDue:
    """Return what is left of a reminder, of a customer as they stand now: a pure function.

    It is due as long as its anchor is owed and isn't held back; of what else it names, only what
    is owed and isn't held back is still said.
    """
    owed = {one.number: one for one in customer.invoices if one.open_minor > 0}
    if reminder.anchor not in owed:
        return StillDue((), (), PAID)
    if why := why_held(owed[reminder.anchor], customer, today):
        return StillDue((), (), why.value)
    free = [owed[one.number] for one in reminder.invoices if one.number in owed]
    left = tuple(reminded_invoice(one) for one in free if not why_held(one, customer, today))
    return StillDue(left, sums_of(left))
