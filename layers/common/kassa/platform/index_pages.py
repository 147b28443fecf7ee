"""Pages of an index, newest first: the one way in which the API lists, whatever it lists.

A page is one query a partition and what its entries lead to. An index knows times and ids only;
what else is asked for is read and left out, in so many rounds at most, so such a page may hold
fewer than asked for, or none, though more follow.

A cursor says where in a list the next page starts, as a word that a URL can carry, and bears the
mark of its list. In another one it would begin somewhere, and what it skips would be missing
silently: so it is refused, also where the list has become another by itself, such as today's at
midnight.
"""

import base64
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeVar

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.platform import table

PAGE_MAX = 100  # as many items as one batch get returns
ROUNDS_MAX = 10  # how many batches one page may read to find what is asked for
_FROM_THE_END = "~"  # sorts after every instant
_MARK = 8  # characters of a cursor; it tells lists apart, and keeps nothing secret

_Found = TypeVar("_Found")
Entry = table.Item
Fetch = Callable[[list[Entry]], list[tuple[str, _Found]]]


class PageRequest(NamedTuple):
    """Which page is asked for."""

    cursor: str | None = None
    limit: int = 50


class Page(Model):
    """What every list says of what follows."""

    has_more: bool
    next_cursor: str | None  # none on the last page


def newest(
    partitions: Sequence[str], request: PageRequest, fetch: Fetch[_Found]
) -> tuple[tuple[_Found, ...], str | None]:
    """Return what fits of the newest entries, and the cursor of the next page.

    `fetch` reads what entries lead to and leaves out what isn't asked for; each that it returns
    says where it stands.
    """
    limit = min(request.limit, PAGE_MAX)
    of_list = " ".join(partitions)
    before = position(request.cursor, of_list) if request.cursor else _FROM_THE_END
    chosen: list[tuple[str, _Found]] = []
    size = limit
    for _ in range(ROUNDS_MAX):
        listed = _listed(partitions, before, size)
        chosen += fetch(listed)
        before = str(listed[-1]["GSI1SK"]) if len(listed) == size else ""
        if not before or len(chosen) >= limit:
            break
        size = PAGE_MAX  # little of it is asked for, so a small page shouldn't take many rounds
    end = _whole_places(chosen, limit)
    if len(chosen) > end:
        before = chosen[end - 1][0]
    found = tuple(one for _, one in chosen[:end])
    return found, spelled(before, of_list) if before else None


def _whole_places(chosen: list[tuple[str, _Found]], limit: int) -> int:
    """Return how many make a page: what stands at one place, such as one order, isn't parted."""
    end = min(limit, len(chosen))
    while 0 < end < len(chosen) and chosen[end][0] == chosen[end - 1][0]:
        end += 1
    return end


def _listed(partitions: Sequence[str], before: str, limit: int) -> list[Entry]:
    """Return the newest entries below a sort key, over all partitions."""
    entries: list[Entry] = []
    for partition in partitions:
        found, _ = table.query(
            IndexName="GSI1",
            KeyConditionExpression="GSI1PK = :partition AND GSI1SK < :before",
            ExpressionAttributeValues=table.typed({":partition": partition, ":before": before}),
            ScanIndexForward=False,
            Limit=limit,
        )
        entries += found
    return sorted(entries, key=lambda entry: str(entry["GSI1SK"]), reverse=True)[:limit]


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
