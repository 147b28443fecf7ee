"""How each gateway's webhooks are verified: the one list of the gateways that may call us.

Only the standard library may be imported from here: receive_webhook starts with it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from kassa.adapters.gateways import stripe_signature
from kassa.errors import UnknownGateway

Verify = Callable[[bytes, Mapping[str, str], Sequence[str], datetime], None]
"""(exact body, headers by lower-case name, live secrets, now); raises InvalidSignature."""


class SignatureScheme(NamedTuple):
    """What intake must know of a gateway, and all it knows."""

    verify: Verify
    event_id: Callable[[bytes], str | None]  # what the logs call a verified body


_SCHEMES: Mapping[str, SignatureScheme] = {
    "stripe": SignatureScheme(stripe_signature.verify, stripe_signature.event_id),
}


def signature_scheme(gateway: str) -> SignatureScheme:
    """Return how a gateway signs, or refuse a gateway we don't know."""
    if gateway not in _SCHEMES:
        raise UnknownGateway(gateway)
    return _SCHEMES[gateway]
