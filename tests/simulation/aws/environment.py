"""What the real code finds around it: its settings, clients and clock; and what it finds silent."""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any
from unittest.mock import patch

from kassa.platform import secrets
from kassa.platform import telemetry as observability
from kassa.platform.lean import telemetry as lean_observability
from kassa.platform.lean.settings import lean_settings
from kassa.platform.messaging.batches import LoggedBatchProcessor
from kassa.platform.pacing import call_counts
from kassa.platform.settings import settings
from tests.simulation.aws import clients
from tests.simulation.aws.lambda_runtime import note_breakage
from tests.simulation.engine.schedule import Schedule


class Nowhere(io.TextIOBase):
    """A standard output that nobody reads."""

    def write(self, text: str) -> int:
        """Take the text and forget it."""
        return len(text)


@contextmanager
def environment(
    schedule: Schedule,
    services: dict[str, Any],
    variables: dict[str, str],
    counted: Counter[str],
) -> Iterator[None]:
    """Let the real code live under a schedule, in these variables; count its metrics."""
    kept = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    _forget()
    clients.install(schedule, services)
    with (
        _silence(counted),
        redirect_stdout(Nowhere()),
        patch.object(LoggedBatchProcessor, "failure_handler", _noted(schedule)),
    ):
        try:
            yield
        finally:
            clients.uninstall()
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            _forget()


def _forget() -> None:
    """Empty what the platform keeps between runs, so that no seed knows another."""
    settings.cache_clear()
    lean_settings.cache_clear()
    secrets.forget()
    call_counts.taken()


def _noted(schedule: Schedule) -> Callable[[Any, Any, Any], Any]:
    """Note why a record failed, then let it fail as ever."""
    real = LoggedBatchProcessor.failure_handler

    def failure_handler(self: Any, record: Any, exception: Any) -> Any:
        queue = record.event_source_arn.rpartition(":")[2]
        note_breakage(schedule, f"a record of {queue}", exception[1])
        return real(self, record, exception)

    return failure_handler


@contextmanager
def _silence(counted: Counter[str]) -> Iterator[None]:
    """Count metrics instead of printing them, and log nothing: both cost more than the rest."""
    provider, logger = observability.metrics.provider, observability.logger
    level = logger.log_level

    def add_metric(name: str, unit: Any = None, value: float = 1, **more: Any) -> None:
        counted[name] += int(value)

    logger.setLevel("CRITICAL")
    with (
        patch.object(provider, "add_metric", add_metric),
        patch.object(provider, "flush_metrics", lambda *_, **__: None),
        patch.object(lean_observability, "_log", lambda level, phrase, metrics, at, fields: None),
    ):
        yield
    logger.setLevel(level)
