"""A clock that can be stopped and set forward, so that a day passes in a test."""

import time
from collections.abc import Callable


class SettableClock:
    """Seconds since 1970, from a base that runs, plus what was skipped."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        """Run with the base until somebody sets it."""
        self._base = base
        self._ahead_s = 0.0
        self._stopped_at_s: float | None = None

    def __call__(self) -> float:
        """Return the instant."""
        if self._stopped_at_s is not None:
            return self._stopped_at_s
        return self._base() + self._ahead_s

    def skip(self, seconds: float) -> None:
        """Let so many seconds have passed, also for a stopped clock."""
        if self._stopped_at_s is not None:
            self._stopped_at_s += seconds
        self._ahead_s += seconds

    def stop(self) -> None:
        """Stand still: all that happens now happens in one second."""
        self._stopped_at_s = self()

    def run(self) -> None:
        """Run again, from where it would be had it never stood still."""
        self._stopped_at_s = None
