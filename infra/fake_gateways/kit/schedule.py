"""What a gateway does by itself later: acts with a due time, run when somebody looks."""

import heapq
import itertools
from collections.abc import Callable

Act = Callable[[], object]


class Schedule:
    """Acts to come; nothing runs by itself, so that whoever owns the clock owns the order."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Use this clock."""
        self._now = now
        self._acts: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()

    def later(self, delay_s: float, act: Act) -> None:
        """Do something after so many seconds."""
        heapq.heappush(self._acts, (self._now() + delay_s, next(self._numbers), act))

    @property
    def next_at_s(self) -> float | None:
        """Return when the next act is due."""
        return self._acts[0][0] if self._acts else None

    def run_due(self) -> int:
        """Do what is due, the earliest first; what an act adds may run too."""
        done = 0
        while self._acts and self._acts[0][0] <= self._now():
            heapq.heappop(self._acts)[2]()
            done += 1
        return done
