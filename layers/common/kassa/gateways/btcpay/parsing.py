"""What BTCPay's objects are made of: words, instants, lists; read strictly, or not at all."""

import re
from datetime import datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways import parsing as bodies
from kassa.gateways.parsing import Body

_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,11}", re.ASCII)


def instant(seconds: object) -> datetime:
    """Return seconds since 1970 as an aware instant; a payout writes them as text."""
    if isinstance(seconds, str) and _DIGITS.fullmatch(seconds):
        seconds = int(seconds)
    return bodies.instant(seconds)


def is_identity(value: object) -> bool:
    """Tell whether a value is an id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def identity(value: object) -> str:
    """Return an id that can stand in a key and in an address."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableEvent("an id is missing or can't be read")
    return value


def parts(body: Body, name: str) -> list[Body]:
    """Return a list of objects; one that isn't such a list is unreadable."""
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise UnreadableEvent(f"{name} is no list of objects")
    return value
