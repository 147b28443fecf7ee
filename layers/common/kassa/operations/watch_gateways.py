"""Watch the gateways: pull what they never send, look up what waits, ring for refunds that are due.

What is pulled or looked up goes through the same queue and the same booking as any event, under a
deterministic id; this operation writes nothing into the books itself. A refund request whose next
step never came stands on its work queue, and is rung for here.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile

from kassa.adapters import clock, queues, waiting
from kassa.adapters.gateways import calls, registry
from kassa.adapters.gateways.registry import Ability
from kassa.adapters.refund_queues import RefundQueues
from kassa.domain.events import Delivery, Subject
from kassa.domain.refund_life import RequestState
from kassa.errors import GatewayError, UnknownGateway
from kassa.observability import logger, metrics
from kassa.operations.pull_events import RESERVE_S, delivery_of, pull_events
from kassa.settings import settings

LOOK_UP_AFTER = timedelta(hours=1)
ALARM_AFTER = timedelta(days=3)
STUCK_AFTER = timedelta(hours=6)  # a refund that is due and makes no step

TimeLeft = Callable[[], float]


def watch_gateways(time_left_s: TimeLeft) -> dict[str, int]:
    """Pull balance transactions, look up what waits, ring for due refunds; return how many each.

    An account whose gateway doesn't answer is logged and left for the next run; the others go on.
    """
    metrics.add_metric(name="GatewaysWatched", unit="Count", value=1)
    queued = {"pulled": 0, "looked_up": 0, "rung": 0}
    for name in settings().gateway_accounts.split(","):
        gateway, _, account = name.strip().partition("/")
        try:
            queued["pulled"] += pull_events(gateway, account, time_left_s)
        except (GatewayError, UnknownGateway) as error:
            logger.warning("gateway not read", gateway=gateway, account=account, reason=str(error))
            metrics.add_metric(name="GatewayNotRead", unit="Count", value=1)
    queued["looked_up"] = _look_up_waiting(time_left_s)
    queued["rung"] = _ring_due(time_left_s)
    logger.info("gateways watched", extra=queued)
    return queued


def _look_up_waiting(time_left_s: TimeLeft) -> int:
    """Look up what has waited an hour; count for an alarm what has waited three days."""
    now = clock.now()
    waits = waiting.since(now - LOOK_UP_AFTER)
    too_long = sum(one.since < now - ALARM_AFTER for one in waits)
    metrics.add_metric(name="WaitingTooLong", unit="Count", value=too_long)
    in_time = takewhile(lambda _: time_left_s() > RESERVE_S, waits)
    return queues.queue_deliveries(d for one in in_time for d in _looked_up(one.subject))


def _ring_due(time_left_s: TimeLeft) -> int:
    """Ring for refund requests that are due; look up what the gateway took and never told of."""
    now, rung = clock.now(), 0
    for case in takewhile(lambda _: time_left_s() > RESERVE_S, RefundQueues().due(now)):
        life = case.life
        if life.state is RequestState.ACCEPTED:
            queues.queue_deliveries(_looked_up(case.request.payment))
        elif life.state is not RequestState.ESCALATED and _is_stuck(life.wakes_at, now):
            logger.warning("refund stuck", refund_request_id=life.refund_request_id)
            metrics.add_metric(name="RefundStuck", unit="Count", value=1)
        rung += queues.ring_refunds([life.refund_request_id])
    return rung


def _is_stuck(wakes_at: datetime | None, now: datetime) -> bool:
    return wakes_at is not None and wakes_at < now - STUCK_AFTER


def _looked_up(payment: Subject) -> Iterator[Delivery]:
    gateway, account = payment.gateway, payment.account
    try:
        if not registry.can(gateway, Ability.LOOK_UP):
            return
        found = calls.look_up(payment)
    except (GatewayError, UnknownGateway) as error:
        logger.warning("look-up failed", payment_id=payment.subject_id, reason=str(error))
        return
    for body in found:
        yield delivery_of(gateway, account, "look_up", body)
