"""A target's records, built from what is told: all of one record, or every field that is off.

What is off is named by the target's field and the path it is taken from, never by the value that
stands there: that could be anyone's name.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from kassa.core.money import Money, to_decimal
from kassa.core.paths import find, steps
from kassa.partners.ports import FactContext, Holds, Record, RecordUnreadable
from kassa.partners.rest.sources import AmountForm, InstantForm, Source, ValueType
from kassa.partners.rest.target import RecordKind

KEY_MAX = 255
Plain = str | int | float | bool
_TYPES = {ValueType.TEXT: str, ValueType.INTEGER: int, ValueType.BOOLEAN: bool}
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class _Missing(ValueError):
    """Nothing stands where a value is taken from."""


def record(kind: RecordKind, context: FactContext) -> Record:
    """Build a record of a kind; raise RecordUnreadable naming every field that is off."""
    wrong: list[str] = []
    fields: dict[str, Any] = {}
    for name, source in kind.fields.items():
        try:
            _put(fields, name, value(source, context))
        except _Missing as error:
            wrong += [] if source.optional else [f"{name}: {error}"]
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    key, whose = _key(kind, context, wrong), _whose(kind, context, wrong)
    if wrong:
        raise RecordUnreadable("; ".join(wrong))
    subject, version = whose
    if kind.key_field:
        _put(fields, kind.key_field, key)
    if kind.version_field:
        _put(fields, kind.version_field, version)
    return Record(
        kind=kind.kind,
        key=key,
        holds=kind.holds,
        subject=subject,
        version=version,
        fields=fields,
    )


def value(source: Source, context: FactContext) -> Plain:
    """Return one field's value; raise ValueError where it isn't as it should be."""
    if source.amount:
        return _amount(_found(source.amount, context), source)
    if source.instant:
        return _instant(_found(source.instant, context), source)
    if source.path:
        return _plain(_found(source.path, context), source)
    assert source.constant is not None  # one of the four is always given
    return source.constant


def personal_texts(kind: RecordKind, context: FactContext) -> Iterator[str]:
    """Yield what of a record is about a person: no message that quotes it is kept."""
    for source in kind.fields.values():
        if source.view == "buyer" and source.taken_from:
            found = find(source.taken_from, {"buyer": context.view("buyer")})
            yield from [found] if isinstance(found, str) and len(found) > 2 else []


def _found(path: str, context: FactContext) -> Any:
    first = str(steps(path)[0])
    found = find(path, {first: context.fact if first == "fact" else context.view(first)})
    if found is None:
        raise _Missing(f"nothing stands at {path}")
    return found


def _plain(found: Any, source: Source) -> Plain:
    if not isinstance(found, str | int | bool):
        _refuse(source, "is no text, whole number, true or false")
    if source.translations:
        return _translated(str(found), source)
    if source.type is None or type(found) is _TYPES[source.type]:
        return found
    if source.type is ValueType.TEXT and type(found) is int:
        return str(found)
    if source.type is ValueType.INTEGER and isinstance(found, str) and _INTEGER.fullmatch(found):
        return int(found)
    _refuse(source, f"is no {source.type}")


def _translated(found: str, source: Source) -> Plain:
    if found in source.translations:
        return source.translations[found]
    if source.otherwise is not None:
        return source.otherwise
    _refuse(source, "isn't among the translations")


def _amount(found: Any, source: Source) -> Plain:
    try:
        money = Money.model_validate(
            {name: found[name] for name in Money.model_fields} if isinstance(found, Mapping) else {}
        )
    except (KeyError, ValueError):
        _refuse(source, "is no amount with its currency")
    if source.written is AmountForm.MINOR:
        return money.amount_minor
    text = f"{to_decimal(money):f}"
    return text if source.written is not AmountForm.NUMBER else _number(Decimal(text), source)


def _number(amount: Decimal, source: Source) -> int | float:
    """Return an amount as JSON writes it; one that no float holds exactly enough is refused."""
    if amount == amount.to_integral_value():
        return int(amount)
    if Decimal(repr(float(amount))) != amount:
        _refuse(source, "has too many digits for a number: write it as decimal")
    return float(amount)


def _instant(found: Any, source: Source) -> Plain:
    try:
        at = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        _refuse(source, "is no instant")
    if source.written is InstantForm.DATE:
        return at.astimezone(ZoneInfo(source.time_zone)).date().isoformat()
    if source.written is InstantForm.EPOCH_S:
        return int(at.timestamp())
    if source.written is InstantForm.EPOCH_MS:
        return round(at.timestamp() * 1000)
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _put(fields: dict[str, Any], name: str, plain: Plain) -> None:
    *groups, last = map(str, steps(name))
    here = fields
    for group in groups:
        here = here.setdefault(group, {})
    here[last] = plain


def _key(kind: RecordKind, context: FactContext, wrong: list[str]) -> str:
    try:
        found = str(_plain(_found(kind.key, context), Source(path=kind.key)))
    except ValueError as error:
        wrong.append(f"key: {error}")
        return ""
    if not found or len(found) > KEY_MAX or not found.isprintable():
        wrong.append(f"key: what stands at {kind.key} is no id")
    return found


def _whose(kind: RecordKind, context: FactContext, wrong: list[str]) -> tuple[str, int]:
    """Return whose versions count, and which this is."""
    if kind.holds is Holds.PAYMENT:
        payment = context.view("payment")
        if payment is None:
            wrong.append("the fact is of no payment")
            return "", 0
        named = (payment[part] for part in ("gateway", "account", "payment_id"))
        return "/".join(("payment", *named)), int(payment["version"])
    about = context.fact["metadata"]
    named = (str(about[part]) for part in ("subject_kind", "gateway", "account", "subject_id"))
    return "/".join(named), int(about["version"])


def _refuse(source: Source, why: str) -> NoReturn:
    raise ValueError(f"what stands at {source.taken_from} {why}")
