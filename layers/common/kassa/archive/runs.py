"""The run records of daily reports: what each day came to, for whoever counts on over days."""

from collections.abc import Iterable
from datetime import date

from kassa.archive.manifests import ReportRun
from kassa.core import stored
from kassa.platform import keys, table


def key(merchant_id: str, day: date) -> keys.Key:
    """Return the key of a day's run."""
    return keys.report_run(merchant_id, "daily", str(day))


def runs(merchant_id: str, days: Iterable[date]) -> dict[date, ReportRun]:
    """Return the run records of up to 100 days; days never closed are left out."""
    found = table.get_all([key(merchant_id, day) for day in days])
    known = [stored.read(ReportRun, item) for item in found.values()]
    return {date.fromisoformat(run.day): run for run in known}
