"""What Klarna's objects have in common: ids, times, the method; read strictly, or not at all.

Bodies of our own making (what was looked up or pulled, and normalized callbacks) stand in a frame
that says what they hold: `{"kassa": <kind>, …}`.
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import Delivery, Subject, SubjectKind
from kassa.gateways.parsing import Body as Body
from kassa.gateways.payment_methods import means

GATEWAY = "klarna"
FRAME = "kassa"
KLARNA = means("klarna")  # whatever the customer agreed with Klarna, Klarna pays

_ID = re.compile(r"[\x21-\x7e]{1,255}")


def framed(kind: str, **fields: object) -> bytes:
    """Write a body of our own making, the same for the same fields."""
    return json.dumps({FRAME: kind, **fields}, sort_keys=True).encode()


def only(body: Body, names: Iterable[str]) -> Body:
    """Return of a body no more than is named."""
    return {name: body[name] for name in names if name in body}


def identifier(body: Body, name: str) -> str:
    """Return an id that must be there."""
    value = body.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableEvent(f"{name} is no id")
    return value


def is_identifier(body: Body, name: str) -> bool:
    """Return whether an id stands under a name."""
    value = body.get(name)
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def type_name(body: Body, name: str) -> str:
    """Return an event's type; a body that names none is no event, one nobody can read is `?`."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableEvent(f"{name} is no type")
    return value if _ID.fullmatch(value) else "?"


def text(body: Body, name: str) -> str | None:
    """Return a text of Klarna's; nothing for null, an empty one or what is no text."""
    value = body.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= 255 else None


def instant(body: Body, name: str) -> datetime:
    """Return an instant in UTC; a time without an offset is none."""
    value = body.get(name)
    if not isinstance(value, str) or len(value) < 19:
        raise UnreadableEvent(f"{name} is no ISO 8601 time")
    read = datetime.fromisoformat(value)
    if read.tzinfo is None:
        raise UnreadableEvent(f"{name} has no offset")
    return read.astimezone(UTC)


def subject(delivery: Delivery, kind: SubjectKind, subject_id: str) -> Subject:
    """Return whose event a delivery's is."""
    return Subject(gateway=GATEWAY, account=delivery.account, kind=kind, subject_id=subject_id)
