"""Klarna's settlements, payout by payout: its transactions can't be listed by their time.

Payouts are published late and not in order, so the last week is listed anew each time; the cursor
names the newest day and every payout of that week, so that none is read twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from kassa.core.errors import GatewayUnavailable, UnreadableEvent
from kassa.gateways.klarna.balance import gross_of, unexplained_minor
from kassa.gateways.klarna.client import found
from kassa.gateways.klarna.parsing import framed, identifier, instant
from kassa.gateways.parsing import Body, digest, parts
from kassa.gateways.ports import Page
from kassa.platform.secrets import ApiAccess

Read = TypeVar("Read")
SETTLEMENTS = "/settlements/v1"
SIZE = 500  # Klarna's largest page
LATE = timedelta(days=7)
FIRST = timedelta(days=30)  # how far the first run looks back where nothing says more
_NAMING = (
    *("type", "detailed_type", "order_id", "capture_id", "refund_id", "reversal_reference"),
    *("amount", "currency_code", "capture_date", "sale_date"),
)


def payouts(access: ApiAccess, read_until: str | None, until: datetime) -> Iterator[Page]:
    """Walk the payouts since a cursor, each with what it settled."""
    newest, _, names = (read_until or "").partition(" ")
    since = datetime.fromisoformat(newest) - LATE if newest else access.opened_at or until - FIRST
    known = {name: at for at, _, name in (one.partition("=") for one in names.split(",")) if name}
    query = {"start_date": _written(since), "end_date": _written(until)}
    listed = list(_walk(access, "payouts", query))
    for at, name, payout in _strictly(lambda: _in_order(listed)):
        if name not in known:
            known[name] = at
            yield Page(_bodies(access, payout), _cursor(known))


def _in_order(listed: list[Body]) -> list[tuple[str, str, Body]]:
    """Return the payouts with their day and name, the oldest first."""
    named = [
        (_written(instant(one, "payout_date")), identifier(one, "payment_reference"), one)
        for one in listed
    ]
    return sorted(named, key=lambda one: one[:2])


def _cursor(known: dict[str, str]) -> str:
    """Write the newest day, then every payout that may be listed again, as they were read.

    So cursors sort: a day that rises comes first, and else only something is added at the end.
    """
    newest = max(known.values())
    oldest = _written(datetime.fromisoformat(newest) - LATE)
    kept = [f"{at}={name}" for name, at in known.items() if at >= oldest]
    return f"{newest} {','.join(kept)}"


def _bodies(access: ApiAccess, payout: Body) -> Iterator[bytes]:
    """Return a payout's transactions and then the payout, with what they leave unexplained."""
    reference = identifier(payout, "payment_reference")
    equals: Counter[str] = Counter()
    moved_minor = 0
    for one in _walk(access, "transactions", {"payment_reference": reference}):
        moved_minor += _strictly(partial(gross_of, one)).amount_minor
        content = digest([one.get(name) for name in _NAMING])
        equals[content] += 1
        name = f"{reference}/{content}-{equals[content]}"
        yield framed("transaction", transaction=one, id=name)
    left_minor = _strictly(lambda: unexplained_minor(payout, moved_minor))
    yield framed("payout", payout=payout, unexplained_minor=left_minor)


def _strictly(read: Callable[[], Read]) -> Read:
    """Read a settlement; what can't be read is a failed answer, and requested again."""
    try:
        return read()
    except (UnreadableEvent, ValueError) as error:
        raise GatewayUnavailable("klarna: a settlement can't be read") from error


def _walk(access: ApiAccess, kind: str, query: dict[str, str]) -> Iterator[Body]:
    offset = 0
    while True:
        params = query | {"size": str(SIZE), "offset": str(offset)}
        listed = parts(found(access, f"{SETTLEMENTS}/{kind}", params) or {}, kind)
        yield from listed
        if len(listed) < SIZE:
            return
        offset += SIZE


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
