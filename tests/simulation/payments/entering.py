"""Going into a world of payments and out again: what stands in there for what takes long."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from stripe import _http_client as stripe_http

from kassa.archive import warehouse
from kassa.billing.invoices import typeset as typesetter
from kassa.billing.invoices.invoice import Invoice
from kassa.core.facts import Fact
from kassa.gateways.paypal import client as paypal_client
from kassa.gateways.paypal.certificates import store as certificates
from kassa.gateways.stripe import client as stripe_api
from kassa.gateways.webhooks import secrets as webhook_secrets
from kassa.intake import events_queue as deliveries
from kassa.intake import refused_requests
from kassa.ledger import compaction
from kassa.ledger import store as books
from kassa.ledger.state import SubjectState
from kassa.platform import keep_going
from kassa.platform import telemetry as observability
from kassa.refunds.risk import read_signals
from tests.simulation.aws.environment import environment
from tests.simulation.aws.lambda_runtime import note_breakage
from tests.simulation.engine.schedule import Schedule
from tests.simulation.payments.gateway_client import client_of, sleeping
from tests.simulation.payments.world import World

_OPEN_MAX = 8


@contextmanager
def entered(world: World) -> Iterator[World]:
    """Let the real code live in a world: its clients, clock, settings and gateway."""
    _forget()
    api = client_of(world)
    with (
        environment(world.schedule, world.services(), world.environment, world.metrics),
        patch.object(stripe_api, "of", lambda access: api),
        patch.object(stripe_http, "time", sleeping(world.schedule)),
        patch.object(warehouse, "to_parquet", _fact_ids),
        patch.object(typesetter, "typeset", _as_text),
        patch.object(keep_going, "reason_of", _noted_reason(world.schedule)),
        patch.object(books, "close", _closing(world)),
    ):
        try:
            yield world
        finally:
            _forget()


def _closing(world: World) -> Callable[[SubjectState], Any]:
    """Let settled objects leave their payment early in some seeds, as they do of very many."""

    def close(state: SubjectState) -> Any:
        if not world.is_closing:
            return compaction.close(state)
        kept, leaving = compaction.close(state, _OPEN_MAX, at_once=3)
        world.schedule.seen["settled objects left their payment"] += bool(leaving)
        return kept, leaving

    return close


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
    webhook_secrets.webhook_secrets.cache_clear()
    deliveries.deliveries.cache_clear()
    certificates.certificates.cache_clear()
    refused_requests.refused_requests.cache_clear()
    paypal_client.forget()
    read_signals.forget()
