"""What a finished report said, as it was built, and what today's is going to say."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

from kassa.archive import quarter_store, runs
from kassa.archive.report_names import ReportName, document_key, document_of, refuse_without
from kassa.core.errors import ReportNotFound
from kassa.core.periods import Calendar, Period, PeriodKind, day_of
from kassa.platform import aws, clock
from kassa.platform.settings import settings
from kassa.reports.reading.today import Today, today

FETCHES = 8  # at once
WEEK, LIKE_WEEKS = timedelta(weeks=1), 8  # as far back as reports look for what is usual


def read_report(
    kind: PeriodKind, which: str, report: ReportName = ReportName.SUMMARY
) -> dict[str, Any]:
    """Return a report's figures; raise ReportNotFound when none was built of that period."""
    refuse_without(report, kind)
    document = document_of(report, "json")
    period = Period.named(kind, which, settings().merchant_time_zone)
    key = document_key(settings().merchant_id, kind, period.name, document)
    s3 = aws.client("s3")
    try:
        stored = s3.get_object(Bucket=settings().bucket_name, Key=key)
    except s3.exceptions.NoSuchKey as error:
        raise absent(kind, which, clock.now()) from error
    content: dict[str, Any] = json.loads(stored["Body"].read())
    return content


def read_days(days: Iterable[date]) -> list[dict[str, Any]]:
    """Return the summaries of those days of which one was built, at once."""
    s3, merchant_id = aws.client("s3"), settings().merchant_id
    document = document_of(ReportName.SUMMARY, "json")

    def read(day: date) -> dict[str, Any] | None:
        key = document_key(merchant_id, PeriodKind.DAILY, str(day), document)
        try:
            stored = s3.get_object(Bucket=settings().bucket_name, Key=key)
        except s3.exceptions.NoSuchKey:
            return None
        content: dict[str, Any] = json.loads(stored["Body"].read())
        return content

    with ThreadPoolExecutor(FETCHES) as fetching:
        return [found for found in fetching.map(read, days) if found is not None]


def read_today(now: datetime) -> Today:
    """Return the merchant's day as far as it is booked and archived."""
    time_zone = settings().merchant_time_zone
    period = Period.of(day_of(now, time_zone), time_zone)
    return today(quarter_store.tallies(period.utc_days), period, now)


def absent(kind: PeriodKind, name: str, now: datetime) -> ReportNotFound:
    """Return the error that says of a period without a report what there is to do."""
    known = settings()
    calendar = Calendar(known.merchant_time_zone, known.week_starts_on, known.month_starts_on)
    period = Period.named(kind, name, calendar.time_zone)
    none = f"there is no {kind} report of {name}"
    if period.starts_at > now:
        return ReportNotFound(f"{none}: that {kind.noun} hasn't begun")
    if period.days[-1] < (begun_on := runs.begun_on(calendar, now)):
        return ReportNotFound(
            f"{none}: the books begin on {begun_on}. 'kassa import' brings in what a gateway knows"
            f" of before, and then 'kassa report {kind} {name}' builds one of that"
        )
    if kind is PeriodKind.WINDOW:
        asked = f"'kassa report window {period.day} {period.last}' builds it"
        return ReportNotFound(f"{none}: {asked}, or POST /reports/window")
    return ReportNotFound(
        f"no {kind} report of {name} was built yet: it comes within two hours of the"
        f" {kind.noun}'s end, or now by 'kassa report {kind} {name}'"
    )


def read_days_like(day: date) -> list[dict[str, Any]]:
    """Return the summaries of the same weekday of weeks before, the newest first."""
    return read_days(day - n * WEEK for n in range(1, LIKE_WEEKS + 1))
