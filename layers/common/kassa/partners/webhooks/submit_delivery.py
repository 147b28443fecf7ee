"""Submit a delivery: to its endpoint now, later, or not at all; and write what became of it."""

from math import ceil

from kassa.core.errors import StaleWrite
from kassa.deliveries import queues
from kassa.deliveries.delivery import Channel, Delivery, Outcome, Reason, Status
from kassa.deliveries.store import Deliveries
from kassa.partners.webhooks import retries
from kassa.partners.webhooks.endpoints import watch_endpoint
from kassa.partners.webhooks.endpoints.endpoint import Endpoint
from kassa.partners.webhooks.signing import webhook_of
from kassa.partners.webhooks.submit_webhook import submit_webhook
from kassa.platform import clock
from kassa.platform.pacing.circuits import Circuit
from kassa.platform.settings import settings
from kassa.platform.telemetry import logger


def submit_new(endpoint: Endpoint, new: Delivery) -> None:
    """Tell an endpoint what it may have been told before; then nothing happens."""
    if not endpoint.is_active:
        _deliveries().skip(new, Reason.RECIPIENT_OFF)
        watch_endpoint.publish(endpoint)
        return
    circuit, may_call = watch_endpoint.enter(endpoint)
    if not may_call:
        _deliveries().wait(new, _put_off(new, circuit))
        return
    _attempt(endpoint, circuit, new)


def submit_again(endpoint: Endpoint | None, kept: Delivery) -> None:
    """Go on with a delivery that is due; its endpoint may be gone by now."""
    if endpoint is None or not endpoint.is_active:
        _deliveries().end(kept, Outcome(Status.SKIPPED, Reason.RECIPIENT_OFF))
        if endpoint is not None:
            watch_endpoint.publish(endpoint)
        return
    circuit, may_call = watch_endpoint.enter(endpoint)
    if not may_call:
        _deliveries().end(kept, _put_off(kept, circuit))
        return
    try:
        _attempt(endpoint, circuit, kept)
    except StaleWrite:  # two wake-ups met: the record itself remembers what is to be done
        logger.info("delivery is being sent", delivery_id=kept.delivery_id)


def _put_off(delivery: Delivery, circuit: Circuit) -> Outcome:
    return retries.put_off(delivery, circuit.rests_until or clock.now(), clock.jitter)


def _attempt(endpoint: Endpoint, circuit: Circuit, delivery: Delivery) -> None:
    attempt = _deliveries().begin(delivery, is_repeatable=True)
    if attempt is None:
        return
    answer = submit_webhook(endpoint, webhook_of(attempt))
    watch_endpoint.note(endpoint, circuit, answer)
    outcome = retries.outcome(attempt, answer, clock.now(), clock.jitter)
    after = _deliveries().end(attempt, outcome)
    logger.info(
        "webhook submitted",
        delivery_id=after.delivery_id,
        endpoint_id=endpoint.endpoint_id,
        status=after.status,
        reason=after.reason,
    )
    _wake_soon(after)


def _wake_soon(delivery: Delivery) -> None:
    """Let the queue bring back what waits for minutes; resume_deliveries brings the rest."""
    if delivery.status is not Status.WAITING or delivery.next_attempt_at is None:
        return
    wait = delivery.next_attempt_at - clock.now()
    if wait <= retries.SHORT:
        delay_s = max(ceil(wait.total_seconds()), 0)
        queues.enqueue(Channel.WEBHOOK, [delivery], DelaySeconds=delay_s)


def _deliveries() -> Deliveries:
    return Deliveries(settings().merchant_id)
