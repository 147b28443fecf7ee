"""The clock: the only place that reads the time, waits or draws a random delay."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

TimeLeft = Callable[[], float]  # how many seconds an invocation has left


class Clock(Protocol):
    """What a clock can do."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def jitter(self, upper_s: float) -> float:
        """Draw a delay between nothing and `upper_s` (full jitter)."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's instant."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait on the machine."""
        time.sleep(seconds)

    def jitter(self, upper_s: float) -> float:
        """Draw from the machine's randomness; spreads retries, guards nothing."""
        return random.uniform(0, upper_s)


_clock: Clock = SystemClock()


def install(clock: Clock | None) -> None:
    """Use this clock from now on; none brings the machine's back."""
    global _clock
    _clock = clock or SystemClock()


def now() -> datetime:
    """Return the instant, aware and in UTC."""
    return _clock.now()


def sleep(seconds: float) -> None:
    """Wait."""
    _clock.sleep(seconds)


def jitter(upper_s: float) -> float:
    """Draw a delay between nothing and `upper_s`."""
    return _clock.jitter(upper_s)
