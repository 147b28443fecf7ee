"""PayPal's API over HTTP: a token kept until it ends, and what each kind of answer means."""

import base64
import json
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.parsing import Body
from kassa.gateways.paypal.declines import issue, refused
from kassa.platform import clock
from kassa.platform.secrets import ApiAccess

LIVE = "https://api-m.paypal.com"
SANDBOX = "https://api-m.sandbox.paypal.com"
MARGIN = timedelta(seconds=60)  # a token isn't used in its last minute
KEY_MAX = 108  # characters of a PayPal-Request-Id
_IN_PROGRESS = {"PREVIOUS_REQUEST_IN_PROGRESS", "ORDER_COMPLETION_IN_PROGRESS"}
# There is no issue and no code of it: the text alone.
_NOT_REPORTED = "Data for the given start date is not available"


class NotReported(GatewayRefused):
    """A report begins where PayPal's reports don't reach yet."""


class Token(NamedTuple):
    """What opens the API, and until when."""

    value: str
    ends_at: datetime


_tokens: dict[ApiAccess, Token] = {}


def get(access: ApiAccess, path: str, query: dict[str, str] | None = None) -> Body | None:
    """Read something; nothing where PayPal has no such thing."""
    answer = _called(access, "GET", path + (f"?{urlencode(query)}" if query else ""), None, {})
    if answer.status == 404:
        return None
    if answer.status >= 400:
        content = _refusal_body(answer)
        if _NOT_REPORTED in str(content.get("message")):
            raise NotReported("start_date")
        raise refused(answer.status, content)
    return answer.json()


def post(access: ApiAccess, path: str, body: Body, key: str) -> Body:
    """Post under an idempotency key; the same again does nothing more.

    Raises GatewayRefused with our reason, and PayPal's own as its cause, for a known no.
    """
    status, answer = tried(access, path, body, key)
    if status >= 400:
        raise refused(status, answer) from GatewayRefused(issue(status, answer))
    return answer


def tried(access: ApiAccess, path: str, body: Body, key: str) -> tuple[int, Body]:
    """Post, and return the status and the answer's body, also of a refusal."""
    headers = {"PayPal-Request-Id": key, "Prefer": "return=representation"}
    answer = _called(access, "POST", path, json.dumps(body).encode(), headers)
    response = _refusal_body(answer) if answer.status >= 400 else answer.json()
    if answer.status in (408, 409) or issue(answer.status, response) in _IN_PROGRESS:
        raise GatewayUnavailable("PayPal is still working on it")
    return answer.status, response


def post_parts(access: ApiAccess, path: str, form: tuple[str, bytes], key: str) -> Body:
    """Post a form of several parts, as documents are sent; raise GatewayRefused for a known no."""
    content_type, body = form
    headers = {"Content-Type": content_type, "PayPal-Request-Id": key[:KEY_MAX]}
    answer = _called(access, "POST", path, body, headers)
    if answer.status in (408, 409):
        raise GatewayUnavailable("PayPal is still working on it")
    if answer.status >= 400:
        raise refused(answer.status, _refusal_body(answer))
    return answer.json()


def base(access: ApiAccess) -> str:
    """Return where an account's API is."""
    return access.api_base or (LIVE if access.mode == "live" else SANDBOX)


def forget() -> None:
    """Forget every token; tests start clean."""
    _tokens.clear()


def _called(
    access: ApiAccess, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> http.HttpAnswer:
    """Send a request; a token that PayPal no longer takes is fetched anew, once."""
    all_headers = {"Content-Type": "application/json", "Accept": "application/json"} | headers

    def send() -> http.HttpAnswer:
        proof = {"Authorization": f"Bearer {_token(access)}"}
        return http.send(http.HttpRequest(method, base(access) + path, all_headers | proof, body))

    answer = send()
    if answer.status == 401:
        _tokens.pop(access, None)
        answer = send()
    return answer


def _token(access: ApiAccess) -> str:
    kept = _tokens.get(access)
    if kept is None or kept.ends_at <= clock.now():
        kept = _tokens[access] = _fetched(access)
    return kept.value


def _fetched(access: ApiAccess) -> Token:
    proof = base64.b64encode(f"{access.api_id}:{access.api_key}".encode()).decode()
    headers = {
        "Authorization": f"Basic {proof}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    url, body = f"{base(access)}/v1/oauth2/token", b"grant_type=client_credentials"
    answer = http.send(http.HttpRequest("POST", url, headers, body))
    if answer.status != 200:
        raise GatewayRefused("access_denied", is_retryable=True)  # no token, nothing was requested
    fields = answer.json()
    value, lifecycle_s = fields.get("access_token"), fields.get("expires_in")
    if not isinstance(value, str) or not isinstance(lifecycle_s, int):
        raise GatewayUnavailable("PayPal gave no token")
    return Token(value, clock.now() + timedelta(seconds=lifecycle_s) - MARGIN)


def _refusal_body(answer: http.HttpAnswer) -> Body:
    """Return what a refusal says; a refusal may say nothing."""
    try:
        return answer.json()
    except GatewayUnavailable:
        return {}
