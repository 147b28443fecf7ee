"""The items of an Adyen webhook: read in one way alone, or not at all.

Of an item only the eight signed fields are kept, and two labels: the name of the payment method
and, where it failed, the reason.
Since Adyen escapes nothing when it joins the fields, a colon could move from one field into the
next under the same signature: all of them but the merchant's own reference must be free of
colons, and then one text has one reading.
"""

import json
import re
from typing import Any

from kassa.errors import InvalidSignature

Item = dict[str, Any]

_REFERENCE = re.compile(r"[^:\x00-\x1f]{0,200}")
_PATTERNS = {
    "pspReference": re.compile(r"[^:\x00-\x1f]{1,200}"),
    "originalReference": _REFERENCE,
    "merchantAccountCode": _REFERENCE,
    "merchantReference": re.compile(r"[^\x00-\x1f]{0,500}"),  # the one that may hold colons
    "eventCode": re.compile(r"[A-Z0-9_]{1,80}"),
    "success": re.compile("true|false"),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_METHOD = re.compile(r"[A-Za-z0-9_]{1,40}")
_REASON_MAX = 100
_VALUE_MAX = 2**63


def parsed(body: bytes) -> Item:
    """Parse a body; refuse what another parser could read otherwise."""
    try:
        said = json.loads(
            body,
            object_pairs_hook=_each_once,
            parse_float=str,  # never a float; a value that is no integer is refused below
            parse_constant=_refused,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidSignature("the body can't be read in one way alone") from error
    if not isinstance(said, dict):
        raise InvalidSignature("the body is no object")
    return said


def items_of(said: Item) -> list[Item]:
    """Return the items of a parsed body; there is at least one."""
    wrapped = said.get("notificationItems")
    if not isinstance(wrapped, list) or not wrapped:
        raise InvalidSignature("the body holds no items")
    return [_unwrapped(one) for one in wrapped]


def signed_fields(item: Item) -> Item:
    """Return the signed fields of an item; null and missing references are signed as empty."""
    signed: Item = {name: item.get(name) for name in _PATTERNS}
    for name in ("originalReference", "merchantReference"):
        signed[name] = "" if signed[name] is None else signed[name]
    for name, pattern in _PATTERNS.items():
        if not isinstance(signed[name], str) or not pattern.fullmatch(signed[name]):
            raise InvalidSignature(f"an item has no sound {name}")
    return signed | {"amount": _amount(item.get("amount"))}


def signed_bytes(signed: Item) -> bytes:
    """Join the signed fields as Adyen does."""
    amount = signed["amount"]
    fields = (
        *(signed["pspReference"], signed["originalReference"], signed["merchantAccountCode"]),
        *(signed["merchantReference"], str(amount["value"]), amount["currency"]),
        *(signed["eventCode"], signed["success"]),
    )
    try:
        return ":".join(fields).encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise InvalidSignature("a field is no text") from error


def label(item: Item) -> Item:
    """Return the payment method's name and why it failed: not signed, shown, deciding nothing.

    Where it didn't fail, Adyen writes a card's last digits and end into the reason.
    """
    method, reason = item.get("paymentMethod"), item.get("reason")
    found: Item = {}
    if isinstance(method, str) and _METHOD.fullmatch(method):
        found["paymentMethod"] = method
    if item.get("success") == "false" and isinstance(reason, str):
        found["reason"] = re.sub(r"[^a-z0-9]+", "_", reason[:_REASON_MAX].lower()).strip("_")
    return found


def identity(item: Item) -> str:
    """Return what makes two deliveries one event; Adyen gives its events no id of their own."""
    return f"{item['pspReference']}:{item['eventCode']}:{item['success']}"


def _each_once(pairs: list[tuple[str, Any]]) -> Item:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _unwrapped(wrapped: object) -> Item:
    item = wrapped.get("NotificationRequestItem") if isinstance(wrapped, dict) else None
    if not isinstance(item, dict):
        raise InvalidSignature("an item is no object")
    return item


def _amount(amount: object) -> Item:
    if not isinstance(amount, dict):
        raise InvalidSignature("an item has no amount")
    value, currency = amount.get("value"), amount.get("currency")
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _VALUE_MAX:
        raise InvalidSignature("a value is no integer")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise InvalidSignature("a currency is no three-letter code")
    return {"value": value, "currency": currency}
