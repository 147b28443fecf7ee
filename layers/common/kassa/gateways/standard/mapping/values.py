"""Single values of a body, read as a mapping says: strictly, or not at all.

What is refused is reported by its path, never by its value: that could be anyone's name.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NoReturn

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money, minor_digits
from kassa.core.paths import find
from kassa.gateways.standard.mapping.sources import AmountSource, Decimals, TextSource, TimeSource

ID_MAX, CODE_MAX = 255, 100
_MINOR = re.compile(r"-?[0-9]{1,15}")
_MAJOR = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ISO = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_EPOCH = re.compile(r"[0-9]{1,14}")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_MIN_S, _EPOCH_MAX_S = 946_684_800, 2**34  # from 2000 on: seconds are no milliseconds


class Fractional(str):
    """A JSON number that isn't whole, kept as it was written: no float ever holds it."""


def identifier(path: str, body: object) -> str:
    """Return an id; raise UnreadableEvent where none stands."""
    found = optional_identifier(path, body)
    return _refuse(path, "is missing") if found is None else found


def type_name(path: str, body: object) -> str:
    """Return an event's type; one that no rule can name, since nobody could write it, is `?`.

    Raises UnreadableEvent where none stands: an event of no type may be money.
    """
    found = _written(find(path, body))
    if not found:
        _refuse(path, "is missing")
    is_id = len(found) <= ID_MAX and found.isprintable() and not isinstance(found, Fractional)
    return found if is_id else "?"


def optional_identifier(path: str, body: object) -> str | None:
    """Return an id, as a text or a whole number; nothing where none stands."""
    found = _written(find(path, body))
    if found is None:
        return None
    if not found or len(found) > ID_MAX or not found.isprintable() or isinstance(found, Fractional):
        _refuse(path, "is no id")
    return found


def owned(source: TextSource | None, body: object) -> str | None:
    """Return an id that the event may leave out, in our terms if the mapping gives them."""
    if source is None:
        return None
    if source.path is None:
        return source.constant
    found = optional_identifier(source.path, body)
    return source.translations.get(found, found) if found is not None else None


def code(source: TextSource | None, body: object) -> str | None:
    """Return a code such as a method or a reason; sentences are no code and are left out."""
    if source is None:
        return None
    if source.path is None:
        return source.constant
    found = _written(find(source.path, body)) or ""
    if not found or len(found) > CODE_MAX or not found.isprintable():
        return None
    return source.translations.get(found, found)


def amount(
    source: AmountSource, body: object, currency: TextSource | None, decimals: Decimals
) -> Money:
    """Return an amount in ISO 4217 minor units; never by way of a float.

    `decimals` says where the gateway counts otherwise than ISO 4217.
    """
    code = _currency(source.currency or currency, body)
    path, form = (source.minor, _MINOR) if source.minor else (str(source.major), _MAJOR)
    found = find(path, body)
    text = _written(found)
    if text is None:
        _refuse(path, "is missing")
    if form is _MINOR and isinstance(text, Fractional):
        _refuse(path, "isn't in whole minor units")
    if not form.fullmatch(text):
        _refuse(path, "is no amount")
    digits = minor_digits(code)
    shift = digits if form is _MAJOR else digits - decimals.get(code, digits)
    counted = Decimal(text).scaleb(shift)
    if counted != counted.to_integral_value():
        _refuse(path, f"has more decimals than {code}")
    return Money(amount_minor=-int(counted) if source.negate else int(counted), currency=code)


def instant(source: TimeSource, body: object) -> datetime:
    """Return an instant, aware and in UTC."""
    if path := source.iso8601 or source.iso8601_utc:
        return _from_iso(path, find(path, body), is_utc=path != source.iso8601)
    path = str(source.epoch_s or source.epoch_ms)
    found = _written(find(path, body))
    if found is None:
        _refuse(path, "is missing")
    if not _EPOCH.fullmatch(found):
        _refuse(path, "is no time since 1970")
    passed = timedelta(**{"seconds" if source.epoch_s else "milliseconds": int(found)})
    if not _EPOCH_MIN_S <= passed.total_seconds() < _EPOCH_MAX_S:
        _refuse(path, "is no time of this age; seconds and milliseconds may be mixed up")
    return _BEGINNING + passed


def _from_iso(path: str, found: object, is_utc: bool) -> datetime:
    if found is None:
        _refuse(path, "is missing")
    if not isinstance(found, str) or not _ISO.fullmatch(found):
        _refuse(path, "is no time like 2026-12-01T09:00:00Z")
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        _refuse(path, "is no time like 2026-12-01T09:00:00Z")
    if moment.tzinfo is None and not is_utc:
        _refuse(path, "has no offset; if UTC is meant, say iso8601_utc")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def _currency(source: TextSource | None, body: object) -> str:
    if source is None:
        raise UnreadableEvent("the mapping names no currency")
    found = source.constant if source.path is None else _written(find(source.path, body))
    if found is None:
        _refuse(str(source.path), "is missing")
    code = source.translations.get(found, found).upper()
    if not _CURRENCY.fullmatch(code):
        _refuse(source.path or "the currency", "is no three-letter currency")
    return code


def _written(found: object) -> str | None:
    """Return a text or a whole number as it is written; nothing for what is neither."""
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        return str(found) if abs(found) < 10**18 else None
    return found if isinstance(found, str) else None


def _refuse(path: str, why: str) -> NoReturn:
    raise UnreadableEvent(f"{path} {why}")
