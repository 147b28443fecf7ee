"""The audit trail in the table: each act's item is written together with the act, or neither is.

An item is put only where none stands, and only on the head that was read; so the chain has no
branches. Nothing here updates or deletes an item, and the table's own policy lets nobody do it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from botocore.exceptions import ClientError

from kassa.audit.checks import KeptItem
from kassa.audit.trail import Act, AuditItem, ChainHead, first_head, hashed, linked
from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.platform import aws, clock, keys, table

Action = dict[str, Any]

TURNS_MAX = 12  # how often an act waits for others', who take turns at one chain
BACKOFF_S = 0.02  # doubles with every lost turn, up to BACKOFF_MAX_S
BACKOFF_MAX_S = 0.6


def head() -> ChainHead | None:
    """Return the chain's head, consistently; none before the first act."""
    item = table.get(keys.audit_head())
    if item is None:
        return None
    return stored.read(ChainHead, {name: item[name] for name in item if name not in ("PK", "SK")})


def append(act: Act) -> AuditItem:
    """Write an act that is no write of the table, before it is tried or after."""
    return transact([], act)


def transact(own: list[Action], act: Act) -> AuditItem:
    """Write an act's own items and its audit item in one transaction; at most 98 of its own.

    Where only the chain moved on, it is tried again on the new head. Raises StaleWrite if others
    were always first, and the ClientError itself where one of the act's own conditions didn't hold.
    """
    backoff_s = BACKOFF_S
    for _ in range(TURNS_MAX):
        item, link = _linked(act)
        try:
            aws.client("dynamodb").transact_write_items(TransactItems=[*own, *link])
        except ClientError as error:
            if not _is_overtaken(error, len(own)):
                raise
        else:
            return item
        clock.sleep(clock.jitter(backoff_s))
        backoff_s = min(2 * backoff_s, BACKOFF_MAX_S)
    raise StaleWrite("others keep writing to the audit trail: try again")


def save_version(own: list[Action], act: Act, what: str) -> None:
    """Write a version of what is saved, with its act; `own` holds it to its number being free.

    Raises StaleWrite where another took that number: read again.
    """
    try:
        transact(own, act)
    except ClientError as error:
        if table.is_cancelled(error):
            raise StaleWrite(f"version {act.after} of {what} was taken") from error
        raise


def items(day: date) -> Iterator[KeptItem]:
    """Return a day's items as they stand, in the order of their keys."""
    for page in table.pages(**_of(day)):
        yield from (_kept(day, item) for item in page)


def last(day: date) -> KeptItem | None:
    """Return a day's last item."""
    found, _ = table.query(**_of(day), ScanIndexForward=False, Limit=1)
    return _kept(day, found[0]) if found else None


def move(before: ChainHead | None, after: ChainHead) -> None:
    """Move the head without an act; raise StaleWrite if an act was first."""
    if table.write("put_item", **_head_put(before, after)) is None:
        raise StaleWrite("the audit trail has moved on")


def _linked(act: Act) -> tuple[AuditItem, list[Action]]:
    before, now = head(), clock.now()
    item, after = linked(act, before or first_head(now.date()), now)
    content = item.content()
    kept = keys.audit_item(str(item.day), item.number)._asdict() | {
        "content": content,
        "hash": hashed(content),
    }
    return item, [{"Put": table.putting(kept)}, {"Put": _head_put(before, after)}]


def _head_put(before: ChainHead | None, after: ChainHead) -> Action:
    raised = after.version if before is None else max(after.version, before.version + 1)
    fields = after.model_copy(update={"version": raised}).model_dump(mode="json")
    more = (before.model_extra if before else None) or {}  # which a newer release keeps beside
    item = keys.audit_head()._asdict() | more | fields
    return table.putting(item, before.version if before else None)


def _is_overtaken(error: ClientError, own: int) -> bool:
    """Say whether a transaction failed only because another act was first, or at the same time."""
    reasons = table.reasons(error)
    if not table.is_cancelled(error) or "ConditionalCheckFailed" in reasons[:own]:
        return False
    return "TransactionConflict" in reasons or "ConditionalCheckFailed" in reasons[own:]


def _of(day: date) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "PK = :day",
        "ExpressionAttributeValues": table.typed({":day": keys.audit_item(str(day), 0).PK}),
        "ConsistentRead": True,
    }


def _kept(day: date, item: table.Item) -> KeptItem:
    return KeptItem(day, item["SK"], str(item.get("content", "")), str(item.get("hash", "")))
