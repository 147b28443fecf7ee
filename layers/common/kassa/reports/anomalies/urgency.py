"""Urgency: when a day that goes on is worth a look, and what of it is alerted before it ends."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from kassa.archive.quarters import QuarterTally
from kassa.core.periods import Period
from kassa.core.postings import PostingKind
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.rank import is_same
from kassa.reports.anomalies.rules.bands import HITS_MIN
from kassa.reports.anomalies.rules.rates import BURST_MIN


def is_worth_a_look(tallies: Mapping[datetime, QuarterTally], period: Period) -> bool:
    """Tell whether enough of a day failed or was refunded at one gateway for any rule to look."""
    failed: dict[str, int] = {}
    refunded: dict[str, int] = {}
    for starts_at, tally in tallies.items():
        if not period.starts_at <= starts_at < period.ends_at:
            continue
        for each in tally.failed:
            failed[each.gateway] = failed.get(each.gateway, 0) + each.attempts
        for moved in (one for one in tally.moved if one.kind is PostingKind.REFUND):
            refunded[moved.gateway] = refunded.get(moved.gateway, 0) + moved.postings
    most_failed, most_refunded = max(failed.values(), default=0), max(refunded.values(), default=0)
    return most_failed >= HITS_MIN or most_refunded >= BURST_MIN


def due(found: Iterable[Finding], alerted: Iterable[Finding], left: int) -> list[Finding]:
    """Return what is new, expected by nobody and not alerted before: as much as budget is left."""
    known = tuple(alerted)
    new = [one for one in found if one.is_new and one.expected is None]
    return [one for one in new if not any(is_same(one, each) for each in known)][:left]
