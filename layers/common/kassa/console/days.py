"""Days in addresses: one that is asked for, and so many up to one, with what lies beside them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from kassa.core.errors import InvalidRequest
from kassa.reports.localization import Texts

FIRST = date(1970, 1, 1)  # no book begins before, and pages lead to days before theirs


def day_in(query: Mapping[str, str], name: str, otherwise: date) -> date:
    """Return the day that a query names; raise InvalidRequest for what is no day."""
    text = query.get(name, "")
    try:
        day = date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise InvalidRequest(f"{name}: write it as 2026-11-21") from None
    if day < FIRST:
        raise InvalidRequest(f"{name}: name a day since {FIRST}")
    return day


def days_until(query: Mapping[str, str], today: date, count: int) -> list[date]:
    """Return so many days up to the one that a query's `until` names, newest first."""
    last = min(day_in(query, "until", today), today)
    return [last - timedelta(days=n) for n in range(count)]


def beside(days: list[date], today: date, texts: Texts) -> dict[str, Any]:
    """Return which days are shown and where those before and after them are (`days.html`)."""
    last = days[0]
    return {
        "from_day": texts.short_day(days[-1]),
        "to_day": texts.short_day(last),
        "earlier": days[-1] - timedelta(days=1),
        "later": last + timedelta(days=len(days)) if last < today else None,
    }
