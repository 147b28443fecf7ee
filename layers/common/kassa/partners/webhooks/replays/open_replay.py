"""Open a replay: one at a time an endpoint, of a window that is over."""

import json
import secrets
from datetime import datetime

from kassa.audit.trail import Actor
from kassa.core.errors import Conflict
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.replays.store import Replays
from kassa.partners.webhooks.replays.window import Replay, require_window
from kassa.platform import clock
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings


def open_replay(
    endpoint_id: str, window: tuple[datetime, datetime], by: Actor, *, is_missed_only: bool
) -> Replay:
    """Begin a replay and return it.

    The same once more lets one that stopped go on. Raises NotFound, InvalidRequest for a
    window that can't be, and Conflict while another is under way or the endpoint is disabled.
    """
    now, (begins_at, ends_at) = clock.now(), window
    endpoint = Endpoints(settings().merchant_id).named(endpoint_id)
    if not endpoint.is_active:
        raise Conflict("the endpoint is disabled: enable it first")
    require_window(begins_at, ends_at, now)
    replays = Replays(settings().merchant_id)
    latest = replays.latest(endpoint.endpoint_id)
    if latest is not None and latest.is_same(window, is_missed_only) and latest.is_running:
        go_on(latest)  # asked for again: whatever stopped it, it goes on
        return latest
    replay = Replay(
        replay_id=f"rp_{secrets.token_hex(6)}",
        endpoint_id=endpoint.endpoint_id,
        begins_at=begins_at,
        ends_at=ends_at,
        is_missed_only=is_missed_only,
        day=begins_at.date(),
        started_at=now,
        moved_at=now,
    )
    replays.start(replay, by)
    go_on(replay)
    return replay


def go_on(replay: Replay) -> None:
    """Enqueue the next page of a replay."""
    body = {"endpoint_id": replay.endpoint_id, "replay_id": replay.replay_id}
    message = json.dumps({"replay": body})
    sqs.send_fairly(settings().webhooks_queue_url, [(message, f"replay:{replay.endpoint_id}")])
