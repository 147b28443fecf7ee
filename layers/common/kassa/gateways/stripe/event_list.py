"""Lists Stripe's events, so that those no webhook brought are booked too.

All are listed, delivered or not: what was sent while the endpoint was switched off or named other
types counts as delivered to nobody. What we have already is only repeated.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from kassa.gateways.event_types import Outcome, outcome_of
from kassa.gateways.parsing import Body
from kassa.gateways.ports import Page
from kassa.gateways.stripe import client
from kassa.platform.secrets import ApiAccess

KEPT = timedelta(days=30)  # what is older, Stripe lists no more
OVERLAP = timedelta(minutes=1)  # read again, since lists may be a little behind
WINDOW = timedelta(days=1)  # read at once; a longer backlog is read window by window


def list_events(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the events since a cursor, as a webhook would have brought them.

    Without a cursor it begins a day ago.
    """
    oldest = until - KEPT
    if read_until is None:  # noted before anything is read, so that failing runs don't move it
        start = until - WINDOW
        yield Page((), start.isoformat())
    else:
        start = max(datetime.fromisoformat(read_until), oldest)
    while start < until:
        end = min(start + WINDOW, until)
        found = _events(access, start - OVERLAP, end)
        yield Page((json.dumps(event).encode() for event in found), end.isoformat())
        start = end


def _events(access: ApiAccess, since: datetime, before: datetime) -> Iterator[Body]:
    """Walk the events of a window that our reader acts on."""
    created = {"gte": int(since.timestamp()), "lt": int(before.timestamp())}
    params: dict[str, Any] = {"limit": client.PAGE, "created": created}
    for event in client.walk(client.of(access).v1.events.list, params):
        if outcome_of("stripe", event["type"]) is Outcome.BOOKED:
            yield event
