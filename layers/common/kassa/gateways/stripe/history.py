"""Reads Stripe's past: its balance transactions, then failed charges and disputes, list by list.

A balance transaction brings what moved it: charges, refunds, disputes, payouts, fees. What moved
nothing is listed apart. A past has an end, so its lists stand still, and a page goes on behind the
last one's last object.

Source: "Pagination" (docs.stripe.com/api/pagination).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from kassa.gateways.parsing import Body, instant
from kassa.gateways.ports import Page, Past
from kassa.gateways.stripe import client
from kassa.gateways.stripe.look_up import MOVED
from kassa.gateways.stripe.parsing import balance_body, look_up_body
from kassa.gateways.stripe.payouts import with_source
from kassa.platform.secrets import ApiAccess

LISTS = ("balance_transactions", "charges", "disputes")
_EXPANDED = {
    "balance_transactions": ["data.source"],
    "charges": [f"data.{name}" for name in MOVED],
    "disputes": [],
}


class _Place(NamedTuple):
    """Which list is read, and behind which of its objects."""

    listed: str = LISTS[0]
    after: str = ""

    def written(self) -> str:
        return f"{self.listed} {self.after}"


def history(access: ApiAccess, read_until: str | None, past: Past) -> Iterator[Page]:
    """Walk what Stripe lists of a past, a page of its own at a time."""
    place = _Place(*read_until.split(" ")) if read_until else _Place()
    left = LISTS[LISTS.index(place.listed) :] if place.listed in LISTS else ()
    for number, listed in enumerate(left, start=len(LISTS) - len(left)):
        after, has_more = place.after if listed == place.listed else "", True
        while has_more:
            rows, has_more = _page(access, listed, after, past)
            after = rows[-1]["id"] if rows else after
            ahead = _Place(listed, after) if has_more else _Place(_next(listed))
            share = _share(rows, past) if has_more else 100
            percent = (100 * number + share) // len(LISTS)
            yield Page(tuple(_bodies(access, listed, rows)), ahead.written(), percent)


def _next(listed: str) -> str:
    """Return the list behind one; behind the last comes nothing, which is no list's name."""
    return (*LISTS, "end")[LISTS.index(listed) + 1]


def _share(rows: list[Body], past: Past) -> int:
    """Return how much of a list is read by its oldest row, since the newest come first."""
    return 100 - past.percent(instant(rows[-1]["created"])) if rows else 100


def _page(access: ApiAccess, listed: str, after: str, past: Past) -> tuple[list[Body], bool]:
    begins_s, ends_s = int(past.begins_at.timestamp()), int(past.ends_at.timestamp())
    params: dict[str, Any] = {"limit": client.PAGE, "created": {"gte": begins_s, "lt": ends_s}}
    params |= {"expand": _EXPANDED[listed]} if _EXPANDED[listed] else {}
    params |= {"starting_after": after} if after else {}
    call = getattr(client.of(access).v1, listed).list
    page = client.called(partial(call, params)) or {}
    rows: list[Body] = page.get("data") or []
    return rows, bool(page.get("has_more") and rows)


def _bodies(access: ApiAccess, listed: str, rows: list[Body]) -> Iterator[bytes]:
    for row in rows:
        if listed == "balance_transactions":
            yield balance_body(with_source(access, row))
        elif listed == "disputes" or row.get("status") == "failed":
            yield look_up_body(row)  # a charge that moved the balance was there before
