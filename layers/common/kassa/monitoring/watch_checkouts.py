"""Watch the checkouts that nobody reported, and the payments that no list would report."""

from functools import partial
from itertools import takewhile

from kassa.checkout.alarm_part_payment import alarm_part_payment
from kassa.checkout.resolve_attempt import resolve_attempt
from kassa.ledger.pull_events import RESERVE_S
from kassa.ledger.resolve_waiting import look_up
from kassa.orders.next_step import missed_payment
from kassa.orders.queues import OrderQueue
from kassa.orders.store import Orders
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.keep_going import keep_going
from kassa.platform.settings import settings


def watch_checkouts(time_left_s: TimeLeft) -> int:
    """Look up each order that is due, whatever becomes of the others; return how many were."""
    orders, resolved = Orders(settings().merchant_id), 0
    due = OrderQueue().due(clock.now())
    for order_id in takewhile(lambda _: time_left_s() > RESERVE_S, due):
        act = partial(_resolved, order_id, orders, time_left_s)
        resolved += keep_going("resolved", act, order_id=order_id) or 0
    return resolved


def _resolved(order_id: str, orders: Orders, time_left_s: TimeLeft) -> int:
    alarm_part_payment(order_id, orders)
    attempt = resolve_attempt(order_id, orders, time_left_s)
    missed = missed_payment(attempt)
    if missed is not None:
        look_up(missed)
    return int(attempt is not None and not attempt.is_unknown)
