"""The one place where JSON that somebody sent is parsed: strictly, to a bounded depth and size.

What Python's own reader lets through and nothing behind it can hold is refused here: NaN, numbers
beyond any float, a name that stands twice, half a character, and more levels than any body has.
"""

import json
import math
import re
from typing import Any

from kassa.core.errors import InvalidJson

DEPTH_MAX = 32
_HALF = re.compile("[\ud800-\udfff]")


def parse(text: str) -> Any:
    """Return what a JSON text says; raise InvalidJson saying where and why it can't be read."""
    try:
        value = json.loads(
            text, object_pairs_hook=_members, parse_float=_number, parse_constant=_number
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidJson(f"is no JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise InvalidJson(f"has more than {DEPTH_MAX} levels") from None
    except InvalidJson:
        raise
    except ValueError:
        raise InvalidJson("has a number of more digits than can be read") from None
    _require_bounded(value)
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidJson("has a name that stands twice in one object")
    return members


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidJson("has a number that is none, or too large to be one")
    return number


def _require_bounded(value: Any) -> None:
    """Go down level by level, not by calling oneself: depth is what is to be bounded."""
    level = [value]
    for _ in range(DEPTH_MAX):
        for one in level:
            _require_whole_characters(one)
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise InvalidJson(f"has more than {DEPTH_MAX} levels")


def _inside(one: Any) -> list[Any]:
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    return one if isinstance(one, list) else []


def _require_whole_characters(one: Any) -> None:
    if isinstance(one, str) and _HALF.search(one):
        raise InvalidJson("has half of a character: a surrogate without its other half")
