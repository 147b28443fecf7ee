"""What a finished report said, as it was built, and what today's is going to say."""

import json
from datetime import datetime
from typing import Any

from kassa.archive import quarter_store
from kassa.core.errors import ReportNotFound
from kassa.core.periods import Period, PeriodKind, day_of, first_day
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.names import ReportName, document_key, document_of
from kassa.reports.reading.today import Today, today


def read_report(
    kind: PeriodKind, which: str, report: ReportName = ReportName.SUMMARY
) -> dict[str, Any]:
    """Return a report's figures; raise ReportNotFound when none was built of that period."""
    document = document_of(report, "json")
    key = document_key(settings().merchant_id, kind, first_day(kind, which), document)
    s3 = aws.client("s3")
    try:
        stored = s3.get_object(Bucket=settings().bucket_name, Key=key)
    except s3.exceptions.NoSuchKey as error:
        raise ReportNotFound(
            f"no {kind} report of {which} was built yet: it comes within two hours of the"
            f" {kind.noun}'s end, or now by 'kassa report {kind} {which}'"
        ) from error
    content: dict[str, Any] = json.loads(stored["Body"].read())
    return content


def read_today(now: datetime) -> Today:
    """Return the merchant's day as far as it is booked and archived."""
    time_zone = settings().merchant_time_zone
    period = Period.of(day_of(now, time_zone), time_zone)
    return today(quarter_store.tallies(period.utc_days), period, now)
