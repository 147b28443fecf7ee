"""Query: one partition of a table or of an index, in order, in pages; and scan: a whole table."""

from collections.abc import Sequence
from typing import Any

from tests.simulation.aws.errors import validation
from tests.simulation.dynamodb.expressions import condition, tokens
from tests.simulation.dynamodb.items import Index, Items, Table
from tests.simulation.dynamodb.requests import projected, scope_of
from tests.simulation.dynamodb.values import KIB, Item, copied, item_bytes

_PAGE_BYTES_MAX = KIB * KIB


def queried(items: Items, request: dict[str, Any], now_s: float) -> dict[str, Any]:
    """Return a page; `LastEvaluatedKey` says where the next begins."""
    keys = _keys(items, request)
    index = request.get("IndexName")
    partition = _partition_value(request, keys)
    rows = items.indexed(index, partition, now_s) if index else items.partition(partition)
    if not request.get("ScanIndexForward", True):
        rows.reverse()
    rows = [
        row
        for row in rows
        if condition(request["KeyConditionExpression"])(scope_of(request, row[1]))
    ]
    start = request.get("ExclusiveStartKey")
    if start:
        rows = _after(items, rows, start)
    page, last = _page(rows, request.get("Limit"))
    shown = [copied(item) for item in page if _passes(request, item)]
    found: dict[str, Any] = {"Count": len(shown), "ScannedCount": len(page)}
    if request.get("Select") != "COUNT":
        found["Items"] = [projected(item, request) for item in shown]
    if last is not None:
        names = {items.table.partition, items.table.sort, keys.partition, keys.sort}
        found["LastEvaluatedKey"] = {name: last[name] for name in sorted(names)}
    return found


def scanned(items: Items, request: dict[str, Any]) -> dict[str, Any]:
    """Return a page of all items, those of a partition one after the other."""
    own = items.table.partition, items.table.sort
    rows = [((item[own[0]]["S"], item[own[1]]["S"]), item) for item in items.every()]
    start = request.get("ExclusiveStartKey")
    if start:
        at = next(n for n, (_, item) in enumerate(rows) if all(item[k] == start[k] for k in own))
        rows = rows[at + 1 :]
    page, last = _page(rows, request.get("Limit"))
    shown = [projected(copied(item), request) for item in page if _passes(request, item)]
    found: dict[str, Any] = {"Items": shown, "Count": len(shown), "ScannedCount": len(page)}
    return found if last is None else found | {"LastEvaluatedKey": {k: last[k] for k in own}}


def _keys(items: Items, request: dict[str, Any]) -> Index | Table:
    name = request.get("IndexName")
    if not name:
        return items.table
    if name not in items.table.indexes:
        raise validation(f"The table does not have the specified index: {name}")
    if request.get("ConsistentRead"):
        raise validation("Consistent reads are not supported on global secondary indexes")
    return items.table.indexes[name]


def _partition_value(request: dict[str, Any], keys: Index | Table) -> str:
    condition = tokens(request["KeyConditionExpression"])
    names = request.get("ExpressionAttributeNames", {})
    for token, sign, value in zip(condition, condition[1:], condition[2:], strict=False):
        if names.get(token, token) == keys.partition and sign == "=":
            return str(request["ExpressionAttributeValues"][value]["S"])
    raise validation("Query condition missed key schema element")


def _passes(request: dict[str, Any], item: Item) -> bool:
    expression = request.get("FilterExpression")
    return not expression or condition(expression)(scope_of(request, item))


def _after(
    items: Items, rows: list[tuple[tuple[str, ...], Item]], start: Item
) -> list[tuple[tuple[str, ...], Item]]:
    own = (items.table.partition, items.table.sort)
    for at, (_, item) in enumerate(rows):
        if all(item[name] == start[name] for name in own):
            return rows[at + 1 :]
    # The item the page ended with is gone; begin where it would have stood.
    sorts = [index.sort for index in items.table.indexes.values() if index.sort in start]
    mark = tuple(start[name]["S"] for name in (*sorts[:1], *(own if sorts else own[1:])))
    forward = len(rows) < 2 or rows[0][0] < rows[-1][0]
    return [row for row in rows if (row[0] > mark) is forward and row[0] != mark]


def _page(
    rows: Sequence[tuple[tuple[str, ...], Item]], limit: int | None
) -> tuple[list[Item], Item | None]:
    size, page = 0, []
    for at, (_, item) in enumerate(rows):
        page.append(item)
        size += item_bytes(item)
        full = len(page) == limit or size > _PAGE_BYTES_MAX
        if full and (at + 1 < len(rows) or len(page) == limit):
            return page, item
    return page, None
