"""What an event's page shows: when it was booked, what it moved, and what the gateway sent."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kassa.console.pages.payments.payment import Booked, postings_rows
from kassa.reports.localization import Texts

BODY_MAX = 36_000  # bytes as HTML, so that the page stays within its budget
DEPTH_MAX = 20  # what is deeper isn't indented any further
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENING, _CLOSING = "{[", "}]"
_ESCAPED = 5  # bytes of a character that HTML has a name or number for


class Body(NamedTuple):
    """What a gateway sent, as far as a page shows it."""

    text: str
    is_cut: bool


def shown(event: Booked, texts: Texts, zone: ZoneInfo) -> dict[str, Any]:
    """Return what the page is filled in with, without what the gateway sent."""
    booked_at: datetime = event.booked_at.astimezone(zone)
    return {
        "id": event.event_id,
        "type": event.gateway_type,
        "booked_at": texts.instant(booked_at),
        "day": event.booked_at.date(),  # UTC, as commands ask for it
        "is_ignored": event.is_ignored,
        "postings": postings_rows(event.facts, texts),
    }


def body_shown(body: bytes) -> Body:
    """Return a body laid out line by line where it is JSON, and else as it is.

    Nothing is read anew: numbers and escapes stand as the gateway wrote them.
    """
    text = body.decode("utf-8", "replace")
    return _bounded(_laid_out(text) if _is_json(text) else [text])


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _laid_out(text: str) -> Iterator[str]:
    """Yield the parts of a JSON text with line breaks and indents between them."""
    depth, before = 0, ""
    for token in _TOKEN.findall(text):
        is_empty = token in _CLOSING and before in _OPENING and bool(before)
        depth += (token in _OPENING) - (token in _CLOSING)
        if before == ":":
            yield " "
        elif before and not is_empty and token not in ",:":
            yield from _break(before, token, depth - (token in _OPENING))
        yield token
        before = token


def _break(before: str, token: str, depth: int) -> Iterator[str]:
    if before in "{[," or token in _CLOSING:
        yield "\n" + "  " * min(depth, DEPTH_MAX)


def _bounded(parts: Iterable[str]) -> Body:
    kept: list[str] = []
    size = 0
    for character in chain.from_iterable(parts):
        size += _ESCAPED if character in "<>&'\"" else len(character.encode())
        if size > BODY_MAX:
            return Body("".join(kept), is_cut=True)
        kept.append(character)
    return Body("".join(kept), is_cut=False)
