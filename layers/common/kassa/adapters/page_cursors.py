"""Cursors of pages: where in an index the next page starts, as words that a URL can carry."""

import base64

from kassa.errors import InvalidRequest


def spelled(position: str) -> str:
    """Return a sort key as the word that leads to the next page."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position(cursor: str) -> str:
    """Return the sort key in a cursor; raise InvalidRequest for what no page gave."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:
        found = ""
    if "#" not in found:
        raise InvalidRequest("cursor: take it from the page before, as it is")
    return found
