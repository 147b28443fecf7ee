"""Send the messages that follow from a fact, each once to each recipient.

A queue's message is a fact, or a wake-up that names a delivery which waited or is driven again.
"""

from kassa.core import stored
from kassa.core.errors import DeliveryNotFound
from kassa.deliveries import queues
from kassa.deliveries.delivery import Channel, Outcome, Reason, Status, new_delivery
from kassa.deliveries.store import Deliveries
from kassa.messages.catalog import row_of, rows_of
from kassa.messages.facts import MessageFact
from kassa.messages.plan import Message, channels_of, is_old, is_switched_off
from kassa.messages.recipients import recipient_named, recipients
from kassa.messages.settings.settings_store import SettingsVersions
from kassa.messages.situations.read_situation import read_situation
from kassa.messages.try_delivery import publish_sent, settle, try_delivery
from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import metrics


def send_message(body: str) -> None:
    """Take one message of the queue.

    Raises StaleWrite while another attempt at the same delivery is under way, and what the table
    raises: the message must come back.
    """
    metrics.add_metric(name="MessageFactReceived", unit="Count", value=1)
    if (delivery_id := queues.woken(body)) is not None:
        _resume(delivery_id)
    else:
        _tell_all(event_bus.read_fact(MessageFact, body))


def _tell_all(fact: MessageFact) -> None:
    """Tell a fact as each message that follows from it, by each channel that is on."""
    saved = SettingsVersions(settings().merchant_id).newest()
    switched_on = [
        (row, channel)
        for row in rows_of(fact.data.fact)
        for channel in channels_of(row, fact, saved)
        if not is_switched_off(row, channel, saved)
    ]
    if switched_on:
        now_is = read_situation(fact)
    for row, channel in switched_on:
        _tell(Message(row, fact, now_is, saved), channel)


def _tell(message: Message, channel: Channel) -> None:
    """Tell a fact to everybody whom a row names; one that doesn't concern it leaves nothing."""
    if not message.row.concerns(message.fact.data, message.now_is):
        return
    for recipient in recipients(message, channel):
        name = message.row.message.value
        new = new_delivery(message.fact, channel, recipient.name, clock.now(), message=name)
        deliveries = Deliveries(new.merchant_id)
        kept = deliveries.find(new.delivery_id)
        if kept is not None and kept.status is not Status.SENDING:
            publish_sent(kept, message)
            continue  # it was told, or waits for its time
        if is_old(message.fact, clock.now()):
            deliveries.skip(new, Reason.OUTDATED)
        else:
            try_delivery(message, new, recipient)


def _resume(delivery_id: str) -> None:
    """Try a delivery again that waited, or that a person drives."""
    kept = Deliveries(settings().merchant_id).find(delivery_id)
    if kept is None:
        raise DeliveryNotFound(delivery_id)
    fact = stored.read_text(MessageFact, kept.payload)
    row = row_of(fact.data.fact, kept.message)
    saved = SettingsVersions(kept.merchant_id).newest()
    if row is None or is_switched_off(row, kept.channel, saved):
        settle(kept, Outcome(Status.SKIPPED, Reason.SWITCHED_OFF))
        return
    message = Message(row, fact, read_situation(fact), saved)
    publish_sent(kept, message)
    try_delivery(message, kept, recipient_named(message, kept.channel, kept.recipient))
