"""How a gateway's webhooks are verified: leads from its name to its own scheme.

Only the standard library may be imported from here: receive_webhook starts with it.
"""

from kassa.adapters.gateways import registry
from kassa.adapters.gateways.schemes import SignatureScheme


def signature_scheme(gateway: str) -> SignatureScheme:
    """Return how a gateway signs, or refuse a gateway we don't know."""
    scheme: SignatureScheme = registry.module(gateway, "signature").SCHEME
    return scheme
