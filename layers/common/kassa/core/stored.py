"""Reading what is stored or was sent by another release, and writing it back whole.

Functions are updated one by one, and a failed update is rolled back: a release reads what the next
one wrote. So what stands in the table, on a queue, on the bus or in the bucket is read tolerantly:
a field that this code doesn't know is kept with the model, on every level, and written back. What
people and programs hand in is read by the models themselves, which refuse such a field as a typo;
and answers of the API leave it out, since a model dumps only what it knows.
See docs/decisions/0018-tolerant-reading.md.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from kassa.core.errors import UnreadableItem
from kassa.core.model import Model

AnyModel = TypeVar("AnyModel", bound=Model)


def read(kind: type[AnyModel], document: Mapping[str, Any]) -> AnyModel:
    """Return a model of what is stored; raise UnreadableItem where a value isn't one of ours."""
    try:
        return kind.model_validate(document, extra="allow")
    except ValidationError as error:
        raise _unreadable(kind, error) from None


def read_fields(kind: type[AnyModel], item: Mapping[str, Any]) -> AnyModel:
    """Return a model of an item that holds its fields beside its keys; raises as `read` does."""
    return read(kind, {name: item[name] for name in kind.model_fields if name in item})


def read_text(kind: type[AnyModel], document: str | bytes) -> AnyModel:
    """Return a model of stored JSON; raise UnreadableItem where a value isn't one of ours."""
    try:
        return kind.model_validate_json(document, extra="allow")
    except ValidationError as error:
        raise _unreadable(kind, error) from None


def plain(model: Model, *, by_alias: bool = False, **options: Any) -> dict[str, Any]:
    """Return a model in JSON's values as `model_dump` does, with what a newer release wrote."""
    document = model.model_dump(mode="json", by_alias=by_alias, **options)
    _restore(model, document, by_alias)
    return document


def text(model: Model, **options: Any) -> str:
    """Return a model as JSON, with what a newer release wrote in it."""
    if not has_unknown(model):
        return model.model_dump_json(**options)
    indent = options.pop("indent", None)
    separators = (",", ": ") if indent else (",", ":")
    return json.dumps(
        plain(model, **options), indent=indent, separators=separators, ensure_ascii=False
    )


def has_unknown(value: object) -> bool:
    """Tell whether a model, or anything in it, has a field that this code doesn't know."""
    if isinstance(value, Model):
        return bool(value.model_extra) or any(
            has_unknown(getattr(value, name)) for name, _ in _nesting(type(value))
        )
    return any(map(has_unknown, _parts(value)))


@cache
def _nesting(kind: type[Model]) -> tuple[tuple[str, str], ...]:
    """Return the fields that hold models, with their aliases; most hold texts and numbers."""
    fields = kind.model_fields.items()
    return tuple((name, field.alias or name) for name, field in fields if _holds(field.annotation))


def _holds(annotation: Any) -> bool:
    """Tell whether models may stand in what is annotated so."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return True
    return any(map(_holds, get_args(annotation)))


def _parts(value: object) -> Iterable[object]:
    """Return what stands in a collection; nothing stands in a word or a number."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, tuple | list) else ()


def _restore(value: object, document: Any, by_alias: bool) -> None:
    """Put back what dumping left out, level by level."""
    if not isinstance(value, Model):
        for part, document_of in zip(_parts(value), _parts(document), strict=False):
            _restore(part, document_of, by_alias)
        return
    for name, alias in _nesting(type(value)):
        spelled = alias if by_alias else name
        if spelled in document:
            _restore(getattr(value, name), document[spelled], by_alias)
    document.update(value.model_extra or {})


def _unreadable(kind: type[Model], error: ValidationError) -> UnreadableItem:
    """Name the fields that can't be read and why; never what they hold."""
    found = (
        f"{'.'.join(map(str, one['loc'])) or 'all of it'}: {one['type']}"
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    )
    where = "; ".join(found)
    return UnreadableItem(f"{kind.__name__} in values that this release doesn't know: {where}")
