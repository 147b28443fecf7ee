"""The accounts at the gateway: their secrets as the functions read them, and our webhook there."""

import json
import secrets
from dataclasses import replace
from typing import Any

from cli.stack import Stack
from infra.local.gateway import API_KEY, register_webhook
from infra.local.place import Place

GATEWAY = "stripe"


def open_account(stack: Stack, place: Place) -> Stack:
    """Make stripe/main known to the functions and to the gateway; return the stack with it."""
    secret = f"whsec_{secrets.token_hex(24)}"
    endpoint = {
        "merchant_id": "main",
        "mode": "test",
        "signing_secrets": [secret],
        "opened_at": None,
    }
    client = stack.client("secretsmanager")
    put_secret(client, f"{stack.name}/webhooks/{GATEWAY}/main", endpoint)
    access = {
        "api_key": API_KEY,
        "api_base": stack.gateway_url,
        "merchant_id": "main",
        "mode": "test",
    }
    put_secret(client, f"{stack.name}/api/{GATEWAY}/main", access)
    url = stack.webhook_url(GATEWAY)
    register_webhook(place.gateway, place.gateway_port, url, secret)
    return replace(
        stack,
        webhooks={GATEWAY: url},
        secrets={GATEWAY: secret},
        api_keys={GATEWAY: API_KEY},
    )


def put_secret(client: Any, name: str, value: dict[str, Any]) -> None:
    """Store a secret's newest version; the template has made the secret."""
    client.put_secret_value(SecretId=name, SecretString=json.dumps(value))
