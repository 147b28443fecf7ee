"""The run records of reports: what each period came to, and where the first of them begins."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from kassa.archive.manifests import ReportRun
from kassa.core import stored
from kassa.core.periods import Calendar, PeriodKind, day_of, name_of
from kassa.platform import aws, keys, table
from kassa.platform.settings import settings

PREFIX = "facts/day="


def key(merchant_id: str, day: date, kind: PeriodKind = PeriodKind.DAILY) -> keys.Key:
    """Return the key of the run of the day, week or month that begins on a day."""
    return keys.report_run(merchant_id, kind, name_of(kind, day))


def runs(
    merchant_id: str, days: Iterable[date], kind: PeriodKind = PeriodKind.DAILY
) -> dict[date, ReportRun]:
    """Return the run records of up to 100 periods; those never closed are left out."""
    found = named(merchant_id, [name_of(kind, day) for day in days], kind)
    return {date.fromisoformat(run.day): run for run in found.values()}


def named(merchant_id: str, names: Iterable[str], kind: PeriodKind) -> dict[str, ReportRun]:
    """Return the run records of up to 100 periods of a kind, each by its name."""
    found = table.get_all([keys.report_run(merchant_id, kind, name) for name in names])
    known = [stored.read(ReportRun, item) for item in found.values()]
    return {run.name: run for run in known}


def begun_on(calendar: Calendar, now: datetime) -> date:
    """Return the local day the books begin with; yesterday, if nothing was archived yet."""
    first = first_day()
    if first is None:
        return calendar.closed(PeriodKind.DAILY, now, 1)[0].day
    return day_of(datetime.combine(first, time.min, UTC), calendar.time_zone)


def first_day() -> date | None:
    """Return the UTC day of the oldest file, if there is any."""
    first = next(sizes(PREFIX, limit=1), None)
    return date.fromisoformat(first[0].removeprefix(PREFIX)[:10]) if first else None


def sizes(prefix: str, limit: int = 1000) -> Iterator[tuple[str, int]]:
    """Yield the keys below a prefix in order, each with its size in bytes."""
    arguments = {"Bucket": settings().bucket_name, "Prefix": prefix, "MaxKeys": limit}
    while True:
        page = aws.client("s3").list_objects_v2(**arguments)
        yield from ((each["Key"], each["Size"]) for each in page.get("Contents", []))
        if not page.get("IsTruncated"):
            return
        arguments["ContinuationToken"] = page["NextContinuationToken"]
