"""A browser's request, as API Gateway hands it on: host, cookies, form, and whether it is our own.

Every act is a POST of a form that one of our own pages showed. The browser itself says so: by
Sec-Fetch-Site or, where it is too old for that, by Origin. The session's token for forms says it
once more.
"""

import base64
import hmac
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import HTTP
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from kassa.console.cookies import SESSION
from kassa.core.errors import InvalidJson
from kassa.http_api.requests import body_text, headers_of
from kassa.platform.settings import settings

FORM = "application/x-www-form-urlencoded"
FILE_FORM = "multipart/form-data"
FILE_MAX = 4_300_000  # bytes of a form that brings a file
FORM_MAX = 96 * 1024  # bytes; a policy of two hundred rules is shorter
FIELDS_MAX = 1_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
BY_LINK = "link"  # what ConsoleSignIn says where a link lets in, on this machine alone
BY_ISSUER = ("cognito", "oidc")  # and where an issuer vouches for people


class Request(NamedTuple):
    """What a browser asks for."""

    method: str
    path: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    event: Mapping[str, Any]

    @property
    def is_https(self) -> bool:
        """Whether the browser came by TLS, as whoever stands in front of us reports."""
        return self.headers.get("x-forwarded-proto", "http").lower() == "https"

    @property
    def is_loopback(self) -> bool:
        """Whether the browser asked this machine: a name that leads here by DNS doesn't do."""
        host = self.headers.get("host", "").lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return name in LOOPBACK

    @property
    def is_at_door(self) -> bool:
        """Whether the browser asked where the console answers, as ConsoleSignIn says.

        Deployed, that is the public address, or the API's own, which stands behind it.
        """
        if settings().console_sign_in not in BY_ISSUER:
            return settings().console_sign_in == BY_LINK and self.is_loopback
        host, context = self.headers.get("host", "").lower(), self.event["requestContext"]
        own = str(context.get("domainName", "")).lower()
        is_own = own.startswith(f"{context.get('apiId', '')}.execute-api.") and host == own
        return is_own or host == urlsplit(settings().public_address).netloc.lower()

    @property
    def is_ours(self) -> bool:
        """Whether one of our own pages sent it."""
        site = self.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        scheme, public = "https" if self.is_https else "http", urlsplit(settings().public_address)
        ours = (f"{scheme}://{self.headers.get('host', '')}", f"{public.scheme}://{public.netloc}")
        return self.headers.get("origin") in ours

    @property
    def query(self) -> Mapping[str, str]:
        """Return what stands behind the path."""
        return dict(self.event.get("queryStringParameters") or {})

    @property
    def here(self) -> str:
        """Return the page that is asked for, or where the form stood that was sent."""
        if self.method == "POST":
            return self.path.rpartition("/")[0]
        query = str(self.event.get("rawQueryString") or "")
        return f"{self.path}?{query}" if query else self.path

    @property
    def source_ip(self) -> str:
        """Return from where the browser asks, as API Gateway saw it."""
        return source_ip_of(self.event)

    @property
    def accepted(self) -> str:
        """Return the languages that the browser asks for."""
        return self.headers.get("accept-language", "")

    @property
    def session_token(self) -> str:
        """Return the token of the session that the browser shows; nothing where it shows none."""
        return self.cookies.get(SESSION, "")


def source_ip_of(event: Mapping[str, Any]) -> str:
    """Return from where an event's request came."""
    return str(event["requestContext"]["http"].get("sourceIp", ""))


def read(event: dict[str, Any]) -> Request:
    """Return a request, as far as it can be read without its body."""
    http = event["requestContext"]["http"]
    headers = headers_of(event)
    sent = event.get("cookies") or [headers.get("cookie", "")]
    path = str(event.get("rawPath", "")).rstrip("/")
    return Request(str(http["method"]), path, headers, _cookies("; ".join(sent)), event)


def form_of(request: Request) -> dict[str, str] | None:
    """Return the fields of a form; None where there is none that can be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FILE_FORM:
        return _file_form(request)
    if kind != FORM or len(str(request.event.get("body") or "")) > FORM_MAX * 4 // 3:
        return None
    try:
        body = body_text(request.event)
        fields = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except (InvalidJson, ValueError):
        return None
    found = dict(fields)
    return found if len(found) == len(fields) else None


def _file_form(request: Request) -> dict[str, str] | None:
    """Return the fields of a form with one file, its bytes as base64; None where it isn't one."""
    sent = str(request.event.get("body") or "")
    is_base64 = bool(request.event.get("isBase64Encoded"))
    if len(sent) > FILE_MAX * 4 // 3 or not is_base64:
        return None
    try:
        body = base64.b64decode(sent, validate=True)
    except ValueError:
        return None
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(head + body, policy=HTTP).walk()
    found: dict[str, str] = {}
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        filename = part.get_filename()
        if filename is not None:
            found |= {f"{name}_name": filename, name: base64.b64encode(content).decode()}
        else:
            found[name] = content.decode("utf-8", "replace")
    return found if len(found) <= FIELDS_MAX else None


def form_token(session_token: str) -> str:
    """Return what the forms of a session carry: nobody works it out without the session's own."""
    return hmac.new(session_token.encode(), b"forms of the console", sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Compare two texts in a time that says nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _cookies(text: str) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(text).items()}
    except CookieError:
        return {}
