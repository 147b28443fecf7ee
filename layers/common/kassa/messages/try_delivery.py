"""Try one delivery of a message, once.

What stands in a message's way is asked before its attempt is written down, and its attempt before
it leaves. A carrier can't be asked whether it took a message, nor does it know a repeat: so an
attempt without an answer is unknown, and stays so until the carrier's own event or a person says.
"""

from kassa.core.errors import InvalidRequest
from kassa.deliveries.delivery import Delivery, Outcome, Reason, Status
from kassa.deliveries.store import Deliveries
from kassa.messages.carriers.dispatch import carrier_of
from kassa.messages.compose_message import compose_message
from kassa.messages.contacts import limits_store
from kassa.messages.contacts.contact_store import contact_of
from kassa.messages.kinds import Audience, Category
from kassa.messages.plan import Message, obstacle, tomorrow
from kassa.messages.recipients import Recipient, for_recipient
from kassa.messages.sent_fact import sent_facts
from kassa.messages.write_words import NOT_WRITTEN
from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import logger, metrics

SENT_BEFORE = "told_before"  # of the same order or card, by another fact


def try_delivery(message: Message, delivery: Delivery, recipient: Recipient) -> None:
    """Send one message, unless something stands in its way."""
    contact = contact_of(delivery.merchant_id, delivery.channel, recipient.address)
    held = obstacle(message, recipient.address, contact, clock.now())
    if held is not None or recipient.address is None:
        settle(delivery, held or Outcome(Status.SKIPPED, Reason.NO_ADDRESS))
        return
    message = for_recipient(message, recipient.address)
    try:
        out = compose_message(message, delivery, recipient.address)
    except InvalidRequest as error:
        logger.error("message not written", delivery_id=delivery.delivery_id, reason=str(error))
        settle(delivery, Outcome(Status.FAILED, NOT_WRITTEN))
        return
    if limited := _limit(message, delivery):
        settle(delivery, limited)
        return
    deliveries = Deliveries(delivery.merchant_id)
    if attempt := deliveries.begin(delivery, is_repeatable=False):
        after = deliveries.end(attempt, carrier_of(delivery.channel)(attempt, out))
        _log(after, message)


def _limit(message: Message, delivery: Delivery) -> Outcome | None:
    """Return why no more may be sent of this today, or at all; count it where it may."""
    now, merchant_id = clock.now(), delivery.merchant_id
    if (once := message.row.sent_once) is not None:
        subject = once(message.fact.data, message.now_is)
        claimed = (message.row.message, f"{subject}:{delivery.channel}")
        if not limits_store.claim(merchant_id, claimed, delivery.delivery_id, now):
            return Outcome(Status.SKIPPED, SENT_BEFORE)
    most = message.settings.most_a_day(delivery.channel)
    is_uncapped = (
        message.row.audience is Audience.STAFF or message.row.category is Category.SECURITY
    )
    if is_uncapped or most is None:
        return None
    merchant = message.now_is.merchant
    if limits_store.take(merchant_id, merchant.day_of(now), delivery.channel, most):
        return None
    metrics.add_metric(name="DailyCapReached", unit="Count", value=1)
    again_at = tomorrow(now, merchant.time_zone)
    return Outcome(Status.WAITING, Reason.DAILY_CAP, next_attempt_at=again_at)


def publish_sent(sent: Delivery, message: Message) -> None:
    """Publish that a carrier took a message, if one did; again where whoever sent it crashed."""
    event_bus.publish(sent_facts(sent, message))


def settle(delivery: Delivery, outcome: Outcome) -> None:
    """Write that nothing leaves now, unless an attempt was begun or ended before."""
    deliveries = Deliveries(delivery.merchant_id)
    if delivery.version == 0:
        deliveries.wait(delivery, outcome)
    elif attempt := deliveries.begin(delivery, is_repeatable=False):
        deliveries.end(attempt, outcome)
    logger.info(
        "message held back",
        delivery_id=delivery.delivery_id,
        status=outcome.status,
        reason=outcome.reason,
    )


def _log(after: Delivery, message: Message) -> None:
    publish_sent(after, message)
    if after.status is Status.SENT:
        metrics.add_metric(name="MessageSent", unit="Count", value=1)
    logger.info(
        "message attempted",
        delivery_id=after.delivery_id,
        message_name=after.message,
        status=after.status,
        language=message.language,
    )
