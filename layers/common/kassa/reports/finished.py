"""Finished reports: where their documents stand, and what one said, as it was built."""

import json
from datetime import date
from typing import Any

from kassa.core.errors import ReportNotFound
from kassa.platform import aws
from kassa.platform.settings import settings


def document_key(merchant_id: str, day: date, name: str) -> str:
    """Return where a document of a day's report stands in the bucket."""
    return f"reports/{merchant_id}/daily/{day}/{name}"


def read_report(period: str, day: date) -> dict[str, Any]:
    """Return a report's figures; raise ReportNotFound when none was built for that day."""
    key = document_key(settings().merchant_id, day, "report.json")
    s3 = aws.client("s3")
    try:
        stored = s3.get_object(Bucket=settings().bucket_name, Key=key)
    except s3.exceptions.NoSuchKey as error:
        raise ReportNotFound(
            f"no {period} report of {day} was built yet: it comes within two hours of the day's"
            f" end, or now by 'kassa report {period} {day}'"
        ) from error
    report: dict[str, Any] = json.loads(stored["Body"].read())
    return report
