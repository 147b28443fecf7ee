"""What BTCPay's objects are made of: words, instants, lists; read strictly, or not at all."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from kassa.errors import UnreadableEvent

Body = dict[str, Any]

_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,11}", re.ASCII)


def parsed(raw: bytes) -> Body:
    """Return the JSON object that bytes are; a number with a point stays text."""
    try:
        said = json.loads(raw, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableEvent("the body is not JSON") from error
    if not isinstance(said, dict):
        raise UnreadableEvent("the body is not an object")
    return said


def instant(seconds: object) -> datetime:
    """Return seconds since 1970 as an aware instant; a payout writes them as text."""
    if isinstance(seconds, str) and _DIGITS.fullmatch(seconds):
        seconds = int(seconds)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**34:
        raise UnreadableEvent("a time is not in seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


def identity(value: object) -> str:
    """Return an id that can stand in a key and in an address."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableEvent("an id is missing or can't be read")
    return value


def word(value: object) -> str | None:
    """Return a word BTCPay said; nothing for null, an empty one or what isn't a word."""
    return value if isinstance(value, str) and value else None


def part(body: Body, name: str) -> Body:
    """Return an object inside another; an empty one where there is none."""
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def parts(body: Body, name: str) -> list[Body]:
    """Return a list of objects; one that isn't such a list is unreadable."""
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise UnreadableEvent(f"{name} is no list of objects")
    return value
