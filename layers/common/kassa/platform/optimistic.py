"""Races between writers: whoever loses one reads again and tries again, while there is time."""

from collections.abc import Callable
from typing import TypeVar

from kassa.core.errors import StaleWrite
from kassa.platform import clock
from kassa.platform.clock import TimeLeft

BACKOFF_S = 0.05  # doubles with every lost race, up to BACKOFF_MAX_S
BACKOFF_MAX_S = 2.0

Won = TypeVar("Won")


def retry_on_conflict(attempt: Callable[[], Won], time_left_s: TimeLeft, reserve_s: float) -> Won:
    """Repeat an attempt that reads and commits until it isn't overtaken; full jitter between.

    Raises StaleWrite when others kept winning until only `reserve_s` was left.
    """
    backoff_s = BACKOFF_S
    while True:
        try:
            return attempt()
        except StaleWrite:
            backoff_s = min(2 * backoff_s, BACKOFF_MAX_S)
            delay_s = clock.jitter(backoff_s)
            if time_left_s() < delay_s + reserve_s:
                raise
            clock.sleep(delay_s)
