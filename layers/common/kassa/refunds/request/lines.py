"""The lines of an order that refunds give back, remembered by quantity on their payment.

A line is known by its id (`sku`) or else by its name, however that is spelled. What was promised or
refunded of it counts until it is known that nothing was paid, so a line is never given back more
often than it was sold. Where no order of Kassa's says how often that was, a line that was given
back before is a person's business.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from kassa.core.errors import LinesRefunded
from kassa.gateways.submissions import OrderLine

Lines = Mapping[str, int]  # a line's id -> how many of it


class GivenBack(Protocol):
    """One line as it is requested."""

    @property
    def sku(self) -> str:
        """Return what the caller calls it."""
        ...

    @property
    def quantity(self) -> int:
        """Return how many of it."""
        ...


def line_id(spelled: str) -> str:
    """Return a line's id without what depends on who types it: case, blanks, width."""
    return " ".join(unicodedata.normalize("NFKC", spelled).casefold().split())


def ordered(lines: Iterable[OrderLine]) -> dict[str, int]:
    """Return how many of each line were ordered."""
    sold: Counter[str] = Counter()
    for line in lines:
        sold[line_id(line.sku or line.name)] += line.quantity
    return dict(sold)


def requested_units(items: Iterable[GivenBack], lines: Iterable[OrderLine] = ()) -> dict[str, int]:
    """Return how many of each line are requested; a name that one line has leads to its id."""
    named, ids = _names(lines), Counter[str]()
    for item in items:
        spelled = line_id(item.sku)
        ids[named.get(spelled, spelled)] += item.quantity
    return dict(ids)


def _names(lines: Iterable[OrderLine]) -> dict[str, str]:
    """Lead from the name of a line to its id, where the name means one line and is no id itself."""
    ids_of: dict[str, set[str]] = {}
    for line in lines:
        ids_of.setdefault(line_id(line.name), set()).add(line_id(line.sku or line.name))
    every = {one for ids in ids_of.values() for one in ids}
    return {
        name: next(iter(ids)) for name, ids in ids_of.items() if len(ids) == 1 and name not in every
    }


def given_back(refunded: Mapping[str, Lines], aside: str = "") -> Counter[str]:
    """Sum what requests were promised or paid of each line; `aside` names one left out."""
    gone: Counter[str] = Counter()
    for refund_request_id, lines in refunded.items():
        if refund_request_id != aside:
            gone.update(lines)
    return gone


def require_left(requested: Lines, sold: Lines, gone: Lines) -> None:
    """Raise LinesRefunded, with what is left, where more of a line is requested than was sold."""
    left = {one: max(0, sold[one] - gone.get(one, 0)) for one in requested if one in sold}
    short = {one: quantity for one, quantity in left.items() if requested[one] > quantity}
    if short:
        spelled = ", ".join(f"{quantity} of {one}" for one, quantity in sorted(short.items()))
        raise LinesRefunded(f"line_items: {spelled} may still be refunded", left)


def may_be_repeated(requested: Lines, sold: Lines, gone: Lines) -> bool:
    """Tell whether a line was given back before and nobody knows how many were ordered."""
    return any(one not in sold and gone.get(one, 0) for one in requested)
