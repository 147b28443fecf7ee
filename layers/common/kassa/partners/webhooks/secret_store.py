"""The secrets of outgoing webhooks, derived from the stack's one master secret."""

from collections.abc import Iterable

from kassa.partners.webhooks.endpoints.endpoint import Endpoint, Scheme, SecretVersion
from kassa.partners.webhooks.signing import derived, handed_out
from kassa.platform.drawn_secrets import drawn_secret

MASTER = "outgoing-webhooks"


def signing_keys(
    endpoint: Endpoint, versions: Iterable[SecretVersion]
) -> list[tuple[Scheme, bytes]]:
    """Return an endpoint's keys, each with what it signs by; raise SecretsUnavailable."""
    master = drawn_secret(MASTER)
    return [(one.scheme, derived(master, endpoint.endpoint_id, one)) for one in versions]


def newest_secret(endpoint: Endpoint) -> str:
    """Return what a receiver verifies by: the secret, or the public key."""
    newest = SecretVersion(endpoint.scheme, endpoint.secret_number)
    ((scheme, key),) = signing_keys(endpoint, [newest])
    return handed_out(key, scheme)
