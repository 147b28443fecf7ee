"""The items of an Adyen webhook: what is acted on is read in one way alone, or not at all.

Of an item only the eight signed fields are kept, and labels: the name of the payment method, where
its card was issued, by which stored one it was collected again, where it failed why, and of a
dispute its reason and until when it may be defended.
Since Adyen escapes nothing when it joins the fields, a colon could move from one field into the
next under the same signature. In what is acted on all of them but the merchant's own reference must
be free of colons, and then one text has one reading. What a text says last, its event code and its
success, decides if it is acted on; so no other cut of a text leads to something else.
"""

import hashlib
import json
import re
from typing import Any

from kassa.core.errors import InvalidSignature
from kassa.gateways.adyen import event_types as types

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
_REFERENCES = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
_TEST_REFERENCE = re.compile(r"testMerchantRef[0-9]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_METHOD = re.compile(r"[A-Za-z0-9_]{1,40}")
_REASON_MAX, _NAME_MAX = 100, 200
_RECURRING = ("recurringProcessingModel", "shopperInteraction")
_BY_AGREEMENT = ("Subscription", "ContAuth")
STORED_AS = "tokenization.storedPaymentMethodReference"
REASON_OF_DISPUTE, DEFEND_BY = "chargebackReasonCode", "defensePeriodEndsAt"
_DISPUTED = {
    REASON_OF_DISPUTE: re.compile(r"[A-Za-z0-9._-]{1,40}"),
    DEFEND_BY: re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}(Z|[+-][0-9]{2}:[0-9]{2})"),
}
_VALUE_MAX = 2**63


def parsed(body: bytes) -> Item:
    """Parse a body; refuse what another parser could read otherwise."""
    try:
        value = json.loads(
            body,
            object_pairs_hook=_each_once,
            parse_float=str,  # never a float; a value that is no integer isn't acted on
            parse_constant=_refused,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidSignature("the body can't be read in one way alone") from error
    if not isinstance(value, dict):
        raise InvalidSignature("the body is no object")
    return value


def items_of(body: Item) -> list[Item]:
    """Return the items of a parsed body; there is at least one."""
    wrapped = body.get("notificationItems")
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


def signed_values(item: Item) -> tuple[str, ...]:
    """Return the eight fields of an item in any form, as Adyen signs them: what is null is empty.

    Raises InvalidSignature where a field is no text or number, so that Adyen can't have signed it.
    """
    amount = {} if item.get("amount") is None else item["amount"]
    if not isinstance(amount, dict):
        raise InvalidSignature("an amount is no object")
    value, currency = amount.get("value"), amount.get("currency")
    fields = (*(item.get(name) for name in _REFERENCES), value, currency)
    return tuple(
        _signed_text(field) for field in (*fields, item.get("eventCode"), item.get("success"))
    )


def signed_bytes(values: tuple[str, ...]) -> bytes:
    """Join the signed fields as Adyen does."""
    try:
        return ":".join(values).encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise InvalidSignature("a field is no text") from error


def is_acted_on(values: tuple[str, ...]) -> bool:
    """Whether anything is booked for an item, however its signed text was cut into fields."""
    value, _, code, success = ":".join(values).split(":")[-4:]
    return types.is_acted_on(code, success, value)


def is_named_test(values: tuple[str, ...]) -> bool:
    """Whether an item is called a test: no pspReference of a payment holds an underscore."""
    return values[0].lower().startswith(("test_", "testnotification_"))


def is_test(values: tuple[str, ...]) -> bool:
    """Whether an item is a test from the Customer Area, which the live key signs too.

    Its "Test configuration" names payments `test_AUTHORISATION_1`, formerly `testNotification_…`,
    or gives the reference `testMerchantRef1` beside a pspReference as any other.
    """
    return is_named_test(values) or _TEST_REFERENCE.fullmatch(values[3]) is not None


def counted(item: Item) -> Item:
    """Return what is kept of an item that isn't acted on: all fields, and none of any length."""
    kept = [_short(value) for value in signed_values(item)]
    references = dict(zip(_REFERENCES, kept[:4], strict=True))
    amount = {"value": kept[4], "currency": kept[5]}
    return references | {"amount": amount, "eventCode": kept[6], "success": kept[7]}


def label(item: Item) -> Item:
    """Return the method's name, its country and why it failed: not signed, deciding nothing.

    Where it didn't fail, Adyen writes a card's last digits and end into the reason.
    """
    method, reason = item.get("paymentMethod"), item.get("reason")
    found: Item = {}
    if isinstance(method, str) and _METHOD.fullmatch(method):
        found["paymentMethod"] = method
    more = item.get("additionalData")
    more = more if isinstance(more, dict) else item  # as the door wrote it: beside the rest
    if issued_in := _issued_in(more):
        found["issuerCountry"] = issued_in
    if _is_recurring(more):
        found |= {name: more[name] for name in _RECURRING if more.get(name) in _BY_AGREEMENT}
        found |= _stored_as(more)
    found |= _disputed(more)
    if item.get("success") == "false" and isinstance(reason, str):
        found["reason"] = re.sub(r"[^a-z0-9]+", "_", reason[:_REASON_MAX].lower()).strip("_")
    return found


def _disputed(more: Item) -> Item:
    """Return why a dispute was raised and until when it may be defended; both only remind."""
    given = ((name, more.get(name)) for name in _DISPUTED)
    return {
        name: value
        for name, value in given
        if isinstance(value, str) and _DISPUTED[name].fullmatch(value)
    }


def _issued_in(more: Item) -> str | None:
    """Return where a card was issued; an account's settings say which of two names it has."""
    found = (more.get(name) for name in ("issuerCountry", "cardIssuingCountry"))
    return next((one for one in found if isinstance(one, str) and _COUNTRY.fullmatch(one)), None)


def recurring(item: Item) -> Item:
    """Return what an item's labels say of an agreement; Adyen doesn't know how often."""
    return {"recurring": "P", "agreement_id": item.get(STORED_AS)} if _is_recurring(item) else {}


def _is_recurring(more: Item) -> bool:
    """Whether it was collected by a subscription, and not of a card the shopper chose again."""
    model, interaction = (more.get(name) for name in _RECURRING)
    return model == _BY_AGREEMENT[0] or (model is None and interaction == _BY_AGREEMENT[1])


def _stored_as(more: Item) -> Item:
    """Return what the payment method was stored as, by which an agreement is known."""
    names = (STORED_AS, "recurring.recurringDetailReference")
    found = (more.get(name) for name in names)
    named = [one for one in found if isinstance(one, str) and _METHOD.fullmatch(one)]
    return {STORED_AS: named[0]} if named else {}


def identity(item: Item) -> str:
    """Return what makes two deliveries one event; Adyen gives its events no id of their own."""
    return f"{item.get('pspReference')}:{item.get('eventCode')}:{item.get('success')}"


def _each_once(pairs: list[tuple[str, Any]]) -> Item:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _signed_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str) and (isinstance(value, str) or abs(value) < _VALUE_MAX):
        return str(value)
    raise InvalidSignature("a signed field is no text")


def _short(value: str) -> str:
    if len(value) > _NAME_MAX:
        return "sha256_" + hashlib.sha256(value.encode()).hexdigest()
    return re.sub(r"[\x00-\x1f]", " ", value)


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
