"""Cursors of pages: where in a list the next page starts, as words that a URL can carry.

A cursor bears the mark of its list. In another one it would begin somewhere, and what it skips
would be missing silently: so it is refused, also where the list has become another by itself, such
as today's at midnight.
"""

import base64
from hashlib import sha256

from kassa.core.errors import InvalidRequest

_MARK = 8  # characters; it tells lists apart, and keeps nothing secret


def spelled(position: str, of_list: str) -> str:
    """Return a position in a list as the word that leads to the next page."""
    text = f"{_mark(of_list)}{position}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position(cursor: str, of_list: str) -> str:
    """Return the position in a cursor; raise InvalidRequest for what no page of the list gave."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:
        found = ""
    if "#" not in found:
        raise InvalidRequest("cursor: take it from the page before, as it is")
    if found[:_MARK] != _mark(of_list):
        raise InvalidRequest(
            "cursor: it belongs to another list: ask for the same day and names as before"
        )
    return found[_MARK:]


def _mark(of_list: str) -> str:
    return sha256(of_list.encode()).hexdigest()[:_MARK]
