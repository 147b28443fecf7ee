"""What a webhook endpoint's secret says: whose account it is, its mode and its live secrets."""

import json
import re
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import SecretsUnavailable, UnknownGateway
from kassa.platform.budgets import Budget
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import is_other_merchant, lean_settings

AGE_MAX = timedelta(minutes=5)  # a secret taken out of rotation is refused after this at the latest
UNKNOWN_FOR = timedelta(seconds=30)  # an account that isn't there is requested no sooner again
UNKNOWN_MAX = 10  # a minute; names are anyone's to invent, and each costs a call

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")


class WebhookEndpoint(NamedTuple):
    """The meaning of one URL in a gateway's dashboard."""

    merchant_id: str
    mode: str  # live or test
    signing_secrets: tuple[str, ...]  # newest last; two while one is rolled
    opened_at: str | None  # ISO 8601
    authorities: tuple[str, ...] = ()  # certificates (PEM) trusted beside the public ones
    shop: str | None = None  # the account's own id at Adyen or Stripe; others' events don't count
    captures_later: bool = False  # Adyen: captures are reported alone, not with their payment


class WebhookSecrets:
    """Secrets Manager, read at most once in five minutes for each endpoint.

    What isn't there is remembered for half a minute, and so much of it is requested in a minute and
    no more, so that invented names cost nothing. The accounts that the stack names (`listed`) are
    always requested: a flood of inventions keeps no webhook of theirs out.
    """

    def __init__(self, prefix: str, listed: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._prefix = prefix
        self._listed = listed
        self._known: dict[tuple[str, str], tuple[datetime, WebhookEndpoint]] = {}
        self._unknown: dict[tuple[str, str], datetime] = {}
        self._budget = Budget(UNKNOWN_MAX)

    def endpoint(self, gateway: str, account: str, now: datetime) -> WebhookEndpoint:
        """Return what stands behind `/webhooks/{gateway}/{account}`.

        An answer past its age is never used, also when there is no newer one.
        """
        read_at, endpoint = self._known.get((gateway, account), (None, None))
        if endpoint and read_at and _is_within(now, read_at, AGE_MAX):
            return endpoint
        self._require_within_budget(gateway, account, now)
        try:
            endpoint = self._read(gateway, account)
        except UnknownGateway:
            self._budget.spend(now)
            self._unknown[gateway, account] = now
            raise
        self._known[gateway, account] = (now, endpoint)
        return endpoint

    def _require_within_budget(self, gateway: str, account: str, now: datetime) -> None:
        """Refuse what was found unknown just now, and what nobody listed beyond the budget."""
        if not _ACCOUNT.fullmatch(account):
            raise UnknownGateway("no account has such a name")
        kept = {name: at for name, at in self._unknown.items() if _is_within(now, at, UNKNOWN_FOR)}
        self._unknown = kept
        if (gateway, account) in kept:
            raise UnknownGateway("no secret has that name; it was asked for just now")
        if (gateway, account) not in self._listed and not self._budget.has_room(now):
            raise UnknownGateway("too many unknown accounts were asked for in this minute")

    def _read(self, gateway: str, account: str) -> WebhookEndpoint:
        name = f"{self._prefix}/webhooks/{gateway}/{account}"
        client = lean_aws.client("secretsmanager")
        try:
            text = client.get_secret_value(SecretId=name)["SecretString"]
            if not text:  # the template's own has no value until somebody puts one
                raise UnknownGateway(name)
            endpoint = _endpoint(text)
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


def _is_within(now: datetime, at: datetime, age_max: timedelta) -> bool:
    return timedelta(0) <= now - at < age_max


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
    listed = (one.strip().partition("/") for one in lean_settings().gateway_accounts.split(","))
    named = frozenset((gateway, account or "main") for gateway, _, account in listed)
    return WebhookSecrets(lean_settings().secrets_prefix, named)
