"""Take a refund request as far as it can go now, and publish what became of it.

It is woken by whoever changed the request, by the facts of its refund, and by watch_gateways
where no message came. It decides nothing and posts nothing: what comes next follows from the
request and its payment alone, so waking it twice, late or out of order does no harm.
"""

from datetime import datetime, timedelta

from kassa.gateways import dispatch
from kassa.gateways.registry import Ability
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, noted
from kassa.refunds.lifecycle.next_check import next_check_at
from kassa.refunds.lifecycle.next_step import EVENT_WITHIN, Do, Tries, next_step
from kassa.refunds.lifecycle.publish import facts_of
from kassa.refunds.paying import wake_up
from kassa.refunds.paying.steps import take_step
from kassa.refunds.store import RefundRequests

RESERVE_S = 2.0  # kept back for publishing
STEPS_MAX = 8  # more than any request takes at once
SOON = timedelta(minutes=15)  # what is due sooner is enqueued by itself


def pay_refund(
    refund_request_id: str | None, requests: RefundRequests, time_left_s: TimeLeft
) -> None:
    """Go on with a request until nothing more is due, then publish its changes.

    A refund made in the gateway's dashboard is about no request, and its metadata is free text:
    what names none of ours is left alone. Raises StaleWrite when others kept changing the request
    until the time ran out, NotPublished when the bus refused facts; then the message must come
    back.
    """
    metrics.add_metric(name="RefundEnqueued", unit="Count", value=1)
    if refund_request_id is not None:
        logger.append_keys(correlation_id=refund_request_id)
    retry_on_conflict(lambda: _gone_on(refund_request_id, requests), time_left_s, RESERVE_S)


def _gone_on(refund_request_id: str | None, requests: RefundRequests) -> None:
    case = requests.find(refund_request_id) if refund_request_id is not None else None
    if refund_request_id is None or case is None:
        logger.info("wake-up for no request of ours", refund_request_id=refund_request_id)
        return
    for _ in range(STEPS_MAX):
        payment = requests.payment(case.request.payment)
        tries = tries_of(case)
        step = next_step(case.lifecycle, payment, clock.now(), tries)
        if step.do is Do.NOTHING:
            break
        take_step(step, case, payment, requests, tries)
        logger.info("refund step taken", step=step.do, why=step.why)
        case = requests.named(refund_request_id)
    publish_refund(case, next_check_at(case.lifecycle, payment, clock.now(), tries), requests)


def tries_of(case: RefundCase) -> Tries:
    """Return how a case is submitted to its gateway.

    One that doesn't give our name back is looked up at once: only we know whose a refund is.
    """
    known = dispatch.refunding(case.request.payment.gateway)
    is_named = Ability.NAMED_REFUND in known.can
    return Tries(
        settings().refund_attempts_max,
        known.memory,
        event_within=timedelta(0) if is_named else EVENT_WITHIN,
        can_find=Ability.FIND_REFUND in known.can,
    )


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
