"""Look up what became of an attempt whose outcome is unknown, and write it down.

What was learnt is written, and so is that nothing was: when it is to be looked at again, or that
only a person can know.
"""

from kassa.checkout.find_hosted_checkout import checked, learnt
from kassa.core.errors import StaleWrite
from kassa.orders.attempts import Attempt
from kassa.orders.lifecycle import with_attempt
from kassa.orders.next_step import Do, next_step
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 1.0


def resolve_attempt(order_id: str, orders: Orders, time_left_s: TimeLeft) -> Attempt | None:
    """Find out about an order's unknown attempt and return how it stands now.

    One that is known already, or being looked up by another request, is left as it is. A silent
    gateway is no error here: it is noted when to look again.
    """
    try:
        return retry_on_conflict(lambda: _resolved(order_id, orders), time_left_s, RESERVE_S)
    except StaleWrite:
        logger.warning("checkout not resolved", order_id=order_id)
        return orders.named(order_id).lifecycle.last


def _resolved(order_id: str, orders: Orders) -> Attempt | None:
    case = orders.named(order_id)
    last = case.lifecycle.last
    is_under_way = next_step(case.lifecycle, clock.now()) is Do.WAIT
    if last is None or is_under_way:
        return last
    if not last.is_unknown and (last.next_check_at is None or clock.now() < last.next_check_at):
        return last
    after = learnt(case.order, last) if last.is_unknown else checked(case.order, last)
    orders.keep(case.lifecycle, with_attempt(case.lifecycle, after))
    _account(order_id, after)
    return after


def _account(order_id: str, attempt: Attempt) -> None:
    """Log what was learnt; count for an alarm what only a person can find out."""
    logger.info(
        "checkout resolved",
        order_id=order_id,
        attempt=attempt.number,
        gateway=attempt.gateway,
        state=attempt.state,
    )
    if attempt.is_unknown and attempt.next_check_at is None:
        metrics.add_metric(name="CheckoutUnknownTooLong", unit="Count", value=1)
        logger.error("checkout unknown for good", order_id=order_id, attempt=attempt.number)
