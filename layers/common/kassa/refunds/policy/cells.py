"""One cell of a refund policy's table: read from what a person wrote, written back, printed.

Whatever can't be taken exactly is refused with its place and what would be right: a finance person
reads these words, and a guess here would be money paid by mistake.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NoReturn

from kassa.core.errors import InvalidRequest
from kassa.core.money import Money, minor_digits
from kassa.gateways.payment_methods import BRANDS, means
from kassa.refunds.policy.conditions import (
    COLUMNS,
    Answer,
    AnyOf,
    Condition,
    Kind,
    MoneyWithin,
    Within,
)
from kassa.refunds.policy.phrases import amount_text, plain, range_text

VALUES_MAX, VALUE_LENGTH_MAX, NUMBER_MAX = 200, 100, 10**15
_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))? ([A-Z]{3})")
_COUNTRY = re.compile(r"[A-Z]{2}")
_RANGE = ("over", "up_to")


def refuse(place: str, why: str) -> NoReturn:
    """Refuse what stands at a place."""
    raise InvalidRequest(f"{place or 'policy'}: {why}")


def one_of(value: object, known: Iterable[str], place: str, noun: str) -> str:
    """Return a value of a closed list, or suggest the nearest."""
    listed = [str(one) for one in known]
    if isinstance(value, str) and value in listed:
        return str(value)
    near = get_close_matches(str(value), listed, n=1)
    notification = f"did you mean {near[0]}?" if near else f"there are {', '.join(listed)}"
    refuse(place, f"{shown(value)} is no {noun}; {notification}")


def shown(value: object) -> str:
    """Return a value about as a person wrote it, and never at length."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "a bare yes", False: "a bare no"}[value]
    if isinstance(value, int) and abs(value) > NUMBER_MAX:
        return "a number that large"  # Python refuses to spell the longest
    spelled = str(value)
    return spelled if len(spelled) <= VALUE_LENGTH_MAX else spelled[:VALUE_LENGTH_MAX] + "…"


def mapping(value: object, keys: Iterable[str], place: str, noun: str) -> dict[str, Any]:
    """Return a mapping that has no other keys than these."""
    if not isinstance(value, dict):
        refuse(place, f"{shown(value)} isn't a list of names with their values")
    known = list(keys)
    for key in value:
        one_of(key, known, f"{place}.{shown(key)}".removeprefix("."), noun)
    return value


def money(value: object, place: str) -> Money:
    """Return an amount exactly as written, like 50.00 EUR or 12000 JPY."""
    if isinstance(value, int | float):
        refuse(place, f"{shown(value)} has no currency; write it like 50.00 EUR or 12000 JPY")
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        refuse(place, f"{shown(value)} isn't an amount like 50.00 EUR or 12000 JPY")
    major, decimals, currency = found[1], found[2] or "", found[3]
    digits = minor_digits(currency)
    if len(decimals) > digits:
        refuse(place, f"{shown(value)} has more decimals than {currency}")
    if len(major) > len(str(NUMBER_MAX)) - 1:
        refuse(place, f"{shown(value)} is more than any payment")
    return Money(amount_minor=int(major + decimals.ljust(digits, "0")), currency=currency)


def whole(value: object, place: str, least: int, most: int) -> int:
    """Return a whole number between two, both included."""
    if not isinstance(value, int) or isinstance(value, bool):
        refuse(place, f"{shown(value)} isn't a whole number")
    if not least <= value <= most:
        refuse(place, f"{shown(value)} isn't from {least} to {most}")
    return value


def text(value: object, place: str, length_max: int) -> str:
    """Return a text that isn't empty."""
    if isinstance(value, bool):
        refuse(place, "YAML reads this word as yes or no; put it in quotes, like 'NO'")
    if not isinstance(value, str):
        refuse(place, f"{shown(value)} isn't a text; put it in quotes")
    if not value or value != value.strip():
        refuse(place, "is empty, or has spaces around it")
    if len(value) > length_max:
        refuse(place, f"has {len(value)} characters; {length_max} are allowed")
    if not value.isprintable():
        refuse(place, "has a line end, or another character that can't be printed")
    return value


