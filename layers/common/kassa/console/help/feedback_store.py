"""Feedback in the table: kept for half a year, newest first, so many an hour of each person."""

from datetime import timedelta

from kassa.console.help import keys
from kassa.console.help.feedback import AN_HOUR_MAX, KEPT_FOR, Feedback
from kassa.core import stored
from kassa.platform import table
from kassa.platform.settings import settings

SHOWN = 50
_HOUR = timedelta(hours=1)


def keep(feedback: Feedback) -> bool:
    """Keep what somebody says; tell whether there was room for it within their hour."""
    merchant_id, at = settings().merchant_id, feedback.given_at
    count = keys.feedback_count(merchant_id, feedback.person_id, f"{at:%Y-%m-%dT%H}")
    if not table.count_below(count, "times", AN_HOUR_MAX, int((at + 2 * _HOUR).timestamp())):
        return False
    key = keys.feedback(merchant_id, at.isoformat(), feedback.feedback_id)
    expires_at = int((at + KEPT_FOR).timestamp())
    return table.put_new(key._asdict() | stored.plain(feedback) | {"expires_at": expires_at})


def newest() -> tuple[Feedback, ...]:
    """Return the newest feedback."""
    found, _ = table.query(
        KeyConditionExpression="PK = :all",
        ExpressionAttributeValues=table.typed({":all": keys.feedback_of(settings().merchant_id)}),
        ScanIndexForward=False,
        Limit=SHOWN,
    )
    return tuple(stored.read_fields(Feedback, item) for item in found)
