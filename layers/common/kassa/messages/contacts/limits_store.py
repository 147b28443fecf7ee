"""How often something is sent: so many messages a day, and some of them once of their subject."""

from datetime import date, datetime, timedelta

from kassa.messages import keys
from kassa.platform import table

_KEPT = timedelta(days=400)


def take(merchant_id: str, day: date, channel: str, most: int) -> bool:
    """Count one more message of a day; tell whether there was room for it."""
    counted = keys.daily_count(merchant_id, str(day), channel)
    return table.count_below(counted, "messages", most, _expiry(day))


def claim(merchant_id: str, message: tuple[str, str], delivery_id: str, now: datetime) -> bool:
    """Tell whether a delivery is the one that tells a message of a subject, in that order."""
    key = keys.once(merchant_id, *message)
    expires_at = int((now + _KEPT).timestamp())
    item = key._asdict() | {"delivery_id": delivery_id, "expires_at": expires_at}
    if table.put_new(item):
        return True
    kept = table.get(key)
    return kept is not None and kept["delivery_id"] == delivery_id


def _expiry(day: date) -> int:
    return int(datetime.fromisoformat(f"{day + _KEPT}T00:00:00+00:00").timestamp())
