"""Archive facts: one file for each UTC day of booking in a batch, and live tallies by quarter.

Facts received twice in one batch are archived once; received again in a later batch, they lie in
two files and count once when they are read. The tallies count them once by themselves: a fact is
booked at one instant, which it keeps whenever it is published again, so a repetition falls into the
quarter that knows it. Two batches at once, or a crash between tally and queue, end in the same
tally: it is replaced only on the one read, and who is overtaken reads again.

What was imported lies apart, by the UTC day on which it happened, and is in no tally: it is no news
of the day on which it was booked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import inf
from typing import Any

from kassa.archive import files as fact_files
from kassa.archive import quarter_store, quarters, runs
from kassa.core.facts import Fact
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger

RESERVE_S = 2.0
KEPT = timedelta(days=2)  # no day that goes on began earlier; what is older is in reports alone
MILLISECOND = timedelta(milliseconds=1)


def archive_facts(facts: Iterable[Fact[Any]], time_left_s: TimeLeft = lambda: inf) -> list[str]:
    """Archive a batch of facts, count them, and return the files they stand in.

    Raises StaleWrite when other batches kept overtaking the count: the batch comes back, and is
    archived and counted as if it came first.
    """
    days: dict[tuple[str, date], dict[str, Fact[Any]]] = defaultdict(dict)
    for fact in facts:
        days[_place(fact)][fact.metadata.fact_id] = fact
    written = [
        fact_files.add(place, [of_day[fact_id] for fact_id in sorted(of_day)])
        for place, of_day in sorted(days.items())
    ]
    for starts_at, news in _by_quarter(days.values()).items():
        retry_on_conflict(partial(_count, starts_at, news), time_left_s, RESERVE_S)
    logger.info("facts archived", facts=sum(map(len, days.values())), files=written)
    return written


def _by_quarter(days: Iterable[dict[str, Fact[Any]]]) -> dict[datetime, list[Fact[Any]]]:
    """Return the facts that are in a live figure by the quarter they were booked in."""
    found: dict[datetime, list[Fact[Any]]] = defaultdict(list)
    since = clock.now() - KEPT
    for fact in (fact for of_day in days for fact in of_day.values()):
        booked_at, merchant_id = fact.metadata.booked_at, fact.metadata.merchant_id
        is_news = booked_at > since and not fact.metadata.is_imported
        if is_news and merchant_id == settings().merchant_id and quarters.counts(fact):
            found[quarters.start_of(booked_at)].append(fact)
    return found


def _count(starts_at: datetime, facts: Sequence[Fact[Any]]) -> None:
    """Count those of a quarter's facts that weren't counted yet; write nothing if all were."""
    before = quarter_store.read(starts_at)
    news = {quarters.digest(fact.metadata.fact_id): fact for fact in facts}
    news = {one: fact for one, fact in news.items() if one not in before.known}
    if not news:
        return
    first = min(fact.metadata.booked_at for fact in news.values())
    lag = {"lag_ms": (clock.now() - first) // MILLISECOND}
    counted = quarters.tally_of(list(news.values())).model_copy(update=lag)
    after = quarters.together([before.tally, counted])
    quarter_store.replace(starts_at, before, after, before.known | news.keys())


def _place(fact: Fact[Any]) -> tuple[str, date]:
    """Return where a fact belongs: among those of a day's booking, or of an imported day."""
    if fact.metadata.is_imported:
        return fact_files.IMPORTED, fact.data.occurred_at.date()
    return runs.PREFIX, fact.metadata.booked_at.date()
