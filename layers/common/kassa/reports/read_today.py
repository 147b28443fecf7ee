"""Read today's figures: from the tallies of its quarters, not from facts."""

from datetime import datetime

from kassa.archive import quarter_store
from kassa.core.periods import Period, day_of
from kassa.platform.settings import settings
from kassa.reports.today import Today, today


def read_today(now: datetime) -> Today:
    """Return the merchant's day as far as it is booked and archived."""
    time_zone = settings().merchant_time_zone
    period = Period.of(day_of(now, time_zone), time_zone)
    return today(quarter_store.tallies(period.utc_days), period, now)
