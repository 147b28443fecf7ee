"""Preview what reminders say: written as they will be sent, of invoices as they will stand.

What can't be known before is left: the token of the link that ends reminders, for which a stand-in
stands, and what a mail's headers say of the sending itself (its id, its date).
"""

from kassa.billing.reminders.preview.preview_reminders import ReminderText
from kassa.billing.reminders.records import INVOICES_MAX, Reminder, reminder_fact
from kassa.core.errors import InvalidRequest
from kassa.core.merchant import Merchant
from kassa.deliveries.delivery import Channel, Reason, Status
from kassa.messages.catalog import rows_of
from kassa.messages.contacts.contact_store import contact_of
from kassa.messages.plan import Message, is_switched_off, obstacle
from kassa.messages.recipients import recipients
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.messages.situations.read_customer import read_planned_reminder
from kassa.messages.unsubscribing.unsubscribe_store import link_of
from kassa.messages.write_words import NOT_WRITTEN, can_be_ended, write_mail, write_text

TOKEN_STAND_IN = "made-when-it-is-sent"


class ReminderWriter:
    """Writes what reminders of a merchant say, by the settings that are saved now."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._saved = SettingsVersions(merchant.merchant_id).newest()

    def write(self, reminder: Reminder) -> ReminderText:
        """Return what a reminder says, and why it won't be sent, where that is known already."""
        message, channel = self._message(reminder), Channel(reminder.channel.value)
        why_not = _why_not(message, channel, reminder)
        try:
            subject, text = _words(message, channel)
        except InvalidRequest:
            return ReminderText(not_sent_because=why_not or NOT_WRITTEN)
        return ReminderText(subject, text, why_not)

    def _message(self, reminder: Reminder) -> Message:
        fact = reminder_fact(reminder)
        open_minor = {one.number: one.open.amount_minor for one in reminder.invoices[:INVOICES_MAX]}
        now_is = read_planned_reminder(reminder.customer_id, open_minor, self._merchant)
        row = next(one for one in rows_of(fact.data.fact) if one.concerns(fact.data, now_is))
        return Message(row, fact, now_is, self._saved)


def _words(message: Message, channel: Channel) -> tuple[str | None, str | None]:
    if channel is Channel.LETTER:
        return None, None
    if channel is Channel.TEXT:
        return None, write_text(message)
    link = link_of(TOKEN_STAND_IN) if can_be_ended(message, channel) else None
    rendered = write_mail(message, link)
    return rendered.subject, rendered.text


def _why_not(message: Message, channel: Channel, reminder: Reminder) -> str | None:
    """Return why a reminder would be skipped; a night or a cap only puts it off."""
    if is_switched_off(message.row, channel, message.settings):
        return Reason.SWITCHED_OFF
    recipient = next(recipients(message, channel), None)
    address = recipient.address if recipient else None
    contact = contact_of(reminder.merchant_id, channel, address)
    held = obstacle(message, address, contact, reminder.decided_at)
    return held.reason if held is not None and held.status is Status.SKIPPED else None
