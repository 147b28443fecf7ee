"""Publish how gateways answered a run of the watch: one fact an account, and no item."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex

from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.monitoring.facts import GatewayCallsCounted
from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.pacing import call_counts
from kassa.platform.pacing.answer_times import CallCounts
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


def publish_calls() -> int:
    """Publish what was counted since the last time; return of how many accounts."""
    counted = call_counts.taken()
    if counted:
        event_bus.publish(call_facts(counted, clock.now()))
    for (gateway, account), calls in sorted(counted.items()):
        logger.info(
            "gateway calls counted",
            gateway=gateway,
            account=account,
            answered=calls.answered,
            unanswered=calls.unanswered,
        )
    return len(counted)


def call_facts(
    counted: Mapping[tuple[str, str], CallCounts], now: datetime
) -> list[Fact[GatewayCallsCounted]]:
    """Return a run's facts, named by when it was and by lot: two may run at one instant."""
    return [_fact(place, calls, now) for place, calls in sorted(counted.items())]


def _fact(place: tuple[str, str], calls: CallCounts, now: datetime) -> Fact[GatewayCallsCounted]:
    gateway, account = place
    subject_id, object_id = f"{gateway}/{account}", f"watch-{now:%Y%m%dT%H%M%S%fZ}-{token_hex(4)}"
    return Fact[GatewayCallsCounted](
        metadata=FactMetadata(
            fact_id=f"{subject_id}:{object_id}:GatewayCallsCounted",
            event_id=object_id,
            merchant_id=settings().merchant_id,
            gateway=gateway,
            account=account,
            subject_kind="gateway",
            subject_id=subject_id,
            version=1,
            booked_at=now,
        ),
        data=GatewayCallsCounted(
            object_id=object_id,
            occurred_at=now,
            amount=Money(amount_minor=0, currency=settings().merchant_currency),
            **calls.model_dump(),
        ),
    )
