"""That an event which no webhook brought was booked, as a fact for reports."""

from datetime import datetime
from typing import NamedTuple

from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import NO_MONEY
from kassa.gateways.events import Subject
from kassa.intake.facts import EventHealed


class Healed(NamedTuple):
    """An event that was booked, though nobody delivered it."""

    event_id: str
    subject: Subject
    merchant_id: str
    origin: str
    gateway_type: str
    booked_at: datetime


def healed_fact(healed: Healed) -> Fact[EventHealed]:
    """Return the fact of an event that no webhook brought."""
    subject, event_id, at = healed.subject, healed.event_id, healed.booked_at
    return Fact[EventHealed](
        metadata=FactMetadata(
            fact_id=f"{subject.subject_id}:{event_id}:EventHealed",
            event_id=event_id,
            merchant_id=healed.merchant_id,
            gateway=subject.gateway,
            account=subject.account,
            subject_kind=subject.kind,
            subject_id=subject.subject_id,
            version=1,
            booked_at=at,
        ),
        data=EventHealed(
            object_id=event_id,
            occurred_at=at,
            amount=NO_MONEY,
            origin=healed.origin,
            gateway_type=healed.gateway_type,
        ),
    )
