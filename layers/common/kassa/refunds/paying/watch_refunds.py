"""Enqueue the refunds that are due; look up those a gateway took and never reported."""

from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from kassa.gateways import dispatch, registry
from kassa.gateways.read import delivery_of
from kassa.gateways.registry import Ability
from kassa.intake import deliveries
from kassa.ledger.pull_events import RESERVE_S
from kassa.ledger.resolve_waiting import look_up
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.keep_going import keep_going
from kassa.platform.telemetry import logger, metrics
from kassa.refunds.lifecycle.cases import RefundCase, submission_of
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.lists import RefundQueues
from kassa.refunds.paying import wake_up

STUCK_AFTER = timedelta(hours=6)  # a refund that is due and makes no step
_TAKEN = (RequestState.ACCEPTED, RequestState.PAID)  # and an event of it is still to come
_DECIDED = (RequestState.ESCALATED, RequestState.REJECTED)  # while nobody knows what was paid


def enqueue_due_refunds(time_left_s: TimeLeft) -> int:
    """Enqueue refund requests that are due; return how many messages were taken."""
    now, enqueued = clock.now(), 0
    for case in takewhile(lambda _: time_left_s() > RESERVE_S, RefundQueues().due(now)):
        named = case.lifecycle.refund_request_id
        enqueued += (
            keep_going("enqueued", partial(_enqueued, case, now), refund_request_id=named) or 0
        )
    return enqueued


def _enqueued(case: RefundCase, now: datetime) -> int:
    """Enqueue one that is due, also where looking it up fails."""
    lifecycle = case.lifecycle
    if lifecycle.state in _TAKEN or (lifecycle.state in _DECIDED and lifecycle.may_be_with_gateway):
        named = {"refund_request_id": lifecycle.refund_request_id}
        keep_going("enqueued", lambda: look_up_refund(case), **named)
    elif lifecycle.state is not RequestState.ESCALATED and _is_stuck(lifecycle.next_check_at, now):
        logger.warning("refund stuck", refund_request_id=lifecycle.refund_request_id)
        metrics.add_metric(name="RefundStuck", unit="Count", value=1)
    if lifecycle.state is RequestState.REJECTED and lifecycle.may_be_with_gateway:
        logger.warning("refund unresolved", refund_request_id=lifecycle.refund_request_id)
        metrics.add_metric(name="RefundUnresolved", unit="Count", value=1)
    return wake_up.enqueue_refunds([lifecycle.refund_request_id])


def _is_stuck(next_check_at: datetime | None, now: datetime) -> bool:
    return next_check_at is not None and next_check_at < now - STUCK_AFTER


def look_up_refund(case: RefundCase) -> None:
    """Queue how a refund's payment stands, and whose refund it is where the gateway can't say."""
    payment, refund_id = case.request.payment, case.lifecycle.refund_id
    if refund_id is not None and registry.can(payment.gateway, Ability.NAMED_REFUND):
        body = dispatch.named_refund(submission_of(case), refund_id)
        named = delivery_of(payment.gateway, payment.account, "look_up", body)
        deliveries.queue_deliveries([named])
    look_up(payment)
