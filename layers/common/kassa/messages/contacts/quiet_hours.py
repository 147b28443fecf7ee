"""Quiet hours: when nobody is written to of what can wait, by the clock of whoever gets it."""

from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from kassa.core.model import Model
from kassa.messages.kinds import Category


class QuietHours(Model):
    """From when until when it is quiet, in local time, and what waits until it is over.

    They may go over midnight, as from 21:00 to 08:00.
    """

    begin: time
    end: time
    hold: tuple[Category, ...] = (Category.REMINDER, Category.MARKETING)

    @model_validator(mode="after")
    def _is_a_part_of_the_day(self) -> Self:
        if self.begin == self.end:
            raise ValueError("begin and end at the same time; leave quiet_hours out for none")
        if self.begin.tzinfo or self.end.tzinfo:
            raise ValueError("are local times, such as 21:00, without a time zone")
        return self


def quiet_until(
    quiet: QuietHours | None, category: Category, now: datetime, time_zone: str
) -> datetime | None:
    """Return until when a message waits; none where it may go now."""
    if quiet is None or category not in quiet.hold or category is Category.SECURITY:
        return None
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    if not _is_quiet(quiet, local.time()):
        return None
    days = 1 if quiet.begin > quiet.end and local.time() >= quiet.begin else 0
    end = quiet.end.replace(fold=local.fold)  # of an hour that comes twice, the one it is now
    return datetime.combine(local.date() + timedelta(days=days), end, zone).astimezone(now.tzinfo)


def _is_quiet(quiet: QuietHours, at: time) -> bool:
    if quiet.begin < quiet.end:
        return quiet.begin <= at < quiet.end
    return at >= quiet.begin or at < quiet.end
