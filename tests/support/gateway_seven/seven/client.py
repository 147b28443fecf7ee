"""Seven's API, one call at a time: a bearer key, JSON, and an idempotency key for each change."""

import json
from urllib.parse import quote, urlencode

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.declines import DeclineScope
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.parsing import Body, text
from kassa.platform.secrets import ApiAccess
from tests.support.gateway_seven.seven.declines import refused


def get(access: ApiAccess, *path: str, **query: str) -> Body | None:
    """Read something; nothing where Seven has no such thing."""
    query_text = f"?{urlencode(query)}" if query else ""
    answer = http.send(HttpRequest("GET", _url(access, path) + query_text, _headers(access)))
    if answer.status == 404:
        return None
    return _read(answer, DeclineScope.ANYTHING)


def post(access: ApiAccess, of: DeclineScope, key: str, body: Body, *path: str) -> Body:
    """Make something, once for each key; raise GatewayRefused or GatewayUnavailable."""
    headers = _headers(access) | {"Idempotency-Key": key}
    request = HttpRequest("POST", _url(access, path), headers, json.dumps(body).encode())
    return _read(http.send(request), of)


def _url(access: ApiAccess, path: tuple[str, ...]) -> str:
    if not access.api_base:
        raise GatewayRefused("not_configured", is_retryable=True)
    return "/".join((access.api_base.rstrip("/"), *(quote(one, safe="") for one in path)))


def _headers(access: ApiAccess) -> dict[str, str]:
    return {"Authorization": f"Bearer {access.api_key}", "Content-Type": "application/json"}


def _read(answer: HttpAnswer, of: DeclineScope) -> Body:
    if answer.status == 200:
        return answer.json()
    code = text(answer.json().get("code"))
    if code is None or answer.status == 409:  # another request of the same key is on its way
        raise GatewayUnavailable(f"seven: status {answer.status}")
    raise refused(code, of)
