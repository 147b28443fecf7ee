"""What DynamoDB's conditions compare: values found by path, in a scope, by its own rules."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.simulation.dynamodb.values import Item, Value, equal, ordered, tag


class Scope(NamedTuple):
    """What an expression is read against."""

    item: Item
    names: dict[str, str]
    values: dict[str, Value]


Path = tuple[str | int, ...]
Operand = Callable[[Scope], Value | None]
Condition = Callable[[Scope], bool]


def found(scope: Scope, path: Path) -> Value | None:
    """Return the value a path leads to, or nothing."""
    value: Any = {"M": scope.item}
    for part in path:
        if isinstance(part, int):
            inner = value.get("L", ())
            value = inner[part] if part < len(inner) else None
        else:
            value = value.get("M", {}).get(scope.names[part] if part[0] == "#" else part)
        if value is None:
            return None
    return value  # type: ignore[no-any-return]


def size(value: Value | None) -> Value | None:
    if value is None or tag(value) in ("N", "BOOL", "NULL"):
        return None
    inner = value[tag(value)]
    return {"N": str(len(inner.encode()) if tag(value) == "S" else len(inner))}


def either(one: Condition, other: Condition) -> Condition:
    return lambda scope: one(scope) or other(scope)


def both(one: Condition, other: Condition) -> Condition:
    return lambda scope: one(scope) and other(scope)


def between(value: Operand, low: Operand, high: Operand) -> Condition:
    return both(compared(">=", value, low), compared("<=", value, high))


def one_of(left: Operand, choices: list[Operand]) -> Condition:
    return lambda scope: any(equal(left(scope), choice(scope)) for choice in choices)


SIGNS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def compared(sign: str, left: Operand, right: Operand) -> Condition:
    if sign == "=":
        return lambda scope: equal(left(scope), right(scope))
    if sign == "<>":
        return lambda scope: not equal(left(scope), right(scope))
    holds = SIGNS[sign]

    def compare(scope: Scope) -> bool:
        one, other = left(scope), right(scope)
        order = None if one is None or other is None else ordered(one, other)
        return order is not None and holds(order)

    return compare


def _begins(value: Value | None, prefix: Value | None) -> bool:
    if value is None or prefix is None or tag(value) != tag(prefix):
        return False
    return bool(value[tag(value)].startswith(prefix[tag(prefix)]))


def _contains(value: Value | None, operand: Value | None) -> bool:
    if value is None or operand is None:
        return False
    inner = value[tag(value)]
    if tag(value) == "L":
        return any(equal(each, operand) for each in inner)
    return operand[tag(operand)] in inner


def _is_type(value: Value | None, letter: Value | None) -> bool:
    return value is not None and letter is not None and tag(value) == letter["S"]


PREDICATES: dict[str, Callable[[Value | None, Value | None], bool]] = {
    "attribute_exists": lambda value, _: value is not None,
    "attribute_not_exists": lambda value, _: value is None,
    "attribute_type": _is_type,
    "begins_with": _begins,
    "contains": _contains,
}
