"""Plants an unknown field into every object of what is stored, and finds those that were lost."""

import json
from collections.abc import Iterator
from typing import Any

NEW = "x_new"
PLANTED = {"by": ["the next release", 1, None]}
TEXTS = (
    "lifecycle",
    "request",
    "order",
    "document",
    "reading",
    "facts",
)  # attributes that hold JSON
MAPS = {  # their names are data: what stands under one of them is no field
    *("objects", "reservations", "refunded_lines", "refunded", "named", "ordered", "digests"),
    *("fixed_minor", "decimals", "when", "lines"),
}


def planted(value: Any, name: str = "") -> Any:
    """Return JSON with an unknown field in every object of it."""
    if isinstance(value, dict):
        grown = {key: planted(one, key) for key, one in value.items()}
        return grown if name in MAPS or _is_translations(name, value) else grown | {NEW: PLANTED}
    return [planted(one) for one in value] if isinstance(value, list) else value


def planted_item(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item with an unknown attribute, and unknown fields in all it holds."""
    grown = {name: _planted_attribute(name, value) for name, value in item.items()}
    return grown | {NEW: PLANTED}


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Yield where unknown fields stand, also within attributes that hold JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        value = json.loads(value)
    if isinstance(value, dict):
        for name, one in value.items():
            yield from [f"{at}.{NEW}"] if name == NEW else paths(one, f"{at}.{name}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from paths(one, f"{at}.{number}")


def _planted_attribute(name: str, value: Any) -> Any:
    if name == "facts":
        return json.dumps([_planted_fact(fact) for fact in json.loads(value)])
    if name in TEXTS and isinstance(value, str) and value[:1] == "{":
        return json.dumps(planted(json.loads(value)))
    return planted(value, name) if isinstance(value, dict) else value


def _planted_fact(fact: list[Any]) -> list[Any]:
    """Return an event's fact; its lists of positions may grow by an object at their end."""
    name, data, postings = fact
    return [name, planted(data), [[*one, {NEW: PLANTED}] for one in postings], {NEW: PLANTED}]


def _is_translations(name: str, value: dict[str, Any]) -> bool:
    return name == "translations" and all(isinstance(one, str) for one in value.values())
