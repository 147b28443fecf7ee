"""Where a target's fields take their values from, and in which form they are written.

A source is a path into what is told (`fact.…` is the fact as it stands on the bus; `payment.…`,
`order.…`, `buyer.…`), or a constant. It computes nothing but forms: an amount as decimal text, an
instant as a date, our words in the target's.
"""

from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr, model_validator

from kassa.core.model import Model
from kassa.core.paths import Path, steps

VIEWS = ("fact", "payment", "order", "buyer")
TRANSLATIONS_MAX = 100


def _of_a_view(path: str) -> str:
    first = steps(path)[0]
    if first not in VIEWS:
        raise ValueError(f"{path!r} begins with none of {', '.join(VIEWS)}")
    return path


SourcePath = Annotated[Path, AfterValidator(_of_a_view)]


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise ValueError(f"{name!r} is no time zone of IANA, such as Europe/Helsinki") from None
    return name


class AmountForm(StrEnum):
    """How an amount is written."""

    DECIMAL = "decimal"  # a text with the currency's own decimals: "12.50", "1250" of yen
    NUMBER = "number"  # the same as a JSON number
    MINOR = "minor"  # whole minor units of ISO 4217


class InstantForm(StrEnum):
    """How an instant is written."""

    ISO8601 = "iso8601"  # 2026-11-21T09:00:00Z
    DATE = "date"  # of `time_zone`
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"


class ValueType(StrEnum):
    """What a plain value must be."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"


class Source(Model):
    """One field's value: exactly one of `path`, `amount`, `instant` and `constant`."""

    path: SourcePath | None = None  # a text, a whole number, true or false, as it stands
    amount: SourcePath | None = None  # an object with amount_minor and currency
    instant: SourcePath | None = None
    constant: StrictStr | StrictInt | StrictBool | None = None
    written: AmountForm | InstantForm | None = None  # how; decimal, and iso8601, if unsaid
    type: ValueType | None = None
    time_zone: Annotated[StrictStr, AfterValidator(_time_zone)] = "UTC"
    translations: Annotated[
        dict[StrictStr, StrictStr | StrictInt | StrictBool], Field(max_length=TRANSLATIONS_MAX)
    ] = {}  # what isn't in it is refused, unless `otherwise` is given
    otherwise: StrictStr | StrictInt | StrictBool | None = None
    optional: StrictBool = False  # left out where nothing stands

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"path": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        ways = ("path", "amount", "instant", "constant")
        if len([way for way in ways if getattr(self, way) is not None]) != 1:
            raise ValueError(f"give exactly one of {', '.join(ways)}")
        if self.path is None and (self.translations or self.type):
            raise ValueError("translations and type belong to a path")
        if self.otherwise is not None and not self.translations:
            raise ValueError("otherwise is for what isn't in translations")
        self._require_form()
        return self

    def _require_form(self) -> None:
        forms: dict[str, type[StrEnum]] = {"amount": AmountForm, "instant": InstantForm}
        fitting = next((form for way, form in forms.items() if getattr(self, way)), None)
        if self.written is not None and (fitting is None or not isinstance(self.written, fitting)):
            listed = ", ".join(fitting) if fitting else "no form at all"
            raise ValueError(f"written {self.written} isn't for this source, it takes {listed}")

    @property
    def taken_from(self) -> str | None:
        """Return the path that it reads; none for a constant."""
        return self.path or self.amount or self.instant

    @property
    def view(self) -> str | None:
        """Return the view that it reads; none for a constant."""
        return str(steps(self.taken_from)[0]) if self.taken_from else None
