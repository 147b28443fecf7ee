"""How a gateway's webhooks are verified: leads from its name to its own scheme.

Only the standard library may be imported from here: receive_webhook starts with it.
"""

from kassa.gateways import registry
from kassa.gateways.webhooks.parts import SignatureScheme


def signature_scheme(gateway: str) -> SignatureScheme:
    """Return how a gateway signs, or refuse a gateway we don't know."""
    scheme: SignatureScheme = registry.module(gateway, "webhook").SCHEME
    return scheme
