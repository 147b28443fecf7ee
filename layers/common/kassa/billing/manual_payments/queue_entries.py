"""Queue what people said of payments, as events of the gateway `manual`: at once, or by the clock.

What is said stands in the table first. So whatever dies between the table and EventsQueue, the
clock's next round finds it, and queueing it twice books it once.
"""

import base64
from collections.abc import Iterator
from datetime import timedelta
from itertools import takewhile

from botocore.exceptions import BotoCoreError, ClientError

from kassa.billing.manual_payments.entry_store import Entries, KeptEntry
from kassa.core import stored
from kassa.core.errors import QueueUnavailable, StaleWrite
from kassa.gateways.events import Delivery
from kassa.gateways.manual.entries import events_of
from kassa.gateways.registry import MANUAL
from kassa.intake.deliveries import queue_deliveries
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger, reason_of

RESERVE_S = 2.0  # kept back for queueing and answering
QUEUED_WITHIN = timedelta(minutes=1)  # what isn't by then was cut off


def queue_entry(kept: KeptEntry, entries: Entries) -> None:
    """Queue all that was said of a payment; what the queue doesn't take is queued by the clock."""
    if kept.is_queued:
        return
    try:
        queue_deliveries(_deliveries(kept))
        entries.note_queued(kept)
    except (QueueUnavailable, StaleWrite, ClientError, BotoCoreError) as error:
        payment_id = kept.entry.payment_id
        logger.warning("entry not queued", payment_id=payment_id, reason=reason_of(error))


def queue_entries(time_left_s: TimeLeft) -> int:
    """Queue what was cut off between the table and EventsQueue; return how many."""
    entries, queued = Entries(settings().merchant_id), 0
    waiting = list(entries.unqueued(clock.now() - QUEUED_WITHIN))
    for payment_id in takewhile(lambda _: time_left_s() > RESERVE_S, waiting):
        queue_entry(entries.named(payment_id), entries)
        queued += 1
    return queued


def _deliveries(kept: KeptEntry) -> Iterator[Delivery]:
    """Yield what isn't queued yet: each version of an entry says one thing more."""
    for event in events_of(kept.entry)[kept.queued_version :]:
        body = stored.text(event, exclude_none=True).encode()
        yield Delivery(
            gateway=MANUAL,
            account=kept.entry.account,
            merchant_id=settings().merchant_id,
            mode="live",
            received_at=clock.now().replace(microsecond=0),
            origin="entry",
            body_base64=base64.b64encode(body).decode(),
        )
