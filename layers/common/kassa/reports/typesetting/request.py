"""The report whose PDF is requested."""

from datetime import date
from typing import Any, Self

from pydantic import ValidationError

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.core.periods import PeriodKind, first_day


class PdfRequest(Model):
    """A report that somebody wants as PDF."""

    period: PeriodKind = PeriodKind.DAILY
    day: str  # or which week or month: 2026-11-21, 2026-W47, 2026-11

    @classmethod
    def read(cls, event: dict[str, Any]) -> Self:
        """Read a request; raise InvalidRequest naming the field that is off."""
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise InvalidRequest(f"{where}: {error.errors()[0]['msg']}") from error

    @property
    def first_day(self) -> date:
        """Return the period's first day; raise InvalidRequest where no period is called so."""
        return first_day(self.period, self.day)
