"""The base of every domain model: frozen, closed and strict, so a wrong state can't be built."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


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
