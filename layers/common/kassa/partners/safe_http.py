"""The one HTTP client for addresses that strangers gave: webhook endpoints, targets of partners.

Each request resolves the name anew, refuses it where any address isn't public, and connects to the
address that was checked, with the name's own SNI, Host and certificate: a name that answers
otherwise a moment later (DNS rebinding) changes nothing. No redirect is followed, no proxy of the
environment is used, no answer is unpacked, and all of it together has one time-out.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from kassa.core.errors import AddressRefused, PartnerSilent, PartnerUnreachable
from kassa.partners import addresses
from kassa.partners.addresses import Target
from kassa.platform.settings import settings

ADDRESSES_MAX = 4  # of a name that are tried, as far as the time goes
CHUNK = 16 * 1024


class Limits(NamedTuple):
    """What a stranger may take of us."""

    connect_s: float = 5.0  # to resolve the name, and again to connect
    total_s: float = 15.0  # from the first step to the answer's last byte
    answer_max: int = 64 * 1024  # bytes of an answer's body that are read


class SafeRequest(NamedTuple):
    """One request; a body is given as its exact bytes."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    limits: Limits = Limits()


class SafeAnswer(NamedTuple):
    """What was answered, never followed and never unpacked; headers by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes  # as it was sent, up to `answer_max` bytes
    is_whole: bool = True  # whether that was all of the body


Transport = Callable[[Target, SafeRequest], SafeAnswer]
_installed: list[Transport] = []


def install(transport: Transport | None) -> None:
    """Send requests another way; nothing brings the network back."""
    _installed[:] = [transport] if transport else []


def send(request: SafeRequest) -> SafeAnswer:
    """Send a request and return what was answered, whatever its status.

    Raises AddressRefused where the address may not be called, and PartnerUnreachable where nobody
    took the connection: nothing was sent. Raises PartnerSilent where no whole answer came in time:
    nobody knows what the request did.
    """
    target = read_url(request.url)
    return (_installed[0] if _installed else _sent)(target, request)


def read_url(url: str) -> Target:
    """Return the target that an address names; raise AddressRefused saying why it is none."""
    target = addresses.read_url(url, _trial_hosts(settings().trial_hosts))
    if settings().is_training and not target.is_trial:
        raise AddressRefused("url: in training programs of this machine alone are called")
    return target


def resolve(target: Target, timeout_s: float) -> list[str]:
    """Return a name's addresses, those of IPv4 first.

    Raises AddressRefused where one of them isn't public, and PartnerUnreachable where there is
    none, or none in time: a resolver knows no time-out of ours.
    """
    found: list[Any] = []
    asking = threading.Thread(target=_look_up, args=(target, found), daemon=True)
    asking.start()
    asking.join(max(timeout_s, 0.0))
    if not found or isinstance(found[0], OSError | UnicodeError):
        raise PartnerUnreachable(f"{target.host}: the name has no address")
    named = list(dict.fromkeys(str(one[4][0]) for one in found[0]))
    is_right = addresses.is_loopback if target.is_trial else addresses.is_public
    if not all(map(is_right, named)):
        raise AddressRefused(f"url: {target.host} leads to an address that isn't public")
    return sorted(named, key=lambda address: ":" in address)[:ADDRESSES_MAX]


@cache
def _trial_hosts(listed: str) -> frozenset[str]:
    return frozenset(filter(None, (one.strip() for one in listed.split(","))))


def _look_up(target: Target, found: list[Any]) -> None:
    try:
        found.append(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        found.append(error)


def _sent(target: Target, request: SafeRequest) -> SafeAnswer:
    ends_at = time.monotonic() + request.limits.total_s
    found = resolve(target, min(request.limits.connect_s, request.limits.total_s))
    connection = _connected(target, found, request.limits.connect_s, ends_at)
    try:
        with _ending(connection.sock, ends_at) as has_ended:
            answer = _answered(connection, target, request)
        if has_ended.is_set():  # what was cut off may look whole
            raise PartnerSilent(f"{target.host}: no whole answer in {request.limits.total_s:g} s")
        return answer
    finally:
        connection.close()


def _connected(target: Target, found: list[str], connect_s: float, ends_at: float) -> Any:
    """Connect to the first address that takes it."""
    import urllib3

    failed = "there was no time left"
    for address in found:
        left_s = min(connect_s, ends_at - time.monotonic())
        if left_s <= 0:
            break
        connection = _connection(target, address, left_s)
        try:
            connection.connect()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            connection.close()
            failed = _spoken(error)
            continue
        return connection
    raise PartnerUnreachable(f"{target.host}: {failed}")


def _connection(target: Target, address: str, timeout_s: float) -> Any:
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if target.scheme == "http":  # on this machine alone
        return HTTPConnection(address, target.port, timeout=timeout_s)
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout_s,
        server_hostname=target.host,  # what the certificate is checked against
        ssl_context=_tls(),
    )


@cache
def _tls() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


@contextmanager
def _ending(sock: socket.socket, ends_at: float) -> Iterator[threading.Event]:
    """Cut a connection off when its time is over, whatever drips in until then."""
    has_ended = threading.Event()

    def end() -> None:
        has_ended.set()
        try:
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # also below TLS
        except OSError:
            return  # it is closed already

    timer = threading.Timer(max(ends_at - time.monotonic(), 0.0), end)
    timer.daemon = True
    timer.start()
    try:
        yield has_ended
    finally:
        timer.cancel()


def _answered(connection: Any, target: Target, request: SafeRequest) -> SafeAnswer:
    import http.client

    import urllib3

    connection.timeout = request.limits.total_s
    connection.sock.settimeout(request.limits.total_s)
    fixed = {"Host": target.host_header, "Accept-Encoding": "identity", "Connection": "close"}
    try:
        connection.request(
            request.method,
            target.path,
            body=request.body,
            headers={"User-Agent": "Kassa"} | dict(request.headers) | fixed,
            preload_content=False,
            decode_content=False,
        )
        answer = connection.getresponse()
        body, is_whole = _body(answer, request.limits.answer_max)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        # From None: a header that can't be sent is quoted by who refuses it, and may be a secret.
        raise PartnerSilent(f"{target.host}: {_spoken(error)}") from None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return SafeAnswer(answer.status, headers, body, is_whole)


def _body(answer: Any, most: int) -> tuple[bytes, bool]:
    """Read no more of a body than was allowed, and say whether that was all."""
    read = b""
    while len(read) <= most:
        chunk = answer.read(CHUNK, decode_content=False)
        if not chunk:
            return read, True
        read += chunk
    return read[:most], False


def _spoken(error: Exception) -> str:
    """Say what failed in words that quote nothing of the request."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate isn't the name's: {error.verify_message}"
    cause = error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _spoken(cause)
    return type(error).__name__
