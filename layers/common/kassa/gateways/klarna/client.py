"""Klarna's API, one call at a time: Basic authentication, JSON, and a key for each change."""

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from kassa.gateways.http import HttpAnswer, HttpRequest, send
from kassa.gateways.klarna.declines import refuse
from kassa.gateways.parsing import Body
from kassa.platform.secrets import ApiAccess

# Europe's; a merchant of another region names its own in the secret.
BASES = {"live": "https://api.klarna.com", "test": "https://api.playground.klarna.com"}

ORDERS = "/ordermanagement/v1/orders"
CHANGE_S = 8.0  # a checkout takes two changes, and both fit into what its caller waits


def base_of(access: ApiAccess) -> str:
    """Return the address of Klarna's API for an account."""
    return (access.api_base or BASES[access.mode]).rstrip("/")


def found(access: ApiAccess, path: str, query: Mapping[str, str] | None = None) -> Body | None:
    """Read something; nothing where Klarna has no such thing. Raises GatewayRefused for a no."""
    suffix = f"?{urlencode(query)}" if query else ""
    answer = send(HttpRequest("GET", f"{base_of(access)}{path}{suffix}", _headers(access)))
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise refuse(answer)
    return answer.json()


def posted(
    access: ApiAccess, path: str, body: Body | None = None, key: str | None = None
) -> HttpAnswer:
    """Submit a change, under a key that makes a repeat harmless; return the answer."""
    headers = _headers(access) | {"Content-Type": "application/json"}
    if key:
        headers["Klarna-Idempotency-Key"] = key
    text = json.dumps(body).encode() if body is not None else b""
    return send(HttpRequest("POST", f"{base_of(access)}{path}", headers, text, CHANGE_S))


def sent_parts(access: ApiAccess, path: str, form: tuple[str, bytes]) -> HttpAnswer:
    """Submit a form of several parts, as files are uploaded; return the answer."""
    content_type, body = form
    headers = _headers(access) | {"Content-Type": content_type}
    return send(HttpRequest("POST", f"{base_of(access)}{path}", headers, body, CHANGE_S))


def segment(name: str) -> str:
    """Write an id into a path, whatever it holds."""
    return quote(name, safe=":")


def _headers(access: ApiAccess) -> dict[str, str]:
    """Return the credentials: a user name and its key, or one of the newer keys alone."""
    if access.api_id is None:
        return {"Authorization": f"Basic {access.api_key}"}
    pair = base64.b64encode(f"{access.api_id}:{access.api_key}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}
