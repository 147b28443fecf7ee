"""Watch the gateways: pull what they never send, look up what waits, ring for refunds that are due.

What is pulled or looked up goes through the same queue and the same booking as any event, under a
deterministic id; this operation writes nothing into the books itself. A refund request whose next
step never came stands on its work queue, and is rung for here.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from kassa.adapters import clock, cursors, queues, secrets, waiting
from kassa.adapters.gateways import stripe
from kassa.adapters.refund_queues import RefundQueues
from kassa.adapters.secrets import ApiAccess
from kassa.domain.events import Delivery, Subject
from kassa.domain.refund_life import RequestState
from kassa.errors import GatewayError, UnknownGateway
from kassa.observability import logger, metrics
from kassa.settings import settings

OVERLAP = timedelta(minutes=5)  # read again, since lists may be a little behind
WINDOW = timedelta(days=1)  # read at once; a longer backlog is read window by window
LOOK_UP_AFTER = timedelta(hours=1)
ALARM_AFTER = timedelta(days=3)
STUCK_AFTER = timedelta(hours=6)  # a refund that is due and makes no step
RESERVE_S = 10.0  # kept back for the call under way
BALANCE = "balance_transactions"

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
            access = secrets.api_access(gateway, account)
            queued["pulled"] += _pull(gateway, account, access, time_left_s)
        except (GatewayError, UnknownGateway) as error:
            logger.warning("gateway not read", gateway=gateway, account=account, reason=str(error))
            metrics.add_metric(name="GatewayNotRead", unit="Count", value=1)
    queued["looked_up"] = _look_up_waiting(time_left_s)
    queued["rung"] = _ring_due(time_left_s)
    logger.info("gateways watched", extra=queued)
    return queued


def _pull(gateway: str, account: str, access: ApiAccess, time_left_s: TimeLeft) -> int:
    """Queue the balance transactions since the last run, a day at a time."""
    # A webhook knows the order; let it come first where there is one.
    until = clock.now() - timedelta(seconds=settings().pull_after_s)
    start = cursors.read(gateway, account, BALANCE)
    if start is None:  # noted before anything is read, so that failing runs don't move it
        start = access.opened_at or until - WINDOW
        cursors.advance(gateway, account, BALANCE, start)
    queued = 0
    while start < until and time_left_s() > RESERVE_S:
        end = min(start + WINDOW, until)
        before = end if end < until else None
        found = stripe.balance_transactions(access, start - OVERLAP, before)
        queued += queues.queue_deliveries(
            _delivery(gateway, account, access, "balance_transaction", transaction)
            for transaction in found
            if transaction["created"] < end.timestamp()
        )
        cursors.advance(gateway, account, BALANCE, end)
        start = end
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
        access = secrets.api_access(gateway, account)
        found = stripe.look_up(access, payment.subject_id)
    except (GatewayError, UnknownGateway) as error:
        logger.warning("look-up failed", payment_id=payment.subject_id, reason=str(error))
        return
    for body in found:
        yield _delivery(gateway, account, access, "look_up", body)


def _delivery(
    gateway: str, account: str, access: ApiAccess, kind: str, body: dict[str, Any]
) -> Delivery:
    """Wrap what was read at a gateway in an event of a deterministic id.

    A balance transaction never changes, so its id is enough; what is looked up may, so its
    content counts too.
    """
    if kind == "balance_transaction":
        event_id = f"balance:{body['id']}"
    else:
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
        event_id = f"look_up:{body['id']}:{digest}"
    envelope = {
        "id": event_id,
        "type": f"kassa.{kind}",
        "created": body.get("created", 0),
        "data": {"object": body},
    }
    return Delivery(
        gateway=gateway,
        account=account,
        merchant_id=access.merchant_id,
        mode=access.mode,
        received_at=_whole_seconds(clock.now()),
        origin="pull" if kind == "balance_transaction" else "look_up",
        body_base64=base64.b64encode(json.dumps(envelope).encode()).decode(),
        opened_at=access.opened_at,
    )


def _whole_seconds(now: datetime) -> datetime:
    return now.replace(microsecond=0)
