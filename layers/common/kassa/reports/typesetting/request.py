"""The report whose PDF is requested."""

from typing import Any, Self

from pydantic import ValidationError

from kassa.core.errors import InvalidRequest
from kassa.core.model import Model
from kassa.core.periods import Period, PeriodKind


class PdfRequest(Model):
    """A report that somebody wants as PDF."""

    period: PeriodKind = PeriodKind.DAILY
    day: str  # or which week, month or window, by its name

    @classmethod
    def read(cls, event: dict[str, Any]) -> Self:
        """Read a request; raise InvalidRequest naming the field that is off."""
        try:
            return cls.model_validate(event)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise InvalidRequest(f"{where}: {error.errors()[0]['msg']}") from error

    def named(self, time_zone: str) -> Period:
        """Return the period; raise InvalidRequest where none is called so."""
        return Period.named(self.period, self.day, time_zone)
