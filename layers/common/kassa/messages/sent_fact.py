"""That a message was sent, as a fact for reports: which, by what, to whom of the two audiences."""

from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import NO_MONEY
from kassa.deliveries.delivery import LEFT, Delivery
from kassa.deliveries.facts import MessageSent
from kassa.messages.plan import Message


def sent_facts(sent: Delivery, message: Message) -> list[Fact[MessageSent]]:
    """Return what to publish of a delivery: that a carrier took it, where one did."""
    return [_sent_fact(sent, message)] if sent.status in LEFT else []


def _sent_fact(sent: Delivery, message: Message) -> Fact[MessageSent]:
    """Return the fact of a delivery that a carrier took; the same delivery is the same fact."""
    of, delivery_id = message.fact.metadata, sent.delivery_id
    sent_at = sent.attempted_at or sent.created_at
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
            booked_at=sent_at,
        ),
        data=MessageSent(
            object_id=delivery_id,
            occurred_at=sent_at,
            amount=NO_MONEY,
            message=message.row.message,
            channel=sent.channel,
            audience=message.row.audience,
        ),
    )
