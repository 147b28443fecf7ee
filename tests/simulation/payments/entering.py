"""Going into a world and out again: what the real code finds there, and what it finds silent."""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any
from unittest.mock import patch

from stripe import _http_client as stripe_http

from kassa.archive import warehouse
from kassa.billing.invoices import typeset as typesetter
from kassa.billing.invoices.invoice import Invoice
from kassa.core.facts import Fact
from kassa.gateways.paypal import certificate_store as certificates
from kassa.gateways.paypal import client as paypal_client
from kassa.gateways.stripe import client as stripe_api
from kassa.gateways.webhooks import secrets as webhook_secrets
from kassa.intake import events_queue as deliveries
from kassa.intake import refused_requests
from kassa.ledger import closing
from kassa.ledger import store as books
from kassa.ledger.state import SubjectState
from kassa.platform import keep_going, secrets
from kassa.platform import telemetry as observability
from kassa.platform.lean import telemetry as lean_observability
from kassa.platform.lean.settings import lean_settings
from kassa.platform.messaging.batches import LoggedBatchProcessor
from kassa.platform.settings import settings
from kassa.refunds.risk import baseline
from tests.simulation.aws import clients
from tests.simulation.aws.lambda_runtime import note_breakage
from tests.simulation.engine.schedule import Schedule
from tests.simulation.payments.gateway_client import client_of, sleeping
from tests.simulation.payments.world import World

_OPEN_MAX = 8


class Nowhere(io.TextIOBase):
    """A standard output that nobody reads."""

    def write(self, text: str) -> int:
        """Take the text and forget it."""
        return len(text)


@contextmanager
def entered(world: World) -> Iterator[World]:
    """Let the real code live in a world: its clients, clock, settings and gateway."""
    kept = {name: os.environ.get(name) for name in world.environment}
    os.environ.update(world.environment)
    _forget()
    clients.open_doors(world.schedule, world.services())
    api = client_of(world)
    with (
        _silence(world.metrics),
        redirect_stdout(Nowhere()),
        patch.object(stripe_api, "of", lambda access: api),
        patch.object(stripe_http, "time", sleeping(world.schedule)),
        patch.object(warehouse, "to_parquet", _fact_ids),
        patch.object(typesetter, "typeset", _as_text),
        patch.object(LoggedBatchProcessor, "failure_handler", _noted(world.schedule)),
        patch.object(keep_going, "reason_of", _noted_reason(world.schedule)),
        patch.object(books, "close", _closing(world)),
    ):
        try:
            yield world
        finally:
            clients.close_doors()
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
            _forget()


def _closing(world: World) -> Callable[[SubjectState], Any]:
    """Let settled objects leave their payment early in some seeds, as they do of very many."""

    def close(state: SubjectState) -> Any:
        if not world.is_closing:
            return closing.close(state)
        kept, leaving = closing.close(state, _OPEN_MAX, at_once=3)
        world.schedule.seen["settled objects left their payment"] += bool(leaving)
        return kept, leaving

    return close


def _noted(schedule: Schedule) -> Callable[[Any, Any, Any], Any]:
    """Note why a record failed, then let it fail as ever."""
    real = LoggedBatchProcessor.failure_handler

    def failure_handler(self: Any, record: Any, exception: Any) -> Any:
        queue = record.event_source_arn.rpartition(":")[2]
        note_breakage(schedule, f"a record of {queue}", exception[1])
        return real(self, record, exception)

    return failure_handler


def _noted_reason(schedule: Schedule) -> Callable[[BaseException], str]:
    """Note what stopped a part of the watch, which goes on with the others."""

    def reason_of(error: BaseException) -> str:
        note_breakage(schedule, "a part of watch_gateways", error)
        return observability.reason_of(error)

    return reason_of


def _fact_ids(facts: Sequence[Fact[Any]]) -> bytes:
    """Stand in for Parquet, which takes longer than all the rest: the ids of the facts."""
    return "\n".join(fact.metadata.fact_id for fact in facts).encode()


def _as_text(invoice: Invoice) -> bytes:
    """Stand in for the typesetter, which takes as long as a whole seed."""
    return invoice.model_dump_json().encode()


def _forget() -> None:
    """Empty what handlers keep between runs, so that no seed knows another."""
    settings.cache_clear()
    lean_settings.cache_clear()
    webhook_secrets.webhook_secrets.cache_clear()
    deliveries.deliveries.cache_clear()
    secrets.forget()
    certificates.certificates.cache_clear()
    refused_requests.refused_requests.cache_clear()
    paypal_client.forget()
    baseline.forget()


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
        patch.object(lean_observability, "_tell", lambda level, phrase, metrics, at, fields: None),
    ):
        yield
    logger.setLevel(level)
