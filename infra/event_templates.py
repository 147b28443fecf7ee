"""Fills the event templates: the events `kassa trigger` sends, written from Stripe's documentation.

A template file holds one of the gateway's objects and, for each event, what differs. In it
`{pi}` is a new id with that prefix (the same everywhere in one event), `{now+7d}` an instant in
seconds, `{month}` and `{year}` those of today, and `{.amount}` (`{-.amount}`) the object's own
field, after what the caller set.
"""

import json
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kassa.core.errors import InvalidRequest

API_VERSION = "2026-10-28.endive"
_FOLDER = Path(__file__).with_name("stripe_events")
_PLACEHOLDER = re.compile(r"\{(?:(now)(?:\+(\d+)d)?|(-?)\.(\w+)|(\w+))\}")
_DAY_S = 86_400

Json = dict[str, Any]


class Surroundings(NamedTuple):
    """What an event takes from where and when it is sent."""

    now: datetime
    is_live: bool


@cache
def _templates() -> dict[str, tuple[Json, Json]]:
    found = {}
    for path in sorted(_FOLDER.glob("*.json")):
        template = json.loads(path.read_text())
        for name, differs in template["events"].items():
            found[name] = (template["object"], differs)
    return found


def names() -> list[str]:
    """Return the events there are templates for, each beside its object's others."""
    return list(_templates())


def families() -> dict[str, list[str]]:
    """Return the events by the gateway's object they are about."""
    found: dict[str, list[str]] = {}
    for name, (template, _) in _templates().items():
        found.setdefault(template["object"], []).append(name)
    return found


def fill(name: str, sets: Sequence[str], around: Surroundings) -> Json:
    """Return a whole event; `sets` are `path=value` on its object, or `event.path=value`."""
    if name not in _templates():
        raise InvalidRequest(f"there is no template for the event {name}")
    template, differs = _templates()[name]
    event: Json = {
        "id": "{evt}",
        "object": "event",
        "api_version": API_VERSION,
        "created": "{now}",
        "data": {"object": _merged(template, differs)},
        "livemode": "{livemode}",
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": name,
    }
    for path, value in map(_setting, sets):
        on_event = path[0] == "event"
        _put(event if on_event else event["data"]["object"], path[1:] if on_event else path, value)
    filled: Json = _Filling(around, event["data"]["object"]).fill(event)
    return filled


def _merged(template: Any, differs: Any) -> Any:
    """Lay what differs over a copy of the template; lists and plain values replace."""
    if not isinstance(template, dict) or not isinstance(differs, dict):
        return differs
    return template | {name: _merged(template.get(name), value) for name, value in differs.items()}


def _setting(setting: str) -> tuple[list[str], Any]:
    path, equals, value = setting.partition("=")
    if not equals or not all(path.split(".")):
        raise InvalidRequest(f"--set {setting}: write path=value, for example --set amount=5000")
    try:
        return path.split("."), json.loads(value)
    except ValueError:
        return path.split("."), value


def _put(target: Json, path: list[str], value: Any) -> None:
    *parents, name = path
    for parent in parents:
        inner = target.get(parent)
        target[parent] = dict(inner) if isinstance(inner, dict) else {}
        target = target[parent]
    target[name] = value


class _Filling:
    """Replaces the placeholders of one event; ids stay the same throughout it."""

    def __init__(self, around: Surroundings, own: Json) -> None:
        self._around, self._own = around, own
        self._ids: dict[str, str] = {}

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.fill(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        found = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        return self._meant(found) if found else value

    def _meant(self, found: re.Match[str]) -> Any:
        now, days, minus, own, label = found.groups()
        if now:
            return int(self._around.now.timestamp()) + int(days or 0) * _DAY_S
        if own:
            amount = self.fill(self._own.get(own))
            return -amount if minus else amount
        if label in ("month", "year"):
            return getattr(self._around.now, label)
        if label == "livemode":
            return self._around.is_live
        return self._ids.setdefault(label, f"{label.rstrip('0123456789')}_{secrets.token_hex(12)}")
