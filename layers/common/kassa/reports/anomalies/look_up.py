"""Look up anomalies: in their days' reports, or among what was alerted while a day goes on."""

import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from kassa.archive.report_names import ReportName, document_key, document_of
from kassa.core import stored
from kassa.core.errors import ReportNotFound
from kassa.core.periods import PeriodKind
from kassa.platform import aws
from kassa.platform.settings import settings
from kassa.reports.anomalies import alerted_store
from kassa.reports.anomalies.finding import Finding

FETCHES = 8  # at once
ID = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}$"


def look_up(anomaly_id: str) -> Finding:
    """Return a finding of the day that its id names; raise ReportNotFound where there is none."""
    day = _day(anomaly_id)
    if day is not None:
        found = (*alerted_store.read(settings().merchant_id, day).findings, *_reported(day))
        newest = [one for one in found if one.anomaly_id == anomaly_id]
        if newest:
            return newest[-1]
    raise ReportNotFound(
        f"nothing called {anomaly_id} was found on {anomaly_id[:10]};"
        " 'kassa anomalies list DAY' says what was found on a day"
    )


def found_on(days: Sequence[date]) -> dict[date, list[Finding]]:
    """Return what was found first on each of some days: as its report has it, once it is built."""
    aws.client("s3")  # made once, before threads need it
    alerted = alerted_store.days(settings().merchant_id, days)
    with ThreadPoolExecutor(FETCHES) as fetching:
        reported = dict(zip(days, fetching.map(_reported, days), strict=True))
    found = {}
    for day in days:
        named = {one.anomaly_id: one for one in (*alerted[day].findings, *reported[day])}
        found[day] = [one for one in named.values() if one.is_new]
    return found


def _day(anomaly_id: str) -> date | None:
    if not re.match(ID, anomaly_id):
        return None
    try:
        return date.fromisoformat(anomaly_id[:10])
    except ValueError:
        return None


def _reported(day: date) -> tuple[Finding, ...]:
    """Return what the day's report lists; nothing before it is built."""
    name, s3 = document_of(ReportName.ANOMALIES, "json"), aws.client("s3")
    key = document_key(settings().merchant_id, PeriodKind.DAILY, str(day), name)
    try:
        body = s3.get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return ()
    return tuple(stored.read(Finding, one) for one in json.loads(body)["findings"])
