"""How much of something that a stranger can cause one execution environment does in a minute.

Who may not be known yet must not make us pay: what costs a call is counted against a budget before
it is done. Only the standard library is imported: receive_webhook starts with it.
"""

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


class Budget:
    """So many a minute and no more, counted over the last minute at each moment."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._spent: deque[datetime] = deque()

    def has_room(self, now: datetime) -> bool:
        """Tell whether one more may be done now; a clock set back begins anew."""
        while self._spent and not timedelta(0) <= now - self._spent[0] < MINUTE:
            self._spent.popleft()
        return len(self._spent) < self._per_minute

    def spend(self, now: datetime) -> None:
        """Count one that is done now."""
        self._spent.append(now)
