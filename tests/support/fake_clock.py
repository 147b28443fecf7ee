"""A clock that only moves when a test moves it, or by sleeping."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class FakeClock:
    """A clock that a test moves; it always draws the longest delay."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.at += timedelta(seconds=seconds)

    def jitter(self, upper_s: float) -> float:
        """Draw the longest delay."""
        return upper_s
