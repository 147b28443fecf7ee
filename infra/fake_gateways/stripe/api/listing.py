"""Stripe's lists: the newest first, page by page, by creation and a few other parameters."""

from collections.abc import Callable, Iterable, Iterator
from itertools import dropwhile, islice, takewhile
from typing import Any

from infra.fake_gateways.kit.answers import Body
from infra.fake_gateways.stripe.account import Account
from infra.fake_gateways.stripe.api.errors import Refusal
from infra.fake_gateways.stripe.api.parameters import Params, integer, text

PAGING = ("limit", "starting_after", "ending_before", "created", "expand")
_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}
_LIMIT_MAX = 100


def lister(kind: str, *filters: str) -> Callable[[Account, str, Params], Body]:
    """Return the list method of a kind of object, with the parameters it can be narrowed by."""

    def listed(account: Account, unused: str, params: Params) -> Body:
        criteria = {name: text(params, name) for name in filters if params.get(name)}
        rows = _candidates(account, kind, criteria)
        return page(account, kind, _matching(rows, criteria), params)

    return listed


def _candidates(account: Account, kind: str, criteria: dict[str, Any]) -> Iterable[Body]:
    """Return the rows to search: few where an index leads there."""
    if kind == "refund" and criteria.get("charge"):
        return account.parts("refund", criteria["charge"])
    if kind == "refund" and criteria.get("payment_intent"):
        charges = account.parts("charge", criteria["payment_intent"])
        return [row for one in charges for row in account.parts("refund", one["id"])]
    if kind == "charge" and criteria.get("payment_intent"):
        return account.parts("charge", criteria["payment_intent"])
    return account.kinds[kind].values()


def _matching(rows: Iterable[Body], criteria: dict[str, Any]) -> Iterator[Body]:
    newest_first: Iterator[Body] = reversed(rows)  # type: ignore[call-overload]
    return (row for row in newest_first if all(row[name] == criteria[name] for name in criteria))


def page(account: Account, kind: str, rows: Iterator[Body], params: Params) -> Body:
    """Return one page of rows that come newest first."""
    limit = _limit(account, params)
    rows = _created(rows, params.get("created"))
    after, before = text(params, "starting_after"), text(params, "ending_before")
    if after:
        account.find(kind, after, "starting_after")
        rows = islice(dropwhile(lambda row: row["id"] != after, rows), 1, None)
    if before:
        account.find(kind, before, "ending_before")
        newer = list(takewhile(lambda row: row["id"] != before, rows))
        return _page(kind, newer[-limit:], len(newer) > limit)
    found = list(islice(rows, limit + 1))
    return _page(kind, found[:limit], len(found) > limit)


def _page(kind: str, rows: list[Body], has_more: bool) -> Body:
    return {"object": "list", "data": rows, "has_more": has_more, "url": f"/v1/{kind}s"}


def _limit(account: Account, params: Params) -> int:
    limit = integer(params, "limit")
    if limit is None:
        limit = 10
    if not 1 <= limit <= _LIMIT_MAX:
        raise Refusal("Invalid limit: must be from 1 to 100.", "parameter_invalid_integer", "limit")
    return min(limit, account.switches.page_max)


def _created(rows: Iterator[Body], created: Any) -> Iterator[Body]:
    """Keep what was made at an instant, or between two."""
    if created in (None, ""):
        return rows
    if not isinstance(created, dict):
        created = {"gte": created, "lte": created}
    bounds = [(name, integer(created, name)) for name in created]
    if any(name not in _BOUNDS for name, _ in bounds):
        raise Refusal("Invalid created filter.", "parameter_unknown", "created")
    return (
        row
        for row in rows
        if all(_BOUNDS[name](row["created"], bound or 0) for name, bound in bounds)
    )
