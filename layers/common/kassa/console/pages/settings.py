"""What the screens of settings show: who works here, keys, gateways, and what the merchant is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.core.merchant import Merchant
from kassa.gateways.event_types import Outcome, event_types
from kassa.people.api_keys import ApiKey, is_alive
from kassa.people.persons import Person
from kassa.reports.localization import Texts

CLICKED = {  # where each gateway's own pages take an endpoint: their words, in their language
    "stripe": "Developers → Webhooks → Add endpoint",
    "paypal": "Apps & Credentials → (app) → Live / Sandbox Webhooks → Add Webhook",
    "klarna": "Payments → Settings → Webhooks",
    "adyen": "Developers → Webhooks → + Webhook → Standard webhook",
    "btcpay": "Store → Settings → Webhooks → Create Webhook",
}


class KeptSecret(NamedTuple):
    """Whether a secret is there, and since when it is as it is; never what it says."""

    name: str
    is_there: bool
    changed_at: datetime | None = None


class GatewayRead(NamedTuple):
    """A gateway account: where it sends to, what is kept of it, and when it sent last."""

    gateway: str
    account: str
    url: str
    secrets: tuple[KeptSecret, ...]
    received_at: datetime | None


def gateway(one: GatewayRead, texts: Texts, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """Return a gateway account, and what to click for it."""
    types = event_types(one.gateway).values()
    return {
        "name": texts.gateway(f"{one.gateway}/{one.account}"),
        "gateway": one.gateway,
        "account": one.account,
        "path": f"/console/settings/gateways/{one.gateway}/{one.account}",
        "url": one.url,
        "since_webhook": texts.span(now - one.received_at) if one.received_at else "",
        "is_connected": all(secret.is_there for secret in one.secrets),
        "secrets": [
            (
                secret.name,
                secret.is_there,
                texts.instant(secret.changed_at.astimezone(zone)) if secret.changed_at else "",
            )
            for secret in one.secrets
        ],
        "clicked": CLICKED.get(one.gateway, ""),
        "events": [row.name for row in types if row.outcome is Outcome.BOOKED],
    }


def merchant(of: Merchant, currency: str, texts: Texts) -> list[tuple[str, str]]:
    """Return what documents and reports say of the merchant."""
    named = {
        "name": of.name,
        "address": ", ".join(of.address),
        "tax_id": of.tax_id,
        "country": of.country,
        "time_zone": of.time_zone,
        "language": of.language,
        "currency": currency,
        "id": of.merchant_id,
    }
    return [(texts(f"merchant.{name}"), value) for name, value in named.items()]


def person(one: Person, me: str, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return a person as the list of people shows them."""
    return {
        "id": one.person_id,
        "name": one.name,
        "email": one.email or "",
        "roles": sorted(one.roles),
        "is_active": one.is_active,
        "is_sole": one.is_sole,
        "is_me": one.person_id == me,
        "since": texts.instant(one.created_at.astimezone(zone)),
    }


def key(
    one: ApiKey, names: Mapping[str, str], at: tuple[datetime, ZoneInfo], texts: Texts
) -> dict[str, Any]:
    """Return a key as the list of keys shows it."""
    now, zone = at
    alive = is_alive(one, now)
    state = "revoked" if one.revoked_at else "valid" if alive else "ended"
    return {
        "id": one.key_id,
        "whose": names.get(one.person_id or "", "") or one.person_id or one.name,
        "is_persons": one.person_id is not None,
        "scopes": sorted(one.scopes),
        "created": texts.instant(one.created_at.astimezone(zone)),
        "ends": texts.instant(one.expires_at.astimezone(zone)),
        "state": state,
    }
