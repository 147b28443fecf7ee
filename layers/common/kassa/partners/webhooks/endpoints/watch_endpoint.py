"""How an endpoint fares: left alone while it fails, disabled when it is gone or fails for days."""

from datetime import datetime
from functools import partial

from kassa.audit.trail import Actor
from kassa.core.errors import StaleWrite
from kassa.core.facts import Fact, FactMetadata
from kassa.core.money import Money
from kassa.deliveries.facts import WebhookEndpointDisabled
from kassa.partners.webhooks import keys
from kassa.partners.webhooks.endpoints.endpoint import Because, Endpoint, disabled
from kassa.partners.webhooks.endpoints.store import Endpoints
from kassa.partners.webhooks.retries import Answer, is_failing_for_good, is_failing_for_long
from kassa.platform import clock
from kassa.platform.messaging import event_bus
from kassa.platform.pacing.circuit_breaker import CircuitBreaker, Entry
from kassa.platform.pacing.circuits import Circuit
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger

SYSTEM = Actor(system="send_webhook")


def circuits() -> CircuitBreaker:
    """Return the circuits of endpoints."""
    return CircuitBreaker("endpoint", partial(keys.circuit, settings().merchant_id))


def enter(endpoint: Endpoint) -> Entry:
    """Return whether an endpoint may be called; after a rest, one call alone finds out."""
    return circuits().enter(endpoint.endpoint_id)


def note(endpoint: Endpoint, circuit: Circuit, answer: Answer) -> None:
    """Note what an attempt came to, and disable an endpoint that is gone or fails for days."""
    if answer.is_taken:
        circuits().note_answer(endpoint.endpoint_id, circuit)
        return
    after = circuits().count_silence(endpoint.endpoint_id)
    if answer.is_gone:
        _disable(endpoint, Because.GONE, after)
    elif is_failing_for_good(after.silent_since, clock.now()):
        _disable(endpoint, Because.FAILING, after)
    elif is_failing_for_long(after.silent_since, clock.now()):
        count("WebhookEndpointFailing")


def forgive(endpoint: Endpoint) -> None:
    """Forget how an endpoint failed: somebody says that it is mended."""
    found = circuits().read(endpoint.endpoint_id)
    circuits().note_answer(endpoint.endpoint_id, found)


def publish(endpoint: Endpoint) -> None:
    """Publish that an endpoint was disabled, unless it was published; once more does no harm.

    Raises NotPublished where the bus didn't take it: the message must come back.
    """
    if endpoint.is_published or endpoint.disabled_at is None:
        return
    event_bus.publish([_fact(endpoint, endpoint.disabled_at)])
    Endpoints(settings().merchant_id).note_published(endpoint)


def _disable(endpoint: Endpoint, because: Because, circuit: Circuit) -> None:
    """Disable an endpoint as it stands now; what a person made of it meanwhile stays."""
    endpoints = Endpoints(settings().merchant_id)
    now = endpoints.find(endpoint.endpoint_id)
    if now is None or not now.is_active or now.url != endpoint.url:
        return
    after = disabled(now, because, clock.now())
    try:
        endpoints.save(after, "disable", SYSTEM)
    except StaleWrite:  # the next attempt decides anew
        logger.info("endpoint changed meanwhile", endpoint_id=endpoint.endpoint_id)
        return
    count("WebhookEndpointDisabled")
    logger.warning(
        "endpoint disabled",
        endpoint_id=endpoint.endpoint_id,
        because=because,
        failing_since=str(circuit.silent_since),
    )
    publish(after)


def _fact(endpoint: Endpoint, at: datetime) -> Fact[WebhookEndpointDisabled]:
    object_id = f"{endpoint.endpoint_id}-{endpoint.version}"
    return Fact[WebhookEndpointDisabled](
        metadata=FactMetadata(
            fact_id=f"{endpoint.endpoint_id}:{object_id}:WebhookEndpointDisabled",
            event_id=object_id,
            merchant_id=settings().merchant_id,
            gateway="kassa",
            account="main",
            subject_kind="webhook_endpoint",
            subject_id=endpoint.endpoint_id,
            version=endpoint.version,
            booked_at=at,
        ),
        data=WebhookEndpointDisabled(
            object_id=object_id,
            occurred_at=at,
            amount=Money(amount_minor=0, currency=settings().merchant_currency),
            endpoint_id=endpoint.endpoint_id,
            owner_id=endpoint.owner_id,
            because=str(endpoint.disabled_because),
        ),
    )
