"""BTCPay's proof over a webhook's exact bytes."""

import hmac
import json

from infra.fake_gateways.kit.answers import Body

HEADER = "BTCPay-Sig"


def text_of(event: Body) -> bytes:
    """Return an event's bytes as they are sent."""
    return json.dumps(event, indent=2, ensure_ascii=False).encode()


def signature(body: bytes, secret: str) -> str:
    """Return the header."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"
