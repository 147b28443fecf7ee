"""What gateways' JSON has in common: objects, lists, texts, times; read strictly, or not at all.

And how events that Kassa fetches itself are called: the same thing always has the same id.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import BALANCE, LOOK_UP

Body = dict[str, Any]


def parsed(
    raw: bytes,
    parse_float: Callable[[str], object] = str,
    parse_constant: Callable[[str], object] | None = None,
) -> Body:
    """Return the JSON object that bytes are; a number with a point stays text.

    Raises UnreadableEvent for anything else, so that the message reaches the DLQ.
    """
    try:
        body = json.loads(raw, parse_float=parse_float, parse_constant=parse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableEvent("the body is not JSON") from error
    if not isinstance(body, dict):
        raise UnreadableEvent("the body is not an object")
    return body


def text(value: object) -> str | None:
    """Return a text; nothing for null, an empty one or what is no text."""
    return value if isinstance(value, str) and value else None


def country(value: object) -> str | None:
    """Return a country's code of two letters, in capitals; nothing for what is none."""
    code = value.upper() if isinstance(value, str) else ""
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def part(body: Body, name: str) -> Body:
    """Return an object inside another; an empty one where there is none."""
    inner = body.get(name)
    return inner if isinstance(inner, dict) else {}


def parts(body: Body, name: str) -> list[Body]:
    """Return the objects of a list inside another; what is no object is passed over."""
    inner = body.get(name)
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def instant(seconds: object) -> datetime:
    """Return seconds since 1970 as an aware instant."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**34:
        raise UnreadableEvent("a time is not in seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def digest(value: object) -> str:
    """Name a state by its content, so that the same state is one event."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def balance_id(object_id: str) -> str:
    """Name what never changes, such as a balance transaction, by its id."""
    return f"{BALANCE}{object_id}"


def look_up_id(object_id: str, found: Any) -> str:
    """Name what may change by its id and its content, so that the same state is one event."""
    return f"{LOOK_UP}{object_id}:{digest(found)}"
