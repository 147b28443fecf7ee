"""Keeps what the webhook door refused, for seven days: verdict, headers that matter, the body.

Every refusal is one line of the log. A few a minute are also kept whole, encrypted in the bucket,
so that a person can see why a gateway's webhooks are refused; a flood fills the budget once and
then costs nothing more. Nothing here may change what the gateway is answered.
"""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from kassa.core.errors import KassaError
from kassa.gateways import registry
from kassa.platform import clock
from kassa.platform.budgets import Budget
from kassa.platform.lean import aws as lean_aws
from kassa.platform.lean.settings import lean_settings
from kassa.platform.lean.telemetry import Refusal, log_refused, verdict

PREFIX = "refused/"
KEPT_FOR = timedelta(days=7)  # the bucket's rule, which a test holds against this
PER_MINUTE = 5  # of each execution environment
BODY_CHARACTERS_MAX = 64 * 1024  # as it came, base64 or text
VALUE_MAX = 1000  # characters of a header
NAMES_MAX = 40

# What helps to find out why a webhook was refused. Whatever else came is kept by its name alone.
SHOWN = frozenset(
    {
        *("content-type", "content-length", "user-agent", "date"),
        *("paypal-auth-algo", "paypal-cert-url", "paypal-transmission-id"),
        *("paypal-transmission-time", "klarna-signing-key-id", "webhook-id", "webhook-timestamp"),
    }
)
MASKED = frozenset(  # proofs: how they begin and how long they are says enough
    {
        *("stripe-signature", "paypal-transmission-sig", "klarna-signature", "webhook-signature"),
        "btcpay-sig",
    }
)
MASKED_TO = 14  # "t=1795334400,v" is Stripe's time, which nobody need hide


class RefusedRequests:
    """The bucket's `refused/`, a few a minute."""

    def __init__(self, bucket: str, per_minute: int = PER_MINUTE) -> None:
        self._bucket = bucket
        self._budget = Budget(per_minute)

    def keep(self, event: Mapping[str, Any], refusal: Refusal) -> str | None:
        """Keep a request as API Gateway gave it; return its id, or none where it isn't kept."""
        if not self._budget.has_room(refusal.at):
            return None
        self._budget.spend(refusal.at)
        request_id = f"{refusal.at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        gateway = (event.get("pathParameters") or {}).get("gateway")
        known = gateway if gateway in registry.GATEWAYS else "unknown"
        key = f"{PREFIX}{refusal.at:%Y-%m-%d}/{request_id}-{known}-{refusal.status}.json"
        try:
            lean_aws.client("s3").put_object(
                Bucket=self._bucket,
                Key=key,
                Body=json.dumps(_record(event, refusal)).encode(),
                ContentType="application/json",
                ServerSideEncryption="AES256",
            )
        except (ClientError, BotoCoreError):
            return None  # the refusal stands, and its line in the log
        return request_id


def _record(event: Mapping[str, Any], refusal: Refusal) -> dict[str, Any]:
    body = str(event.get("body") or "")
    path = event.get("pathParameters") or {}
    return {
        "at": refusal.at.isoformat(),
        "gateway": str(path.get("gateway", ""))[:VALUE_MAX],
        "account": str(path.get("account", ""))[:VALUE_MAX],
        "status": refusal.status,
        "reason": refusal.reason[:VALUE_MAX],
        "size": refusal.size,
        **_headers(event.get("headers") or {}),
        "query_names": _names(event.get("queryStringParameters") or {}),
        "is_base64": bool(event.get("isBase64Encoded")),
        "is_cut": len(body) > BODY_CHARACTERS_MAX,
        "body": base64.b64encode(
            body[:BODY_CHARACTERS_MAX].encode("utf-8", "surrogatepass")
        ).decode(),
    }


def _headers(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the headers that matter; those that prove or open something are masked or left out."""
    by_name = {str(name).lower(): str(value) for name, value in given.items()}
    shown = {name: by_name[name][:VALUE_MAX] for name in sorted(SHOWN & by_name.keys())}
    masked = {name: mask(by_name[name]) for name in sorted(MASKED & by_name.keys())}
    return {
        "headers": shown | masked,
        "other_headers": _names(by_name.keys() - SHOWN - MASKED),
    }


def mask(value: str) -> str:
    """Return how a value begins and how long it is."""
    return f"{value[:MASKED_TO]}… ({len(value)} characters)" if value else ""


def _names(names: Iterable[object]) -> list[str]:
    return sorted(str(name)[:100] for name in names)[:NAMES_MAX]


@cache
def refused_requests() -> RefusedRequests:
    """Return this execution environment's; tests call `refused_requests.cache_clear()`."""
    return RefusedRequests(lean_settings().bucket_name)


def refuse_webhook(event: Mapping[str, Any], error: KassaError, kept: RefusedRequests) -> int:
    """Return the status for a request as API Gateway gave it; its log line names what is kept.

    What fails on our side isn't kept: its gateway sends it again.
    """
    status = verdict(error).status
    body = event.get("body") or ""
    refusal = Refusal(status, str(error), clock.now(), len(body))
    request_id = kept.keep(event, refusal) if status < 500 else None
    log_refused(error, event.get("pathParameters") or {}, refusal, request_id)
    return status
