"""Reminds one customer: finds out how they stand now, writes the reminder, charges, publishes.

The reminder is written before anything is charged or published, and each step that follows is the
same whenever it is done again. So whatever dies in between is driven on by the next run.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.reminders.charge_late import charge_late, may_charge
from kassa.billing.reminders.owed.find_payments_in_flight import holds
from kassa.billing.reminders.owed.open_invoice import open_invoice
from kassa.billing.reminders.owed.store import standing
from kassa.billing.reminders.policy.model import ReminderPolicy
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.billing.reminders.records import (
    Reminder,
    reminded_invoice,
    reminder_fact,
    reminder_of,
    sums_of,
)
from kassa.billing.reminders.schedule import Due, Hold, decide
from kassa.billing.reminders.store import KeptCustomer, KeptReminder, Reminded, Stage
from kassa.core.merchant import Merchant
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import logger


class Today(NamedTuple):
    """By what customers are reminded in a run."""

    merchant: Merchant
    policy: ReminderPolicy
    now: datetime

    @property
    def date(self) -> date:
        """Return the day by the seller's calendar."""
        return self.merchant.day_of(self.now)


def remind(customer_id: str, numbers: Iterable[str], today: Today, time_left_s: TimeLeft) -> bool:
    """Remind a customer of these invoices as far as that is due now; tell whether it was.

    Raises StaleWrite where somebody else wrote of the customer, and NotPublished where the bus
    took no fact: the reminder stands then, and the next run publishes it.
    """
    reminded = Reminded(today.merchant.merchant_id)
    kept = reminded.found([customer_id])[customer_id]
    due = _due(kept, standing(today.merchant.merchant_id, numbers), today)
    if due is None:
        return False
    by = today.policy, today.merchant, today.now
    reminder = reminder_of(customer_id, due, *by)
    is_late = any(one.due_on < today.date for one in due.invoices)
    charges = is_late and may_charge(today.policy)
    stage = Stage.BEGUN if charges else Stage.COMPOSED
    if not reminded.begin(kept, reminder, stage):
        return False
    return finish(KeptReminder(reminder, stage), today.merchant, time_left_s)


def finish(was: KeptReminder, merchant: Merchant, time_left_s: TimeLeft) -> bool:
    """Do what is left of a reminder that is written; tell whether it was published."""
    reminded, reminder = Reminded(merchant.merchant_id), was.reminder
    if was.stage is Stage.BEGUN:
        policy = SavedReminderPolicies(merchant.merchant_id).version(reminder.policy_version)
        late = [one.number for one in reminder.invoices if one.due_on < reminder.reminded_on]
        charge_late(merchant, late, (policy, reminder.decided_at), time_left_s)
        after = _as_it_stands(reminder)
        stage = Stage.COMPOSED if after else Stage.DROPPED
        if not reminded.advance(was, after or reminder, stage) or after is None:
            return False
        was, reminder = KeptReminder(after, stage), after
    event_bus.publish([reminder_fact(reminder)])
    reminded.advance(was, reminder, Stage.PUBLISHED)
    logger.info(
        "reminder published",
        reminder_id=reminder.reminder_id,
        step=reminder.step,
        anchor=reminder.anchor,
    )
    return True


def _due(kept: KeptCustomer, owed: dict[str, KeptReceivable], today: Today) -> Due | None:
    """Return what is due as everything stands now.

    Whether a payment is on its way is asked of what would be named alone: it costs some reads.
    """
    found = dict[str, Hold]()
    asked = set[str]()
    while True:
        invoices = [
            open_invoice(one, one.receivable, found.get(number)) for number, one in owed.items()
        ]
        due = decide(kept.owing(invoices), today.policy, today.date).due
        unasked = {one.number for one in due.invoices} - asked if due else set[str]()
        if not unasked:
            return due
        asking = (owed[number] for number in sorted(unasked))
        found |= holds(today.merchant.merchant_id, asking, today.now)
        asked |= unasked


def _as_it_stands(reminder: Reminder) -> Reminder | None:
    """Return a reminder with what is owed now; none where nothing is owed of its anchor."""
    owed = standing(reminder.merchant_id, (one.number for one in reminder.invoices))
    if reminder.anchor not in owed:
        return None
    named = (one.number for one in reminder.invoices if one.number in owed)
    invoices = tuple(
        reminded_invoice(open_invoice(owed[number], owed[number].receivable)) for number in named
    )
    return reminder.model_copy(update={"invoices": invoices, "amounts": sums_of(invoices)})
