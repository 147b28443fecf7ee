"""Tell what changed of a refund request, and note when it must be looked at again."""

from datetime import datetime, timedelta

from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import metrics
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, noted
from kassa.refunds.lifecycle.publish import facts_of
from kassa.refunds.paying import wake_up
from kassa.refunds.store import RefundRequests

SOON = timedelta(minutes=15)  # what is due sooner is enqueued by itself


def publish_refund(case: RefundCase, wakes: datetime | None, requests: RefundRequests) -> None:
    """Publish what wasn't yet; doing so again is safe, since a change is the same fact for ever.

    Raises StaleWrite where the request moved on meanwhile, NotPublished where the bus took only
    some.
    """
    lifecycle, now = case.lifecycle, clock.now()
    event_bus.publish(facts_of(case.request, lifecycle))
    if (
        lifecycle.state is RequestState.ESCALATED
        and lifecycle.decide_by
        and lifecycle.decide_by <= now
    ):
        metrics.add_metric(name="EscalationOverdue", unit="Count", value=1)
    if lifecycle.published < len(lifecycle.changes) or (
        lifecycle.next_check_at is not None and lifecycle.next_check_at <= now
    ):
        requests.keep(
            lifecycle, noted(lifecycle, published=len(lifecycle.changes), next_check_at=wakes)
        )
        if wakes is not None and now < wakes < now + SOON:
            wake_up.enqueue_refunds(
                [lifecycle.refund_request_id], int((wakes - now).total_seconds()) + 1
            )
