"""What was sent, made readable before any route sees it: the version, the media type, the JSON."""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from kassa.core import json_bodies
from kassa.core.errors import InvalidJson
from kassa.http_api.errors import Refusal
from kassa.http_api.refusals import spoken

VERSIONS = ("2026-11-29",)  # the newest last
BODY_MAX = 1024 * 1024
OPEN_BODY_MAX = 4 * 1024  # where anybody may send one
# Three ids and a prefix fit into a table's key of 2,048 bytes, a cursor's into a sort key of 1,024.
TEXT_BYTES_MAX = 600
CURSOR_BYTES_MAX = 1300
_JSON = "application/json"


def headers_of(event: dict[str, Any]) -> dict[str, str]:
    """Return a request's headers, their names in small letters."""
    return {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}


def version_of(event: dict[str, Any]) -> str:
    """Return the version that a request is answered in: the one it names, else the newest."""
    named = headers_of(event).get("kassa-version", "")
    return named if named in VERSIONS else VERSIONS[-1]


def read(event: dict[str, Any], body_max: int = BODY_MAX) -> Refusal | None:
    """Read a request's body where its method has one, and leave it as text; or say why not."""
    headers = headers_of(event)
    if headers.get("kassa-version", VERSIONS[-1]) not in VERSIONS:
        text = f"Kassa-Version: there is {', '.join(VERSIONS)}"
        return Refusal("unknown_version", text, "Kassa-Version")
    if off := _text_off(event) or _repeated(event):
        return off
    if event["requestContext"]["http"]["method"] not in ("POST", "PUT", "PATCH"):
        return None
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        text = f"the body must be JSON, sent with the header Content-Type: {_JSON}"
        return Refusal("unsupported_media_type", text, "Content-Type")
    if len(event.get("body") or "") > body_max:
        return Refusal("body_too_large", f"the body has more than {body_max} bytes", "body")
    try:
        event["body"] = body_text(event)
        body = json_bodies.parse(event["body"])
    except InvalidJson as error:
        return Refusal("invalid_json", f"the body {error}", "body")
    if not isinstance(body, dict):
        return Refusal("invalid_json", "the body must be a JSON object", "body")
    event["isBase64Encoded"] = False
    event["headers"] = headers | {"content-type": _JSON}
    return None


def _text_off(event: dict[str, Any]) -> Refusal | None:
    """Say which part of the path or the query can be no id, since no key of the table holds it."""
    for name, value in (event.get("queryStringParameters") or {}).items():
        most = CURSOR_BYTES_MAX if name == "cursor" else TEXT_BYTES_MAX
        if why := _off(str(value), most):
            return Refusal("invalid_parameter", f"{spoken(name)}: {why}", spoken(name))
    for value in str(event.get("rawPath", "")).split("/")[1:]:
        if why := _off(value or "/", TEXT_BYTES_MAX):
            return Refusal("invalid_parameter", f"path: a part of it {why}", "path")
    return None


def _repeated(event: dict[str, Any]) -> Refusal | None:
    """Name a query parameter that was sent twice: the gateway joins both to one by a comma."""
    sent = Counter(name for name, _ in parse_qsl(str(event.get("rawQueryString", ""))))
    twice = next((spoken(name) for name, times in sent.items() if times > 1), None)
    text = f"{twice}: was sent more than once"
    return None if twice is None else Refusal("invalid_parameter", text, twice)


def _off(text: str, bytes_max: int) -> str | None:
    if not text:
        return "is empty"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "is no text in UTF-8"
    return f"has more than {bytes_max} bytes" if size > bytes_max else None


def body_text(event: Mapping[str, Any]) -> str:
    """Return a request's body; raise InvalidJson where it is no text in UTF-8."""
    body = str(event.get("body") or "")
    if not event.get("isBase64Encoded"):
        return body
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidJson("is no text in UTF-8") from None
