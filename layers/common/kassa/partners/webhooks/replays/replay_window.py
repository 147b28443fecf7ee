"""Replay a window: tell an endpoint once more what it was told between two instants.

The deliveries themselves are what is read: they hold every fact that the endpoint was to hear, as
it was written down, and what it missed while it was disabled. A page is one message, and a replay
remembers how far it is, so a crash repeats a page at most; what is told again has an id of its own
among deliveries, and the same webhook-id as ever.
"""

import json
from collections.abc import Mapping
from typing import Any

from kassa.deliveries import lists
from kassa.deliveries.delivery import Channel, Delivery, Outcome, Status
from kassa.deliveries.store import Deliveries
from kassa.partners.webhooks.replays.open_replay import go_on
from kassa.partners.webhooks.replays.store import Replays
from kassa.partners.webhooks.replays.window import (
    REPLAYED,
    Replay,
    is_missed,
    is_replayed,
    moved,
)
from kassa.platform import clock
from kassa.platform.index_pages import PageRequest
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger

PAGE = 50


def replay_page(named: Mapping[str, Any]) -> None:
    """Replay the next page of a replay, and go on; nothing where another took its place.

    Raises StaleWrite where another message moved it on meanwhile: this one must come back.
    """
    replays = Replays(settings().merchant_id)
    replay = replays.latest(str(named["endpoint_id"]))
    if replay is None or not replay.is_running or replay.replay_id != named["replay_id"]:
        return
    recipient = f"endpoint:{replay.endpoint_id}"
    filters = lists.DeliveryFilter(channel=Channel.WEBHOOK, recipient=recipient)
    page = PageRequest(replay.cursor, PAGE)
    found, cursor = lists.of_day(settings().merchant_id, replay.day, filters, page)
    again = [one for one in found if is_replayed(one, replay)]
    sqs.send_fairly(
        settings().webhooks_queue_url, ((_replay_message(one, replay), recipient) for one in again)
    )
    for one in filter(is_missed, again):  # nobody needs to look at it any more
        Deliveries(settings().merchant_id).end(one, Outcome(Status.SKIPPED, REPLAYED))
    after = moved(replay, cursor, len(again), clock.now())
    replays.advance(after, replay)
    if after.is_running:
        go_on(after)
        return
    logger.info("replay done", replay_id=after.replay_id, enqueued=after.enqueued)


def _replay_message(delivery: Delivery, replay: Replay) -> str:
    """Return the message that tells a delivery's fact once more."""
    return json.dumps(
        {
            "endpoint_id": replay.endpoint_id,
            "replay_id": replay.replay_id,
            "detail": json.loads(delivery.payload),
        }
    )
