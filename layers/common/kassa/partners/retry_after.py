"""How long a stranger wants to be left alone: Retry-After (RFC 9110, 10.2.3), whatever it says."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRY_AFTER_MAX = timedelta(hours=24)  # of what is asked for
_SECONDS = re.compile(r"[0-9]{1,9}")
TEXT_MAX = 100  # no date is longer


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return how long to wait, up to a day; none where nothing readable is asked for."""
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return min(timedelta(seconds=int(text)), RETRY_AFTER_MAX)
    if not text or len(text) > TEXT_MAX:
        return None
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):  # a year of eleven digits is the last
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta(0)), RETRY_AFTER_MAX)
