"""A window that someone wants a report of: the whole local days from the first to the last."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from kassa.core.model import Model
from kassa.core.periods import Calendar, Period, PeriodKind
from kassa.reports.report import ReportRequest


def _written_as_a_day(text: object) -> date:
    """Refuse what could also be read as a day, such as seconds since 1970."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        day = None
    if day is None or str(day) != str(text):
        raise ValueError("must be a day of the calendar, written as 2026-11-29")
    return day


Day = Annotated[date, BeforeValidator(_written_as_a_day)]


class WindowRequest(Model):
    """The days of a window; `anew` requests another edition if facts came late for them."""

    first: Day = Field(description="The first day, in the merchant's time zone.")
    last: Day = Field(description="The last one, which has begun; 400 days at most.")
    anew: bool = Field(
        False, description="Build another edition if facts came late; earlier ones stay."
    )

    def requested(self, calendar: Calendar, now: datetime) -> tuple[ReportRequest, Period]:
        """Return what is built, and of which days; raise InvalidRequest where it can't be."""
        period = Period.window(self.first, self.last, calendar.time_zone)
        request = ReportRequest(day=period.name, period=PeriodKind.WINDOW, anew=self.anew)
        return request, request.begun(calendar, now)
