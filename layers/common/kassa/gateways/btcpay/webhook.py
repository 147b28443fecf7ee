"""BTCPay's proof over the exact body: `BTCPay-Sig: sha256=…`, an HMAC with the webhook's secret.

No time is signed in the header, so a recorded delivery can be played back for ever. That is
harmless here: a webhook only leads to reading the invoice back, once for each original delivery.
"""

import hmac
import re
from datetime import datetime

from kassa.core.errors import InvalidSignature
from kassa.gateways.webhooks.parts import Part, SignatureScheme, id_by
from kassa.gateways.webhooks.request import WebhookRequest
from kassa.gateways.webhooks.secrets import WebhookEndpoint

HEADER = "btcpay-sig"

_PROOF = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)
# The original delivery's: a redelivery has an id of its own. Before 1.1.0 it lacks an i.
event_id = id_by(re.compile(rb'"origi?nalDeliveryId"\s*:\s*"([\w-]{1,128})"'), 2048)


def verify(request: WebhookRequest, endpoint: WebhookEndpoint, now: datetime) -> tuple[Part, ...]:
    """Refuse a body that no live secret signed.

    A webhook has one secret; while it is rolled, two webhooks or two secrets are live. Each is
    compared, as bytes and in constant time, so that the time taken reveals nothing.
    """
    given = _given(request)
    matches = 0
    for secret in endpoint.signing_secrets:
        proof = "sha256=" + hmac.digest(secret.encode(), request.body, "sha256").hex()
        matches += hmac.compare_digest(proof.encode(), given.encode())
    if not matches:
        raise InvalidSignature("no signature is by a live secret")
    return (Part(request.body),)


def _given(request: WebhookRequest) -> str:
    given = request.headers.get(HEADER, "")
    if not _PROOF.fullmatch(given):
        raise InvalidSignature("the header is missing or can't be read")
    return given


def _screen(request: WebhookRequest, now: datetime) -> None:
    _given(request)


SCHEME = SignatureScheme(_screen, verify, event_id)
