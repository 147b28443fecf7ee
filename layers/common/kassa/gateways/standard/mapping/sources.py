"""Where a mapping finds single things in a body: texts, amounts, times, and values to compare."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr, model_validator

from kassa.core.model import Model
from kassa.core.paths import Path

VALUES_MAX = 50
Plain = str | int | bool | None


def _plain(value: Any) -> Plain:
    if value is not None and not isinstance(value, str | int | bool):
        raise ValueError("only a text, a whole number, true, false or null can be compared")
    if isinstance(value, str) and not value.isprintable():
        raise ValueError("has characters that nobody sees")
    return value


def several(value: Any) -> Any:
    """Take one of a thing for a list of it."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


Compared = Annotated[Any, BeforeValidator(_plain)]
Values = Annotated[
    tuple[Compared, ...], BeforeValidator(several), Field(min_length=1, max_length=VALUES_MAX)
]


class _OneOf(Model):
    """Something given in exactly one of several ways."""

    @classmethod
    def _only_one(cls, given: dict[str, object], ways: tuple[str, ...]) -> None:
        named = [name for name in ways if given.get(name) is not None]
        if len(named) != 1:
            raise ValueError(f"give exactly one of {', '.join(ways)}")


class TextSource(_OneOf):
    """Where a text stands, or the text itself; `words` puts the gateway's words into ours."""

    path: Path | None = None
    constant: StrictStr | None = None
    translations: dict[StrictStr, StrictStr] = {}  # what isn't in it stays as it is

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"path": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._only_one(dict(self), ("path", "constant"))
        return self


class AmountSource(_OneOf):
    """Where an amount stands: whole minor units, or a decimal text in major units."""

    minor: Path | None = None
    major: Path | None = None
    currency: TextSource | None = None  # else the mapping's
    negate: StrictBool = False  # the gateway counts the other way round

    @model_validator(mode="before")
    @classmethod
    def _unit(cls, given: Any) -> Any:
        if not isinstance(given, dict | AmountSource):
            raise ValueError("say the unit: {minor: path} or {major: path}")
        return given

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._only_one(dict(self), ("minor", "major"))
        return self


# How many decimals the gateway's `minor` amounts have, where it counts otherwise than ISO 4217.
Decimals = dict[
    Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")], Annotated[StrictInt, Field(ge=0, le=6)]
]


class TimeSource(_OneOf):
    """Where an instant stands, and how it is written."""

    iso8601: Path | None = None  # with its offset
    iso8601_utc: Path | None = None  # without one, and meant in UTC
    epoch_s: Path | None = None
    epoch_ms: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _form(cls, given: Any) -> Any:
        if not isinstance(given, dict | TimeSource):
            raise ValueError(f"say the form: {{iso8601: path}}, or {', '.join(_FORMS[1:])}")
        return given

    @model_validator(mode="after")
    def _one(self) -> Self:
        self._only_one(dict(self), _FORMS)
        return self


_FORMS = ("iso8601", "iso8601_utc", "epoch_s", "epoch_ms")
