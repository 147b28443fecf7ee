"""DynamoDB's typed attribute values: equality, order, size in bytes and copies."""

import marshal
from decimal import Decimal
from typing import Any

from tests.simulation.aws.errors import validation

Value = dict[str, Any]  # {"S": "…"}, {"N": "1"}, {"M": {…}} …
Item = dict[str, Value]

KIB = 1024
ITEM_BYTES_MAX = 400 * KIB
_NUMBER_DIGITS_MAX = 38


def copied(item: Any) -> Any:
    """Return a deep copy; marshal knows every plain type a value is made of and is fast."""
    try:
        return marshal.loads(marshal.dumps(item))
    except ValueError:  # a subclass such as a StrEnum, which boto3 takes as its base
        return _plain(item)


def _plain(item: Any) -> Any:
    if isinstance(item, dict):
        return {str(name): _plain(value) for name, value in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(value) for value in item]
    return str(item) if isinstance(item, str) else item


def tag(value: Value) -> str:
    """Return the type letter of a value: S, N, B, BOOL, NULL, L, M, SS, NS or BS."""
    return next(iter(value))


def number(text: str) -> Decimal:
    """Read a number exactly."""
    return Decimal(text)


def written(amount: Decimal) -> Value:
    """Return a number as DynamoDB spells it: no exponent, no trailing zeros."""
    if amount == 0:
        return {"N": "0"}
    text = format(amount, "f")
    return {"N": text.rstrip("0").rstrip(".") if "." in text else text}


def equal(one: Value | None, other: Value | None) -> bool:
    """Say whether two values are the same; numbers by value, sets without order."""
    if one is None or other is None:
        return False
    kind = tag(one)
    if kind != tag(other):
        return False
    left, right = one[kind], other[kind]
    if kind == "N":
        return bool(left == right or number(left) == number(right))
    if kind in ("SS", "BS"):
        return set(left) == set(right)
    if kind == "NS":
        return {number(n) for n in left} == {number(n) for n in right}
    if kind == "L":
        return len(left) == len(right) and all(map(equal, left, right))
    if kind == "M":
        return left.keys() == right.keys() and all(equal(left[k], right[k]) for k in left)
    return bool(left == right)


def ordered(one: Value, other: Value) -> int | None:
    """Return -1, 0 or 1, or nothing where two values have no order (other types, maps …)."""
    kind = tag(one)
    if kind != tag(other) or kind not in ("S", "N", "B"):
        return None
    left: Any = one[kind]
    right: Any = other[kind]
    if kind == "N":
        left, right = number(left), number(right)
    elif kind == "S":
        left, right = left.encode(), right.encode()
    return int(left > right) - int(left < right)


def value_bytes(value: Value) -> int:
    """Return the size of a value as DynamoDB counts it."""
    kind = tag(value)
    inner = value[kind]
    if kind == "S":
        return len(inner.encode())
    if kind == "N":
        return len(inner.strip("-").replace(".", "")) // 2 + 2
    if kind == "B":
        return len(inner)
    if kind == "M":
        return 3 + sum(1 + len(k.encode()) + value_bytes(v) for k, v in inner.items())
    if kind == "L":
        return 3 + sum(1 + value_bytes(v) for v in inner)
    if kind in ("SS", "BS", "NS"):
        return sum(len(v) for v in inner)
    return 1


def item_bytes(item: Item) -> int:
    """Return the size of an item as DynamoDB counts it: names and values."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def proper(value: Value) -> None:
    """Refuse what DynamoDB refuses in a value: too many digits, empty or repeating sets."""
    if not isinstance(value, dict) or len(value) != 1:
        raise validation("Supplied AttributeValue has more than one datatypes set")
    kind = tag(value)
    inner = value[kind]
    if kind == "N" and len(number(inner).as_tuple().digits) > _NUMBER_DIGITS_MAX:
        raise validation("Attempting to store more than 38 significant digits in a Number")
    if kind in ("SS", "NS", "BS") and (not inner or len(set(inner)) != len(inner)):
        raise validation("One or more parameter values were invalid: not a set")
    for deeper in inner.values() if kind == "M" else inner if kind == "L" else ():
        proper(deeper)
