"""Finished reports, read back from the bucket as they were built."""

import json
from datetime import date
from typing import Any

from kassa.core.errors import ReportNotFound
from kassa.platform import aws
from kassa.platform.settings import settings


def read_report(period: str, day: date) -> dict[str, Any]:
    """Return a report's figures; raise ReportNotFound when none was built for that day."""
    from kassa.reports.store import Reports  # brings the page's layout along; seldom needed

    keys = Reports(settings().merchant_id).keys_of(day)
    s3 = aws.client("s3")
    try:
        stored = s3.get_object(Bucket=settings().bucket_name, Key=keys["report.json"])
    except s3.exceptions.NoSuchKey as error:
        raise ReportNotFound(
            f"no {period} report of {day} was built yet: it comes within two hours of the day's"
            f" end, or now by 'kassa report {period} {day}'"
        ) from error
    report: dict[str, Any] = json.loads(stored["Body"].read())
    return report
