"""That a message was sent, as a fact for reports: which, by what, to whom of the two audiences."""

from datetime import datetime

from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import NO_MONEY
from kassa.deliveries.delivery import Delivery
from kassa.deliveries.facts import MessageSent
from kassa.messages.plan import Message


def sent_fact(sent: Delivery, message: Message, now: datetime) -> Fact[MessageSent]:
    """Return the fact of a delivery that a carrier took; the same delivery is the same fact."""
    of, delivery_id = message.fact.metadata, sent.delivery_id
    return Fact[MessageSent](
        metadata=FactMetadata(
            fact_id=f"{delivery_id}:{delivery_id}:MessageSent",
            event_id=delivery_id,
            merchant_id=sent.merchant_id,
            gateway=of.gateway,
            account=of.account,
            subject_kind="message",
            subject_id=delivery_id,
            version=1,
            booked_at=now,
        ),
        data=MessageSent(
            object_id=delivery_id,
            occurred_at=now,
            amount=NO_MONEY,
            message=message.row.message,
            channel=sent.channel,
            audience=message.row.audience,
        ),
    )
