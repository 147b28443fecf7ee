"""Read how disputes end, and how many there are for what was captured."""

from datetime import datetime, timedelta

from kassa.console.pages.disputes import DisputeFigures
from kassa.core.periods import day_of
from kassa.disputes.store import Disputes
from kassa.platform.index_pages import PAGE_MAX, PageRequest
from kassa.platform.settings import settings
from kassa.reports.anomalies.rules.rates import DISPUTE_DAYS, DISPUTE_LIMIT
from kassa.reports.reading.store import read_days


def read_dispute_figures(now: datetime) -> DisputeFigures:
    """Return the newest that ended, and those opened within thirty days beside what was captured.

    At most a hundred that are open and a hundred that have ended are looked at.
    """
    disputes, request = Disputes(settings().merchant_id), PageRequest(None, PAGE_MAX)
    ended, still_open = disputes.closed(request), disputes.open(request)
    since = now - timedelta(days=DISPUTE_DAYS)
    lately = [
        one for one in (*ended.disputes, *still_open.disputes) if since < one.opened_at <= now
    ]
    today = day_of(now, settings().merchant_time_zone)
    summaries = read_days(today - timedelta(days=n) for n in range(1, DISPUTE_DAYS + 1))
    return DisputeFigures(
        ended=ended.disputes,
        opened=len(lately),
        is_whole=not (ended.has_more or still_open.has_more),
        captured=sum(
            one["captured_payments"] for each in summaries for one in each.get("currencies", ())
        ),
        days=len(summaries),
        limit=DISPUTE_LIMIT,
    )
