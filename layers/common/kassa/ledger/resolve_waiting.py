"""Look up what waits for something no event has reported: after 5 minutes, an hour, then daily."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from kassa.core.errors import GatewayError, GatewayUnavailable, UnknownGateway
from kassa.gateways import dispatch, registry
from kassa.gateways.events import Delivery, Subject
from kassa.gateways.read import delivery_of
from kassa.gateways.registry import Ability
from kassa.intake import deliveries
from kassa.ledger.lists import cursors, imports, waiting
from kassa.ledger.pull_events import RESERVE_S
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.keep_going import keep_going
from kassa.platform.telemetry import logger, metrics

SOON, LATER, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
ALARM_AFTER = timedelta(days=3)
LOOKED_UP = ("all", "all", "looked_up")  # the cursor that says when this was last done in full


def look_up_waiting(time_left_s: TimeLeft) -> int:
    """Queue how the payments stand whose time to be looked up came since the last run.

    Where a gateway doesn't answer, or the time runs out, the next run does it again. What has
    waited three days is counted for an alarm, and still looked up daily.
    """
    now, queued, is_whole = clock.now(), 0, True
    waits = waiting.since(now - SOON + timedelta(seconds=1))  # the queue knows whole seconds
    too_long = sum(one.since < now - ALARM_AFTER for one in waits)
    metrics.add_metric(name="WaitingTooLong", unit="Count", value=too_long)
    before = _last_run()
    for one in waits:
        if not is_due(one.since, before, now):
            continue
        if time_left_s() <= RESERVE_S:
            is_whole = False
            break
        act = partial(_queued, one.subject)
        found = keep_going("looked_up", act, payment_id=one.subject.subject_id)
        is_whole = is_whole and found is not None
        queued += found or 0
    if is_whole:
        cursors.advance(*LOOKED_UP, now.isoformat())
    return queued


def is_due(since: datetime, before: datetime | None, now: datetime) -> bool:
    """Tell whether a look-up's time fell between the last run and now; the first run does all."""
    if before is None:
        return now >= since + SOON
    days = (now - since) // DAY
    times = (since + SOON, since + LATER, since + days * DAY if days else since)
    return any(before < time <= now for time in times if time > since)


def look_up(payment: Subject) -> int:
    """Queue how a payment stands; a gateway that doesn't answer is left for another time."""
    return _queued(payment) or 0


def _queued(payment: Subject) -> int | None:
    """Queue how a payment stands; none where its gateway didn't answer."""
    try:
        return deliveries.queue_deliveries(_found(payment))
    except GatewayUnavailable as error:
        _warn(payment, error)
        return None


def _found(payment: Subject) -> Iterator[Delivery]:
    gateway, account = payment.gateway, payment.account
    try:
        if not registry.can(gateway, Ability.LOOK_UP):
            return
        found = dispatch.look_up(payment)
    except GatewayUnavailable:
        raise
    except (GatewayError, UnknownGateway) as error:  # looking again soon changes nothing
        _warn(payment, error)
        return
    past = imports.past_of(gateway, account)
    for body in found:
        yield delivery_of(gateway, account, "look_up", body, past)


def _warn(payment: Subject, error: Exception) -> None:
    logger.warning("look-up failed", payment_id=payment.subject_id, reason=str(error))


def _last_run() -> datetime | None:
    noted = cursors.read(*LOOKED_UP)
    return datetime.fromisoformat(noted) if noted else None
