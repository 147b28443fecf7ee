"""Adyen's official client, sending by our own HTTP client. Alone imports `Adyen`.

The client knows paths, headers and errors; that an answer was lost, and how long one waits, is for
`http.send`, as with every gateway.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import Adyen  # type: ignore[import-untyped]

from kassa.core.errors import GatewayRefused, GatewayUnavailable
from kassa.gateways import http
from kassa.gateways.adyen.declines import refused
from kassa.gateways.http import HttpRequest
from kassa.gateways.parsing import Body
from kassa.platform.secrets import ApiAccess

TEST_BASE = "https://checkout-test.adyen.com"
DISPUTES_BASE = "https://ca-test.adyen.com"
_OWN_HOSTS = ("adyen.com", "adyenpayments.com")
IN_PROGRESS = "704"  # the first request under this key isn't answered yet
KEY_MAX = 64


class _HttpClient:
    """What the official client sends with, in place of its own."""

    user_agent = "kassa"

    def __init__(self, base: str, instead_of: str = TEST_BASE) -> None:
        self._base, self._instead_of = base, instead_of

    def request(
        self, method: str, url: str, json: Body | None, xapikey: str, headers: Mapping[str, str]
    ) -> tuple[str, Body | None, int, Mapping[str, str]]:
        """Send a request to the merchant's own address; return what the official client reads."""
        sent_headers = {**headers, "X-API-Key": xapikey, "Content-Type": "application/json"}
        sent = HttpRequest(
            method, url.replace(self._instead_of, self._base, 1), sent_headers, _encoded(json)
        )
        answer = http.send(sent)
        return _text(answer.body), json, answer.status, answer.headers


def _encoded(body: Body | None) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _text(body: bytes) -> str:
    """Return a JSON object's text; the official client trips over anything else.

    What can't be read says nothing, and the caller misses what it must say.
    """
    try:
        return json.dumps(answer) if isinstance(answer := json.loads(body), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"


@lru_cache(maxsize=8)  # a rotated key drops out in time
def of(access: ApiAccess) -> Any:
    """Return the official client of an account."""
    client = Adyen.AdyenClient(xapikey=access.api_key, platform="test")
    client.http_client = _HttpClient((access.api_base or TEST_BASE).rstrip("/"))
    client.http_init = True
    return Adyen.services.AdyenCheckoutApi(client=client)


@lru_cache(maxsize=8)
def disputes_of(access: ApiAccess) -> Any:
    """Return the official client of an account's disputes, which are beside its reports."""
    client = Adyen.AdyenClient(xapikey=access.api_key, platform="test")
    client.http_client = _HttpClient(report_base(access), DISPUTES_BASE)
    client.http_init = True
    return Adyen.services.AdyenDisputesApi(client=client).disputes_api


def report_base(access: ApiAccess) -> str:
    """Return where reports and disputes are: at Adyen beside its API, elsewhere at one address."""
    base = (access.api_base or "").rstrip("/")
    host = urlsplit(base).hostname or ""
    if not base or host.endswith(_OWN_HOSTS):
        return f"https://ca-{access.mode}.adyen.com"
    return base


def shop_of(access: ApiAccess) -> str:
    """Return the merchant account; nothing can be called without."""
    if not access.shop:
        raise GatewayRefused("shop_missing", is_retryable=True)
    if access.mode == "live" and not access.api_base:  # live addresses begin with its own prefix
        raise GatewayRefused("api_base_missing", is_retryable=True)
    return access.shop


def called(call: Any) -> Body | None:
    """Call Adyen; nothing for what it doesn't have, and its errors become ours."""
    try:
        answer: Body = call().message
    except Adyen.exceptions.AdyenAPIResponseError as error:
        status, code = int(error.status_code), str(error.error_code or "")
        if status == 404:
            return None
        if code == IN_PROGRESS:
            raise GatewayUnavailable("adyen: the first request isn't answered yet") from None
        raise refused(code, status) from None
    except Adyen.exceptions.AdyenInvalidRequestError:  # there is no key: nothing was sent
        raise GatewayRefused("access_denied", is_retryable=True) from None
    return answer
