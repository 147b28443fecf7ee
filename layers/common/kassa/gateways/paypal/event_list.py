"""Lists PayPal's events, delivered or not."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from kassa.core.errors import GatewayUnavailable
from kassa.gateways.parsing import Body, parts, text
from kassa.gateways.paypal.client import get
from kassa.gateways.paypal.parsing import instant
from kassa.gateways.ports import Page
from kassa.platform.secrets import ApiAccess

REACH = timedelta(days=30)  # so far back PayPal lists events
FIRST = timedelta(days=1)  # read at first, where the books were opened at no known time
WINDOW = timedelta(days=1)  # of events read in one go
OVERLAP = timedelta(minutes=5)
EVENTS_PAGE, PAGES_MAX = 100, 400


def list_events(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the events since a cursor, a day at a time."""
    start = max(start_of(access, read_until, until), until - REACH + OVERLAP)
    while start < until:
        end = min(start + WINDOW, until)
        yield Page(_events(access, start - OVERLAP, end), written(end))
        start = end


def _events(access: ApiAccess, start: datetime, end: datetime) -> Iterator[bytes]:
    query = {
        "page_size": str(EVENTS_PAGE),
        "start_time": written(start),
        "end_time": written(end),
    }
    page = get(access, "/v1/notifications/webhooks-events", query) or {}
    for _ in range(PAGES_MAX):
        yield from (json.dumps(event).encode() for event in parts(page, "events"))
        rest = _next(page)
        if rest is None:
            return
        page = get(access, rest) or {}
    raise GatewayUnavailable("PayPal lists events without an end")


def _next(page: Body) -> str | None:
    """Return the path of the next page; its host is ours to choose, whatever the link says."""
    links = {one.get("rel"): text(one.get("href")) for one in parts(page, "links")}
    _, slash, rest = (links.get("next") or "").partition("/v1/notifications/")
    return slash + rest if slash else None


def start_of(access: ApiAccess, read_until: str | None, until: datetime) -> datetime:
    """Return where a walk begins: at its cursor, where the books were opened, or a day ago."""
    return instant(read_until) or access.opened_at or until - FIRST


def written(at: datetime) -> str:
    """Return an instant as PayPal's queries and our cursors write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
