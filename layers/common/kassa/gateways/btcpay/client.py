"""The door to a merchant's own BTCPay Server: its Greenfield API, called as one store.

An answer counts only if BTCPay itself gave it: a proxy's error page is silence, and so is a page
that says "not found" in another's words. GatewayRefused is a known no, and nothing was made.
"""

import json
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.btcpay import declines
from kassa.gateways.http import HttpAnswer, HttpRequest
from kassa.gateways.parsing import Body
from kassa.platform.secrets import ApiAccess

Query = dict[str, str | int]

_MISSING = {"invoice-not-found", "pullpayment-not-found", "payout-not-found"}


def store(access: ApiAccess, *path: str) -> str:
    """Return the path of something in the merchant's store."""
    if not access.api_base or not access.shop:
        raise GatewayRefused("not_configured", is_retryable=True)
    return path_of("stores", access.shop, *path)


def path_of(*parts: str) -> str:
    """Return a path of these parts; a pull payment's own names no store."""
    return "/".join(quote(part, safe="") for part in parts)


def get(access: ApiAccess, path: str, query: Query | None = None) -> Any:
    """Read something; nothing where BTCPay says that it has no such thing."""
    answer = _sent(access, "GET", path, query)
    if answer.status == 404 and _code(answer) in _MISSING:
        return None
    return _read(answer)


def post(access: ApiAccess, path: str, fields: dict[str, Any]) -> Any:
    """Make something, once; what became of it is unknown where GatewayUnavailable is raised."""
    return _read(_sent(access, "POST", path, fields=fields))


def delete(access: ApiAccess, path: str) -> None:
    """Archive something; what is archived already stays so."""
    answer = _sent(access, "DELETE", path)
    if answer.status != 200 and _code(answer) not in _MISSING:
        _refuse(answer)


def as_object(answer: Any) -> Body:
    """Return an answer that must be an object; anything else leaves the outcome unknown."""
    if not isinstance(answer, dict):
        raise GatewayUnavailable("btcpay: the answer is no object")
    return answer


def as_list(answer: Any) -> list[Body]:
    """Return an answer that must be a list of objects; anything else leaves the outcome unknown."""
    if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
        raise GatewayUnavailable("btcpay: the answer is no list")
    return answer


def _sent(
    access: ApiAccess,
    method: str,
    path: str,
    query: Query | None = None,
    fields: dict[str, Any] | None = None,
) -> HttpAnswer:
    base = str(access.api_base).rstrip("/")
    suffix = f"?{urlencode(query)}" if query else ""
    headers = {"Authorization": f"token {access.api_key}", "Accept": "application/json"}
    body = None
    if fields is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(fields).encode()
    return http.send(HttpRequest(method, f"{base}/api/v1/{path}{suffix}", headers, body))


def _read(answer: HttpAnswer) -> Any:
    """Return what was answered; lists are BTCPay's, too, and a number with a point stays text."""
    value = _parsed(answer)
    if answer.status == 200 and value is not None:
        return value
    _refuse(answer)


def _refuse(answer: HttpAnswer) -> NoReturn:
    """Raise what an answer that is no success means."""
    parsed = _parsed(answer)
    refused = declines.by_status(answer.status)
    if refused is None and isinstance(parsed, dict):
        refused = declines.by_code(parsed)
    elif refused is None and isinstance(parsed, list):
        refused = declines.by_fields([one for one in parsed if isinstance(one, dict)])
    if refused is None or not 400 <= answer.status < 500:
        raise GatewayUnavailable(f"btcpay: status {answer.status} and no reason")
    raise refused


def _code(answer: HttpAnswer) -> str | None:
    parsed = _parsed(answer)
    return parsed.get("code") if isinstance(parsed, dict) else None


def _parsed(answer: HttpAnswer) -> Any:
    try:
        return json.loads(answer.body, parse_float=str)
    except (ValueError, RecursionError):
        return None
