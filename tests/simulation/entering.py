"""Going into a world and out again: what the real code finds there, and what it finds silent."""

import io
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

from kassa import lean_observability, observability
from kassa.adapters import deliveries, secrets, warehouse, webhook_secrets
from kassa.adapters.gateways import stripe as stripe_api
from kassa.domain.facts import Fact
from kassa.lean_settings import lean_settings
from kassa.settings import settings
from tests.simulation import doors
from tests.simulation.gateway_api import GatewayApi
from tests.simulation.world import ENVIRONMENT, World


class Nowhere(io.TextIOBase):
    """A standard output that nobody reads."""

    def write(self, text: str) -> int:
        """Take the text and forget it."""
        return len(text)


@contextmanager
def entered(world: World) -> Iterator[World]:
    """Let the real code live in a world: its clients, clock, settings and gateway."""
    kept = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    _forget()
    doors.open_doors(world.schedule, world.services())
    api = GatewayApi(world.gateway, world.schedule)
    real_client, stripe_api._client = stripe_api._client, lambda access: api
    real_parquet, warehouse.to_parquet = warehouse.to_parquet, _fact_ids
    with _silence(world.metrics), redirect_stdout(Nowhere()):
        try:
            yield world
        finally:
            stripe_api._client = real_client
            warehouse.to_parquet = real_parquet
            doors.close_doors()
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            _forget()


def _fact_ids(facts: Sequence[Fact]) -> bytes:
    """Stand in for Parquet, which takes longer than all the rest: the ids of the facts."""
    return "\n".join(fact.metadata.fact_id for fact in facts).encode()


def _forget() -> None:
    """Empty what handlers keep between runs, so that no seed knows another."""
    settings.cache_clear()
    lean_settings.cache_clear()
    webhook_secrets.webhook_secrets.cache_clear()
    deliveries.deliveries.cache_clear()
    secrets.forget()


@contextmanager
def _silence(counted: Counter[str]) -> Iterator[None]:
    """Count metrics instead of printing them, and log nothing: both cost more than the rest."""
    provider, logger = observability.metrics.provider, observability.logger
    level, tell = logger.log_level, lean_observability._tell

    def add_metric(name: str, unit: Any = None, value: float = 1, **more: Any) -> None:
        counted[name] += int(value)

    provider.add_metric = add_metric  # type: ignore[method-assign]
    provider.flush_metrics = lambda *_, **__: None  # type: ignore[method-assign]
    logger.setLevel("CRITICAL")
    lean_observability._tell = lambda level, phrase, metric, at, fields: None
    try:
        yield
    finally:
        del provider.add_metric
        del provider.flush_metrics
        logger.setLevel(level)
        lean_observability._tell = tell
