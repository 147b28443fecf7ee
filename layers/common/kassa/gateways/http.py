"""The thin HTTP client of gateways that have no well-kept client of their own.

What is certain is answered; what nobody knows is GatewayUnavailable: no answer, a server's error,
or a request for patience. Only reading is tried again here, since repeating anything else is for
whoever holds the idempotency key.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kassa.core.errors import GatewayUnavailable

TIMEOUT_S = 15.0
TRIES = 3  # of reading; they fit into a function's minute
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class HttpRequest(NamedTuple):
    """One request; a body is given as its exact bytes."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    timeout_s: float = TIMEOUT_S


class HttpAnswer(NamedTuple):
    """What was answered; headers by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the JSON object that was answered; anything else leaves the outcome unknown."""
        try:
            answer = json.loads(self.body, parse_float=str)  # an amount must never become a float
        except (ValueError, RecursionError) as error:
            raise GatewayUnavailable("the answer is no JSON") from error
        if not isinstance(answer, dict):
            raise GatewayUnavailable("the answer is no JSON object")
        return answer


Transport = Callable[[HttpRequest], HttpAnswer]
_installed: list[Transport] = []
_ends_at: list[float] = []  # of `within`; a function handles one request at a time


def install(transport: Transport | None) -> None:
    """Send requests another way; nothing brings the network back."""
    _installed[:] = [transport] if transport else []


def send(request: HttpRequest) -> HttpAnswer:
    """Send a request; raise GatewayUnavailable where its outcome isn't known.

    A plain-text address is only right on this machine, and a redirect is an answer like any other.
    """
    parts = urlsplit(request.url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise GatewayUnavailable(f"{parts.hostname} isn't asked without TLS")
    if _ends_at:
        request = request._replace(timeout_s=min(request.timeout_s, _left_s(parts.hostname)))
    tries = TRIES if request.method == "GET" and not _ends_at else 1
    for _ in range(tries - 1):
        with suppress(GatewayUnavailable):
            return _known(request, parts.hostname)
    return _known(request, parts.hostname)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let the requests inside take so many seconds together, each tried once.

    For whoever is waited for: a request beyond them raises GatewayUnavailable without being sent.
    """
    _ends_at.append(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.pop()


def _left_s(host: str | None) -> float:
    left_s = min(_ends_at) - time.monotonic()
    if left_s <= 0:
        raise GatewayUnavailable(f"{host}: there is no time left to wait for it")
    return left_s


def _known(request: HttpRequest, host: str | None) -> HttpAnswer:
    answer = (_installed[0] if _installed else _sent)(request)
    if answer.status >= 500 or answer.status == 429:
        raise silent(f"{host}: status {answer.status}", answer.headers.get("retry-after"))
    return answer


def silent(reason: str, retry_after: str | None) -> GatewayUnavailable:
    """Return the error of a gateway that asks for patience, in seconds; a date isn't heeded."""
    error = GatewayUnavailable(reason)
    if retry_after and re.fullmatch("[0-9]{1,5}", retry_after):
        error.wait_s = float(retry_after)
    return error


@cache
def _pool() -> Any:
    import certifi  # neither is needed while a transport is installed
    import urllib3

    return urllib3.PoolManager(ca_certs=certifi.where(), retries=False, maxsize=4)


def _sent(request: HttpRequest) -> HttpAnswer:
    import urllib3

    try:
        answer = _pool().request(
            request.method,
            request.url,
            body=request.body,
            headers=dict(request.headers),
            timeout=urllib3.Timeout(total=request.timeout_s),
            redirect=False,
        )
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        # From None: a header that can't be sent is quoted by who refuses it, and may be the key.
        host = urlsplit(request.url).hostname
        raise GatewayUnavailable(f"{host}: {type(error).__name__}") from None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return HttpAnswer(answer.status, headers, answer.data)
