"""What a webhook endpoint's secret says: whose account it is, its mode and its live secrets."""

import json
import re
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from kassa.adapters import lean_aws
from kassa.errors import SecretsUnavailable, UnknownGateway
from kassa.lean_settings import is_other_merchant, lean_settings

AGE_MAX = timedelta(minutes=5)  # a secret taken out of rotation is refused after this at the latest

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")


class WebhookEndpoint(NamedTuple):
    """The meaning of one URL in a gateway's dashboard."""

    merchant_id: str
    mode: str  # live or test
    signing_secrets: tuple[str, ...]  # newest last; two while one is rolled
    opened_at: str | None  # ISO 8601
    authorities: tuple[str, ...] = ()  # certificates (PEM) trusted beside the public ones
    shop: str | None = None  # the account's own id at Adyen or Stripe; others' events don't count
    captures_later: bool = False  # Adyen: captures are told on their own, not with their payment


class WebhookSecrets:
    """Secrets Manager, asked at most once in five minutes for each endpoint."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._known: dict[tuple[str, str], tuple[datetime, WebhookEndpoint]] = {}

    def endpoint(self, gateway: str, account: str, now: datetime) -> WebhookEndpoint:
        """Return what stands behind `/webhooks/{gateway}/{account}`.

        An unknown account is asked for again each time: an endpoint that is being set up must not
        stay unknown. An answer past its age is never used, also when there is no newer one.
        """
        read_at, endpoint = self._known.get((gateway, account), (None, None))
        if endpoint and read_at and timedelta(0) <= now - read_at < AGE_MAX:
            return endpoint
        endpoint = self._read(gateway, account)
        self._known[gateway, account] = (now, endpoint)
        return endpoint

    def _read(self, gateway: str, account: str) -> WebhookEndpoint:
        if not _ACCOUNT.fullmatch(account):
            raise UnknownGateway("no account has such a name")
        name = f"{self._prefix}/webhooks/{gateway}/{account}"
        client = lean_aws.client("secretsmanager")
        try:
            endpoint = _endpoint(client.get_secret_value(SecretId=name)["SecretString"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                raise UnknownGateway(name) from error
            raise SecretsUnavailable(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise SecretsUnavailable(type(error).__name__) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            # From None: what can't be read is a secret, and must not end in a stack trace.
            raise SecretsUnavailable(f"{name} doesn't hold what it should") from None
        if is_other_merchant(endpoint.merchant_id):
            raise SecretsUnavailable(f"{name} names another merchant than the stack's MerchantId")
        return endpoint


def _endpoint(text: str) -> WebhookEndpoint:
    """Read a secret's JSON, refusing what would let anyone sign or spoil every message."""
    stored = json.loads(text)
    endpoint = WebhookEndpoint(
        stored["merchant_id"],
        stored["mode"],
        tuple(stored["signing_secrets"]),
        stored.get("opened_at"),
        tuple(stored.get("authorities") or ()),
        stored.get("shop"),
        bool(stored.get("captures_later")),
    )
    opened_at = datetime.fromisoformat(endpoint.opened_at) if endpoint.opened_at else None
    is_sound = (
        isinstance(stored["signing_secrets"], list)
        and all(secret.strip() for secret in endpoint.signing_secrets)
        and endpoint.merchant_id.strip()
        and endpoint.mode in ("live", "test")
        and (opened_at is None or opened_at.tzinfo is not None)
    )
    if not is_sound:
        raise ValueError("unsound")
    return endpoint


@cache
def webhook_secrets() -> WebhookSecrets:
    """Return this execution environment's; tests call `webhook_secrets.cache_clear()`."""
    return WebhookSecrets(lean_settings().secrets_prefix)
