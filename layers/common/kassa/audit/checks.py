"""Whether the audit trail is whole: every hash, number and link, and the heads that were published.

The chain itself shows what was changed, taken out or put in by whoever can't make the rest of it
anew. Who can rewrite all of it is shown by the heads that were published before.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from kassa.audit.trail import ChainHead, DayHead, hashed


class KeptItem(NamedTuple):
    """An item as it stands in the table: its place by the key, and its text with its hash."""

    day: date
    place: str  # the number as the key says it
    content: str
    hash: str


class Break(NamedTuple):
    """The first thing that is wrong with the trail."""

    item_id: str
    what: str


class Walk:
    """A walk along the chain, day by day; it stops counting at the first thing that is wrong."""

    def __init__(self, anchor: str, published: Mapping[date, DayHead]) -> None:
        """Begin behind the item whose hash is `anchor`, with the heads that were published."""
        self._published = published
        self._seen: dict[str, str] = {}  # the items of the last day that has any, by their hash
        self.hash = anchor
        self.count = 0
        self.broken: Break | None = None

    def day(self, day: date, items: Iterable[KeptItem]) -> int:
        """Walk over a day's items in the order of their keys; return how many are right."""
        number = 0
        for item in items:
            if self.broken is None:
                number += 1
                self.broken = self._wrong(item, number)
        published = self._published.get(day)
        if self.broken is None and published is not None:
            self.broken = _differs(published, number, self.hash)
        self.count += number
        return number

    def end(self, head: ChainHead | None, last: int) -> None:
        """Compare what was walked over with the head that the next item would follow."""
        if self.broken is not None or head is None:
            return
        if last < head.number:
            self.broken = Break(f"{head.day}/{last + 1}", "is missing: the chain's head is beyond")
        elif last > head.number:
            what = "was put in: the chain's head is before it"
            self.broken = Break(f"{head.day}/{head.number + 1}", what)
        elif head.hash != self.hash:
            what = (
                "isn't what the chain's head names: it was changed, or what came after is missing"
            )
            self.broken = Break(self._last() or "the first item", what)

    def _wrong(self, item: KeptItem, number: int) -> Break | None:
        """Return what is wrong with an item, and go on behind it if nothing is."""
        expected, here = f"{item.day}/{number}", f"{item.day}/{item.place.lstrip('0')}"
        if not (item.place.isascii() and item.place.isdecimal()) or int(item.place) < number:
            return Break(f"{item.day}/{item.place}", "was put in: no item has that place")
        if int(item.place) > number:
            return Break(expected, f"is missing: after it comes {here}")
        if hashed(item.content) != item.hash:
            return Break(expected, "was changed: it isn't what its hash says")
        fields = _fields(item.content)
        if (fields.get("day"), fields.get("number")) != (str(item.day), number):
            moved = f"{fields.get('day')}/{fields.get('number')}"
            return Break(expected, f"was moved: it says that it is {moved}")
        if fields.get("previous") != self.hash:
            return self._unlinked(expected, str(fields.get("previous")))
        self.hash = item.hash
        if number == 1:
            self._seen = {}
        self._seen[item.hash] = expected
        return None

    def _unlinked(self, item_id: str, previous: str) -> Break:
        """Name what stands where another item stood when this one was written."""
        names = list(self._seen.values())
        if previous in self._seen and self._seen[previous] != names[-1]:
            extra = names[names.index(self._seen[previous]) + 1]
            return Break(extra, f"was put in: {item_id} doesn't follow from it")
        before = names[-1] if names else "what was before"
        what = "one of them was changed, or one between them is missing"
        return Break(item_id, f"doesn't follow from {before}: {what}")

    def _last(self) -> str | None:
        return next(reversed(self._seen.values()), None)


def _differs(published: DayHead, count: int, head_hash: str) -> Break | None:
    """Return how a day differs from what was published of it."""
    if count != published.count:
        return Break(
            f"{published.day}", f"has {count} items, but was published with {published.count}"
        )
    if head_hash != published.head_hash:
        return Break(
            f"{published.day}", "was written anew: its head isn't the one that was published"
        )
    return None


def _fields(content: str) -> dict[str, object]:
    try:
        fields = json.loads(content)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}
