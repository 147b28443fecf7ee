"""Reads Stripe's balance transactions, payouts among them, a day at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from kassa.gateways.ports import Page
from kassa.gateways.stripe import client
from kassa.gateways.stripe.look_up import source_of
from kassa.gateways.stripe.parsing import balance_body
from kassa.platform.secrets import ApiAccess

OVERLAP = timedelta(minutes=5)  # read again, since lists may be a little behind
WINDOW = timedelta(days=1)  # read at once; a longer backlog is read window by window


def payouts(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the balance transactions since a cursor, each as an event of ours.

    Without a cursor it begins where the books were opened, or a day ago.
    """
    if read_until is None:  # noted before anything is read, so that failing runs don't move it
        start = access.opened_at or until - WINDOW
        yield Page((), start.isoformat())
    else:
        start = datetime.fromisoformat(read_until)
    while start < until:
        end = min(start + WINDOW, until)
        found = balance_transactions(access, start - OVERLAP, end if end < until else None)
        before_s = end.timestamp()
        bodies = (balance_body(one) for one in found if one["created"] < before_s)
        yield Page(bodies, end.isoformat())
        start = end


def balance_transactions(
    access: ApiAccess, since: datetime, before: datetime | None
) -> Iterator[dict[str, Any]]:
    """Walk the balance transactions since an instant, each with its source.

    Stripe lists the newest first, so the walk ends at the first older one; `before` is given
    only where a backlog is read window by window.
    """
    earliest = int(since.timestamp())
    params: dict[str, Any] = {"limit": client.PAGE, "expand": ["data.source"]}
    if before:
        params["created"] = {"gte": earliest, "lt": int(before.timestamp())}
    listed = client.walk(client.of(access).v1.balance_transactions.list, params)
    for transaction in takewhile(lambda one: one["created"] >= earliest, listed):
        yield with_source(access, transaction)


def with_source(access: ApiAccess, transaction: dict[str, Any]) -> dict[str, Any]:
    """Give a balance transaction its source where the list left it unexpanded."""
    source = transaction.get("source")
    if isinstance(source, str):
        transaction["source"] = source_of(access, source) or source
    return transaction
