"""Secrets of the gateways' accounts, stored as an operator would store them."""

import json
from typing import Any

from infra.stack import Stack


def put_secrets(
    stack: Stack, name: str, webhook: dict[str, Any], api: dict[str, Any], account: str = "main"
) -> None:
    """Store how a gateway's webhooks are proven, and how its API is asked, for one account."""
    client = stack.client("secretsmanager")
    known = {"merchant_id": "main", "mode": "test"}
    proven = known | {"opened_at": None} | webhook
    put_secret(client, f"{stack.name}/webhooks/{name}/{account}", proven)
    asked = known | {"api_base": stack.gateway_urls[name]} | api
    put_secret(client, f"{stack.name}/api/{name}/{account}", asked)


def put_secret(client: Any, name: str, value: dict[str, Any]) -> None:
    """Store a secret's newest version; what the template hasn't made is made, as by an operator."""
    try:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=json.dumps(value))
