"""Erase a person's words and texts from the table: each item rewritten by condition on what stood.

No item goes; what a text is replaced by says that something stood there.
"""

import json
from collections.abc import Callable
from typing import Any

from kassa.billing.manual_payments import keys as entry_keys
from kassa.gateways.events import Subject
from kassa.orders import keys as order_keys
from kassa.platform import table
from kassa.platform.keys import Key
from kassa.platform.settings import settings
from kassa.refunds import keys as refund_keys

ERASED = "erased"
PAGE = "https://erased.invalid/"  # RFC 2606: nobody ever answers there
Change = Callable[[dict[str, Any]], None]


def erase_order(order_id: str) -> bool:
    """Erase an order's texts: its lines' names, its pages, whose mail it was, people's reasons."""
    merchant_id = settings().merchant_id
    content = order_keys.order_content(merchant_id, order_id)
    lifecycle = order_keys.order_lifecycle(merchant_id, order_id)
    is_new = _rewritten(content, "order", _without_texts)
    return _rewritten(lifecycle, "lifecycle", _without_reasons) or is_new


def erase_entry(payment: Subject) -> bool:
    """Erase what a person entered as the reference of a payment, such as a payer's words."""
    key = entry_keys.entry(settings().merchant_id, payment.subject_id)
    return _rewritten(key, "entry", lambda entry: _blank(entry, ("reference",)))


def erase_request(refund_request_id: str) -> bool:
    """Erase what a customer wrote with a refund request, and what people noted of it."""
    comment = refund_keys.refund_comment(refund_request_id)
    item = table.get(comment)
    is_new = bool(item and item.get("comment"))
    if is_new:
        table.write(
            "update_item", **table.setting(comment, {"comment": ""}, **_standing("comment"))
        )
    older = refund_keys.refund_request(refund_request_id)  # where it stood in earlier releases
    known = table.get(older)
    if known and known.get("comment"):
        table.write("update_item", **table.setting(older, {"comment": ""}, **_standing("comment")))
        is_new = True
    lifecycle = refund_keys.refund_lifecycle(refund_request_id)
    return _rewritten(lifecycle, "lifecycle", _without_notes) or is_new


def _standing(name: str) -> dict[str, Any]:
    return {"ConditionExpression": f"attribute_exists(#{name})"}


def _without_texts(order: dict[str, Any]) -> None:
    for line in order.get("lines", ()):
        line["name"] = ERASED
    order.pop("email_hash", None)
    for name in ("success_url", "cancel_url"):
        order[name] = PAGE


def _without_reasons(lifecycle: dict[str, Any]) -> None:
    for attempt in lifecycle.get("attempts", ()):
        if attempt.get("resolution", {}).get("reason"):
            attempt["resolution"]["reason"] = ERASED


def _without_notes(lifecycle: dict[str, Any]) -> None:
    for change in lifecycle.get("changes", ()):
        _blank(change, ("note",))


def _blank(document: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        document.pop(name, None)


def _rewritten(key: Key, attribute: str, change: Change) -> bool:
    """Change a JSON text of an item, by condition that it still says what was read.

    Returns whether there was anything to change. Whoever changes it meanwhile is followed.
    """
    while True:
        item = table.get(key)
        if item is None or attribute not in item:
            return False
        before = str(item[attribute])
        document = json.loads(before)
        change(document)
        after = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        if json.loads(before) == document:
            return False
        condition = {"ConditionExpression": "#text = :read", "values": {":read": before}}
        update = table.setting(key, {attribute: after}, **condition)
        update["ExpressionAttributeNames"] |= {"#text": attribute}
        if table.write("update_item", **update) is not None:
            return True
