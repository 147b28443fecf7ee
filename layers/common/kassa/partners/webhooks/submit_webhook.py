"""Submit one webhook, of a fact or a test, signed by every secret that counts now."""

import json
import secrets

from kassa.core.errors import AddressRefused, PartnerSilent, PartnerUnreachable
from kassa.core.model import Model
from kassa.deliveries.delivery import Reason
from kassa.partners import safe_http
from kassa.partners.safe_http import Limits, SafeRequest
from kassa.partners.webhooks import signing
from kassa.partners.webhooks.endpoints.endpoint import Endpoint
from kassa.partners.webhooks.retries import UNREACHABLE, Answer
from kassa.partners.webhooks.secret_store import signing_keys
from kassa.partners.webhooks.signing import Webhook
from kassa.platform import clock
from kassa.platform.telemetry import logger

# A receiver takes a webhook and works on it later; an answer's body says nothing to us.
LIMITS = Limits(connect_s=3.0, total_s=10.0, answer_max=1024)
TEST = "WebhookTest"  # of no fact; receivers answer it as any other


class Tried(Model):
    """What an endpoint answered to a test."""

    is_taken: bool
    status: int | None  # none where there was no answer
    reason: str | None  # why it wasn't taken
    took_ms: int


def submit_webhook(endpoint: Endpoint, webhook: Webhook) -> Answer:
    """Return what an endpoint answered, or why it didn't.

    Raises SecretsUnavailable where nothing can be signed: that is our own fault.
    """
    now = clock.now()
    headers = signing.headers(webhook, now, signing_keys(endpoint, endpoint.signs_by(now)))
    headers["user-agent"] = "Kassa-Webhooks"
    try:
        answer = safe_http.send(SafeRequest("POST", endpoint.url, headers, webhook.body, LIMITS))
    except (AddressRefused, PartnerUnreachable, PartnerSilent) as error:
        logger.warning("webhook not taken", reason=str(error), endpoint_id=endpoint.endpoint_id)
        return Answer(None, failure=_why(error))
    return Answer(answer.status, answer.headers)


def try_endpoint(endpoint: Endpoint, comment: str = "") -> Tried:
    """Send a test to an endpoint, also to a disabled one; it changes nothing, here or there.

    The comment is sent with it, to be known again where it arrives.
    """
    began = clock.now()
    body = {"type": TEST, "timestamp": began.isoformat(), "data": {"comment": comment}}
    webhook = Webhook(f"msg_test_{secrets.token_hex(8)}", json.dumps(body).encode())
    answer = submit_webhook(endpoint, webhook)
    took = clock.now() - began
    return Tried(
        is_taken=answer.is_taken,
        status=answer.status,
        reason=None if answer.is_taken else answer.reason,
        took_ms=round(took.total_seconds() * 1000),
    )


def _why(error: Exception) -> str:
    if isinstance(error, AddressRefused):
        return Reason.REFUSED
    return Reason.NO_ANSWER if isinstance(error, PartnerSilent) else UNREACHABLE
