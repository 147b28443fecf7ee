"""Resume deliveries: wake the consumers of those whose next attempt is due, or never ended.

It decides nothing: a consumer that is woken too often finds nothing to do.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from itertools import takewhile

from kassa.deliveries import lists, queues
from kassa.deliveries.delivery import Channel, Delivery
from kassa.platform import clock
from kassa.platform.keep_going import keep_going
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, metrics

RESERVE_S = 10.0


def resume_deliveries(time_left_s: Callable[[], float]) -> dict[str, int]:
    """Enqueue every delivery that is due; return how many messages each channel's queue took.

    A queue that takes none is logged and left for the next run; the others go on.
    """
    metrics.add_metric(name="DeliveriesResumed", unit="Count", value=1)
    by_channel: dict[Channel, list[Delivery]] = defaultdict(list)
    now = clock.now()
    due = lists.due(settings().merchant_id, now)
    oldest_s = 0.0
    for delivery in takewhile(lambda _: time_left_s() > RESERVE_S, due):
        by_channel[delivery.channel].append(delivery)
        oldest_s = max(oldest_s, (now - delivery.created_at).total_seconds())
    metrics.add_metric(name="DeliveryOldestSeconds", unit="Seconds", value=oldest_s)
    enqueued = {
        str(channel): keep_going("resumed", partial(queues.enqueue, channel, found)) or 0
        for channel, found in by_channel.items()
    }
    logger.info("deliveries resumed", extra={"enqueued": sum(enqueued.values())})
    return enqueued
