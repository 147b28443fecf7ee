"""Track an order by what the books say of its page and its payments.

A payment that is captured after another has paid the order is a second payment: it is booked
already, and is put up for refund here, as anybody could. Nothing is posted and no gateway asked.
"""

from collections.abc import Callable

from kassa.adapters import clock
from kassa.adapters.gateways import registry
from kassa.adapters.gateways.registry import Ability
from kassa.adapters.orders import Orders
from kassa.adapters.refund_requests import RefundRequests
from kassa.domain.facts import Fact
from kassa.domain.order_hearing import captured_payment, heard, is_heard, is_of_payment, subject_of
from kassa.domain.order_life import OrderLife, is_second
from kassa.errors import UnreadableEvent
from kassa.observability import logger, metrics
from kassa.operations.races import run_until_won
from kassa.operations.refund_second_payment import notice_second_payment, refund_second_payment

RESERVE_S = 3.0  # kept back for a second payment's refund

TimeLeft = Callable[[], float]


def track_order(
    fact: Fact, orders: Orders, requests: RefundRequests, time_left_s: TimeLeft
) -> None:
    """Note a fact in its order's life; put a second payment up for refund.

    Raises StaleWrite where others kept changing the order until the time ran out, NotTold where
    the bus refused; the message must come back. Heard again, it changes nothing.
    """
    if not is_heard(fact):
        raise UnreadableEvent(f"{fact.data.fact} says nothing of an order")
    metrics.add_metric(name="OrderHeardOf", unit="Count", value=1)
    order_id = _order_of(fact, requests)
    if order_id is None:
        return
    logger.append_keys(correlation_id=fact.metadata.event_id)
    life = run_until_won(lambda: _noted(fact, order_id, orders), time_left_s, RESERVE_S)
    payment = captured_payment(fact)
    if payment is None:
        return
    if life is None:
        notice_second_payment(fact, order_id)
    elif is_second(life, payment):
        refund_second_payment(life, fact, requests, time_left_s)


def _order_of(fact: Fact, requests: RefundRequests) -> str | None:
    """Return the order a fact is about: as it says, or as its payment does."""
    said: str | None = getattr(fact.data, "order_id", None)
    if said is not None or not is_of_payment(fact):
        return said
    return requests.payment(subject_of(fact)).order_id


def _noted(fact: Fact, order_id: str, orders: Orders) -> OrderLife | None:
    """Write what a fact changes; none for an order that nobody sent."""
    case = orders.find(order_id)
    if case is None:
        logger.info("order never sent", order_id=order_id, fact=fact.data.fact)
        return None
    can_find = registry.can(fact.metadata.gateway, Ability.FIND_CHECKOUT)
    after = heard(case.life, fact, can_find, clock.now())
    orders.keep(case.life, after)
    if after is not case.life:
        logger.info("order tracked", order_id=order_id, fact=fact.data.fact, status=after.status)
    return after
