"""The stack's one master secret of outgoing webhooks, from Secrets Manager, kept five minutes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import SecretsUnavailable
from kassa.partners.webhooks.endpoints.endpoint import Endpoint, Scheme, SecretVersion
from kassa.partners.webhooks.signing import MASTER_BYTES_MIN, derived, handed_out
from kassa.platform import aws, clock
from kassa.platform.settings import settings

KEPT_FOR = timedelta(minutes=5)
_kept: dict[str, tuple[datetime, bytes]] = {}


def signing_keys(
    endpoint: Endpoint, versions: Iterable[SecretVersion]
) -> list[tuple[Scheme, bytes]]:
    """Return an endpoint's keys, each with what it signs by; raise SecretsUnavailable."""
    master = _master()
    return [(one.scheme, derived(master, endpoint.endpoint_id, one)) for one in versions]


def newest_secret(endpoint: Endpoint) -> str:
    """Return what a receiver verifies by: the secret, or the public key."""
    newest = SecretVersion(endpoint.scheme, endpoint.secret_number)
    ((scheme, key),) = signing_keys(endpoint, [newest])
    return handed_out(key, scheme)


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()


def _master() -> bytes:
    name = f"{settings().secrets_prefix}/outgoing-webhooks"
    kept = _kept.get(name)
    if kept is None or not timedelta(0) <= clock.now() - kept[0] < KEPT_FOR:
        kept = _kept[name] = clock.now(), _read(name)
    return kept[1]


def _read(name: str) -> bytes:
    try:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=name)
    except ClientError as error:
        raise SecretsUnavailable(f"{name}: {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise SecretsUnavailable(f"{name}: {type(error).__name__}") from error
    master = str(answer.get("SecretString") or "").strip().encode()
    if len(master) < MASTER_BYTES_MIN:
        raise SecretsUnavailable(f"{name} has less than {MASTER_BYTES_MIN} characters")
    return master
