"""Read what an invoice's customer was reminded of, and the next reminder as it will be sent."""

from kassa.billing.invoices.view import InvoiceView
from kassa.billing.reminders.preview.preview_reminders import (
    PlannedReminder,
    PreviewRequest,
    Writing,
    preview,
)
from kassa.billing.reminders.store import KeptReminder, Reminded
from kassa.console.pages.invoices import RemindersRead
from kassa.core.errors import NotFound
from kassa.core.merchant import Merchant
from kassa.messages.reminders.preview_texts import ReminderWriter
from kassa.people.store import Persons
from kassa.platform.clock import TimeLeft

DAYS = 60  # that the next reminder is looked for in


def read_reminders(merchant: Merchant, of: InvoiceView, left_s: TimeLeft) -> RemindersRead:
    """Return the reminders of an open invoice: those that were decided, the next, and pauses."""
    customer_id = str(of.customer_id)
    reminded = Reminded(merchant.merchant_id)
    state = reminded.found([customer_id])[customer_id].state
    named = (of.number,) * (of.number in state.pauses) + ("",) * bool(state.paused_until)
    notes = tuple(state.notes[name] for name in named if name in state.notes)
    writing = Writing(ReminderWriter(merchant).write, left_s)
    try:
        planned = preview(merchant, PreviewRequest(DAYS, customer_id, writing))
        reminders, held = planned.reminders, planned.held
    except NotFound:  # no policy was saved, so nobody is reminded
        reminders, held = (), ()
    return RemindersRead(
        sent=tuple(one for one in reminded.reminders_of(customer_id) if _was_of(one, of)),
        planned=next((one for one in reminders if _is_of(one, of)), None),
        held=next((one.reason for one in held if one.number == of.number), None),
        paused_until=state.pauses.get(of.number),
        customer_paused_until=state.paused_until,
        notes=notes,
        names={one.person_id: one.name for one in Persons().listed()} if notes else {},
    )


def _is_of(one: PlannedReminder, of: InvoiceView) -> bool:
    return any(each.number == of.number for each in one.invoices)


def _was_of(one: KeptReminder, of: InvoiceView) -> bool:
    return any(each.number == of.number for each in one.reminder.invoices)
