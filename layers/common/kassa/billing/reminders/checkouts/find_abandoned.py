"""Finds orders whose customers left them, once each, as they come of age.

Orders are looked at once, in the order in which they were sent, up to an age at which who still
wants to pay has paid. Who left within the night is told in the morning, if that isn't too late.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.billing.reminders.checkouts.abandoned import is_abandoned, is_alike, is_bought_otherwise
from kassa.billing.reminders.checkouts.store import Abandonments
from kassa.billing.reminders.policy.model import Abandoned, PolicyRules
from kassa.billing.reminders.records import AbandonedCheckout, abandoned_fact
from kassa.billing.reminders.runs import Runs
from kassa.core.merchant import Merchant
from kassa.orders import keys as order_keys
from kassa.orders import lists as order_lists
from kassa.orders.views import OrderCase
from kassa.platform import keys, table
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import event_bus
from kassa.platform.telemetry import logger

RESERVE_S = 10.0  # kept back for what is begun
HOUR = timedelta(hours=1)


def find_abandoned(
    merchant: Merchant, policy: PolicyRules, now: datetime, time_left_s: TimeLeft
) -> int:
    """Publish which orders were left, up to the policy's age; return how many.

    Raises NotPublished where the bus took no fact: it stands then, and the next run publishes it.
    """
    if policy.abandoned is None:
        return 0
    runs, found = Runs(merchant.merchant_id), 0
    for since, until in _hours(runs.looked_until(), policy.abandoned, now):
        if time_left_s() <= RESERVE_S:
            break
        for case in _left(merchant.merchant_id, since, until):
            found += _is_published(merchant.merchant_id, case, now)
        runs.keep_looked(until)
    return found


def publish_abandoned(abandoned: AbandonedCheckout) -> None:
    """Publish that an order was left, which is written already, and note that."""
    event_bus.publish([abandoned_fact(abandoned)])
    Abandonments(abandoned.merchant_id).note_published(abandoned)
    logger.info("abandoned checkout published", order_id=abandoned.order_id)


def _hours(
    looked_until: datetime | None, policy: Abandoned, now: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield spans of an hour at most that weren't looked at; one that is too old is passed over."""
    earliest = now - timedelta(hours=policy.until_hours)
    last = now - timedelta(hours=policy.after_hours)
    since = max(looked_until, earliest) if looked_until else earliest
    while since < last:
        until = min(since + HOUR, last)
        yield since, until
        since = until


def _left(merchant_id: str, since: datetime, until: datetime) -> Iterator[OrderCase]:
    """Yield the orders sent from one instant up to another that were left, as they stand now."""
    days = sorted({keys.to_the_second(one)[:10] for one in (since, until)})
    listed = [
        order_keys.ordered(merchant_id, day, shard)
        for day in days
        for shard in range(keys.BOOKED_SHARDS)
    ]
    pages = (page for partition in listed for page in _pages(partition, since, until))
    for page in pages:
        yield from (case for _, case in order_lists.cases(page) if is_abandoned(case))


def _pages(partition: str, since: datetime, until: datetime) -> Iterator[list[table.Item]]:
    return table.pages(
        IndexName="GSI1",
        KeyConditionExpression="GSI1PK = :day AND GSI1SK BETWEEN :since AND :until",
        ExpressionAttributeValues=table.typed(
            {
                ":day": partition,
                ":since": keys.to_the_second(since),
                ":until": keys.to_the_second(until),
            }
        ),
        Limit=table.AT_ONCE // 2,  # each leads to two items
    )


def _is_left_to_another(merchant_id: str, case: OrderCase, newest: list[OrderCase]) -> bool:
    """Tell whether the customer was told of the same cart, or will be by a newer order of it."""
    cart = [one.order.order_id for one in newest if is_alike(case.order, one.order)]
    if cart and cart[0] != case.order.order_id:
        return True
    return bool(Abandonments(merchant_id).known(cart))


def _is_published(merchant_id: str, case: OrderCase, now: datetime) -> bool:
    order = case.order
    others = order_lists.newest(merchant_id, order.customer_id)
    if is_bought_otherwise(order, others) or _is_left_to_another(merchant_id, case, others):
        return False
    abandoned = AbandonedCheckout(
        merchant_id=merchant_id,
        customer_id=order.buyer_id,
        order_id=order.order_id,
        amount=order.amount,
        decided_at=now,
    )
    if not Abandonments(merchant_id).begin(abandoned):
        return False
    publish_abandoned(abandoned)
    return True
