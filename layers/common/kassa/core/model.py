"""The base of every domain model: frozen, closed and strict, so a wrong state can't be built."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails


class Model(BaseModel):
    """Frozen and closed; unknown fields and lossy conversions are refused.

    What was refused isn't quoted: an error ends in a log, and what came in may be a secret.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )


class Label(StrEnum):
    """Values that only name something, so that one of a newer release is kept and passed on.

    Nothing is decided by a label that isn't known. A word that something is decided by (a state,
    an outcome) is no label: what holds one that isn't known can't be read.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        label = str.__new__(cls, value)
        label._name_, label._value_ = value, value
        return label


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # at the calendar's edge, in another zone
        raise ValueError("is no instant of any calendar day in UTC") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An aware instant, always in UTC."""

Text = Annotated[str, Field(min_length=1, max_length=300)]
"""A line of text that people read."""


class Mistake(NamedTuple):
    """What is wrong in a document that a person wrote, and where: rules[0].type."""

    place: str
    text: str


def mistakes(error: ValidationError, within: str = "") -> list[Mistake]:
    """Return in plain words what a model refused of a document; it quotes the document."""
    return [Mistake(place_of(within, one["loc"]), _plain_words(one)) for one in error.errors()]


def place_of(within: str, steps: Iterable[str | int]) -> str:
    """Return where in a document something stands."""
    place = within
    for step in steps:
        if step == "[key]":
            continue
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    return place


def _plain_words(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind == "value_error":
        return str(context["error"])
    if kind in ("enum", "literal_error"):
        return f"{_shown(detail['input'])} isn't one of {context['expected']}"
    if kind == "too_long":
        return f"has {context['actual_length']} entries; {context['max_length']} are allowed"
    return (
        _PLAIN.get(kind) or f"{_shown(detail['input'])} isn't {_EXPECTED.get(kind, 'right here')}"
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"


_SHOWN_MAX = 40
_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "isn't a name that is known here",
    "too_short": "is empty",
}
_EXPECTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "dict_type": "a list of names with values",
    "model_type": "a list of names with values",
    "model_attributes_type": "a list of names with values",
    "tuple_type": "a list",
}