def read(column: str, cell: object, place: str) -> Condition:
    """Return the condition that a person wrote for a column."""
    match COLUMNS[column].kind:
        case Kind.VALUES:
            return AnyOf(column=column, values=_values(column, cell, place))
        case Kind.QUESTION:
            return Answer(column=column, answer=answer(cell, place))
        case Kind.NUMBER:
            bounds = _bounds(cell, place, "{up_to: 30}")
            wholes = {k: whole(v, f"{place}.{k}", 0, NUMBER_MAX) for k, v in bounds.items()}
            return Within(column=column, **wholes)
        case Kind.MONEY:
            bounds = _bounds(cell, place, "{up_to: 50.00 EUR}")
            amounts = {key: money(value, f"{place}.{key}") for key, value in bounds.items()}
            currencies = sorted({amount.currency for amount in amounts.values()})
            if len(currencies) > 1:
                refuse(place, f"{' and '.join(currencies)} don't make a range; use one currency")
            minors = {key: amount.amount_minor for key, amount in amounts.items()}
            return MoneyWithin(column=column, currency=currencies[0], **minors)


def _bounds(cell: object, place: str, example: str) -> dict[str, Any]:
    """Return a range's bounds, of which one at least is given."""
    if not isinstance(cell, dict) or not cell:
        refuse(place, f"{shown(cell)} isn't a range; write it like {example}")
    return mapping(cell, _RANGE, place, "bound")


def answer(cell: object, place: str) -> bool:
    """Return the answer to a question; YAML 1.2 leaves yes and no as words."""
    answers = {"yes": True, "no": False}
    return cell if isinstance(cell, bool) else answers[one_of(cell, answers, place, "answer")]


def _values(column: str, cell: object, place: str) -> tuple[str, ...]:
    """Return the values of a list, or the one that stands alone."""
    if isinstance(cell, dict):
        refuse(place, "takes one word, or a list of words")
    listed = list(cell) if isinstance(cell, list | tuple) else [cell]
    if not 1 <= len(listed) <= VALUES_MAX:
        refuse(place, f"has {len(listed)} words; 1 to {VALUES_MAX} are allowed")
    single = listed == [cell]
    places = [place if single else f"{place}[{number}]" for number in range(len(listed))]
    values = [_value(column, value, at) for value, at in zip(listed, places, strict=True)]
    for number, value in enumerate(values):
        if value in values[:number]:
            refuse(places[number], f"{value} stands there twice")
    return tuple(values)


def _value(column: str, value: object, place: str) -> str:
    if column in ("method", "brand") and isinstance(value, str):
        _refuse_misplaced(column, value, place)
    if COLUMNS[column].values:
        return one_of(value, COLUMNS[column].values, place, column)
    code = text(value, place, VALUE_LENGTH_MAX)
    if column == "country" and not _COUNTRY.fullmatch(code):
        refuse(place, f"{code} isn't a country's code of two capital letters, like DE")
    return code


def _refuse_misplaced(column: str, value: str, place: str) -> None:
    """Refuse a brand that stands as a method, and a brand that isn't spelled as ours are."""
    named = means(value)
    if column == "method" and value not in COLUMNS["method"].values and named.brand in BRANDS:
        every = f"method: {named.method} for all of its kind"
        refuse(place, f"{shown(value)} is a brand; write brand: {named.brand}, or {every}")
    if column == "brand" and named.brand != value:
        right = f"brand: {named.brand}" if named.brand else f"method: {named.method}"
        refuse(place, f"{shown(value)} is no brand; write {right}")


def written(condition: Condition) -> Any:
    """Return a condition as a person would write it; the inverse of `read`."""
    if isinstance(condition, AnyOf):
        return condition.values[0] if len(condition.values) == 1 else list(condition.values)
    if isinstance(condition, Answer):
        return condition.answer
    bounds = {key: getattr(condition, key) for key in _RANGE}
    currency = condition.currency
    return {
        key: bound if currency is None else amount_text(bound, currency)
        for key, bound in bounds.items()
        if bound is not None
    }


def printed(condition: Condition) -> str:
    """Return a condition in the plain words of a printed table."""
    if isinstance(condition, AnyOf):
        return ", ".join(plain(value) for value in condition.values)
    if isinstance(condition, Answer):
        return "yes" if condition.answer else "no"
    return range_text(condition.over, condition.up_to, condition.currency)
