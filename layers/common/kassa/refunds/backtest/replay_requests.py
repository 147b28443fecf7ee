"""Replay past refund requests through a policy, newest day first, while there is time."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from kassa.archive.files import FactFolder
from kassa.core.periods import day_of
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings
from kassa.refunds.backtest.past_requests import PastRequests
from kassa.refunds.backtest.replay import Replay
from kassa.refunds.backtest.result import Backtest, Flip
from kassa.refunds.policy.model import RefundPolicy

RESERVE_S = 3.0  # for the answer
Keep = Callable[[Flip], object]
OnProgress = Callable[
    [date, int], object
]  # a day that is done, and how many requests there were so far


def last_days(count: int, until: date | None = None) -> list[date]:
    """Return so many local days, newest first: up to today, or up to another day."""
    last = until or day_of(clock.now(), settings().merchant_time_zone)
    return [last - timedelta(days=n) for n in range(count)]


def replay_requests(
    policy: RefundPolicy,
    days: list[date],
    keep: Keep = lambda flip: None,
    time_left_s: TimeLeft = lambda: float("inf"),
    on_progress: OnProgress = lambda day, requests: None,
) -> Backtest:
    """Replay the requests of these days, newest first; every flip goes to `keep`.

    When another day might take more time than is left, the run ends with the days it has and
    says so: what it counted is right for those.
    """
    replay, done = Replay(policy, keep), 0
    with tempfile.TemporaryDirectory() as folder:
        past = PastRequests(FactFolder(Path(folder)))
        for day in _while_there_is_time(days, time_left_s):
            replay.day(past.of(day))
            done += 1
            on_progress(day, replay.requests)
    return replay.run(days[max(done - 1, 0)], days[0], is_complete=done == len(days))


def _while_there_is_time(days: list[date], time_left_s: TimeLeft) -> Iterator[date]:
    """Yield days until the next might take too long: twice as long as the longest so far."""
    longest_s, left_s = 0.0, time_left_s()
    for day in days:
        if left_s < RESERVE_S + 2 * longest_s:
            return
        yield day
        now_left_s = time_left_s()
        longest_s, left_s = max(longest_s, left_s - now_left_s), now_left_s
