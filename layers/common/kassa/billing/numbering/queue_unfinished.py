"""Queue invoices whose request died behind their number: nobody heard of them, nothing shows them.

The number stands, and what is owed of it. The worker of invoices publishes that and makes the
documents; who hears of an invoice that is finished changes nothing.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import takewhile

from kassa.billing.documents.kinds import DocumentKind
from kassa.billing.numbering.series import PREFIXES
from kassa.billing.numbering.store import NUMBERED, Numbers, issued
from kassa.core.periods import day_of
from kassa.ledger.lists import cursors
from kassa.platform import clock, table
from kassa.platform.clock import TimeLeft
from kassa.platform.messaging import sqs
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger

GIVEN_UP_AFTER = timedelta(days=2)  # by then the dead-letter queue has it, for a person
RESERVE_S = 5.0
_OURS = "kassa"  # whose cursors these are, in a gateway's place


def queue_unfinished(time_left_s: TimeLeft) -> int:
    """Queue invoices that have no documents yet; return how many.

    How far a series is finished is remembered, so that each number is looked at about once.
    """
    merchant_id, now = settings().merchant_id, clock.now()
    zone = settings().merchant_time_zone
    years = {day_of(now, zone).year, day_of(now - GIVEN_UP_AFTER, zone).year}
    names = [f"{PREFIXES[DocumentKind.INVOICE]}{year}" for year in sorted(years)]
    return sum(_queued(merchant_id, name, time_left_s) for name in names)


def _queued(merchant_id: str, name: str, time_left_s: TimeLeft) -> int:
    last = Numbers().series(merchant_id, name).last_number
    cursor = (_OURS, merchant_id, f"invoices-{name}")
    done = finished = int(cursors.read(*cursor) or 0)
    queued = 0
    for after in takewhile(lambda _: time_left_s() > RESERVE_S, range(done, last, table.AT_ONCE)):
        until = min(after + table.AT_ONCE, last)
        waiting = dict(_unfinished(merchant_id, name, after, until))
        sqs.send(
            settings().invoices_queue_url, (json.dumps({NUMBERED: one}) for one in waiting.values())
        )
        queued += len(waiting)
        if finished == after:
            finished = min(waiting, default=until + 1) - 1
    if finished > done:
        cursors.advance(*cursor, str(finished))
    if queued:
        logger.warning("unfinished invoices queued", series=name, count=queued)
    return queued


def _unfinished(merchant_id: str, name: str, after: int, until: int) -> Iterator[tuple[int, str]]:
    """Yield the numbers of a series that have no documents, with their sources."""
    since = day_of(clock.now() - GIVEN_UP_AFTER, settings().merchant_time_zone)
    items = Numbers().items(merchant_id, name, until, after)
    for number, item in enumerate(items, start=after + 1):
        if item is None or "draft" not in item or "pdf" in item["documents"]:
            continue
        entry = issued(item).entry
        if entry.issued_on >= since:
            yield number, entry.source_id
