"""Powertools' circuit breaker by our own clock: it reads the machine's, and counts in modules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import base
from aws_lambda_powertools.utilities.circuit_breaker.persistence import base as persistence
from aws_lambda_powertools.utilities.circuit_breaker.persistence import dynamodb

from kassa.adapters import breakers, clock


def _now() -> datetime:
    return clock.now()


@contextmanager
def breakers_by_our_clock() -> Iterator[None]:
    """Let breakers read our clock, and begin with none that has counted anything."""
    ours = SimpleNamespace(datetime=SimpleNamespace(now=_now))
    with pytest.MonkeyPatch.context() as patch:
        for module in (base, persistence, dynamodb):
            patch.setattr(module, "dt", ours)
        forget_silences()
        yield
    forget_silences()


def forget_silences() -> None:
    """Forget what this environment counted, as a new one does."""
    breakers._kept.clear()
    for counted in (base._LOCAL_FAILURES, base._LOCAL_SUCCESSES, base._LAST_OBSERVED_STATE):
        counted.clear()
