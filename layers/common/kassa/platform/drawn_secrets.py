"""Secrets that CloudFormation drew once for the stack, from Secrets Manager, kept five minutes."""

from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import SecretsUnavailable
from kassa.platform import aws, clock
from kassa.platform.settings import settings

BYTES_MIN = 32
KEPT_FOR = timedelta(minutes=5)
_kept: dict[str, tuple[datetime, bytes]] = {}


def drawn_secret(name: str) -> bytes:
    """Return a secret of the stack by its own name, at least 32 bytes; raise SecretsUnavailable."""
    whole = f"{settings().secrets_prefix}/{name}"
    kept = _kept.get(whole)
    if kept is None or not timedelta(0) <= clock.now() - kept[0] < KEPT_FOR:
        kept = _kept[whole] = clock.now(), _read(whole)
    return kept[1]


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()


def _read(name: str) -> bytes:
    try:
        answer = aws.client("secretsmanager").get_secret_value(SecretId=name)
    except ClientError as error:
        raise SecretsUnavailable(f"{name}: {error.response['Error']['Code']}") from error
    except BotoCoreError as error:
        raise SecretsUnavailable(f"{name}: {type(error).__name__}") from error
    secret = str(answer.get("SecretString") or "").strip().encode()
    if len(secret) < BYTES_MIN:
        raise SecretsUnavailable(f"{name} has less than {BYTES_MIN} characters")
    return secret
