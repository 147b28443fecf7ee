"""The run records of daily reports, and the merchant's mean that refund decisions take from them.

Apart from reports.py, since who only wants a mean should not bring a report's pages along.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from kassa.archive.manifests import ReportRun
from kassa.core import stored
from kassa.core.periods import day_of
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings
from kassa.refunds.risk.signals import Baseline, baseline_of

BASELINE_DAYS = 28  # four of each weekday
KEPT_FOR = timedelta(hours=1)

_kept: dict[str, tuple[datetime, Baseline]] = {}


def key(merchant_id: str, day: date) -> keys.Key:
    """Return the key of a day's run."""
    return keys.report_run(merchant_id, "daily", str(day))


def runs(merchant_id: str, days: Iterable[date]) -> dict[date, ReportRun]:
    """Return the run records of up to 100 days; days never closed are left out."""
    found = table.get_all([key(merchant_id, day) for day in days])
    known = [stored.read(ReportRun, item) for item in found.values()]
    return {date.fromisoformat(run.day): run for run in known}


def baseline(merchant_id: str, today: date) -> Baseline:
    """Return a merchant's mean over the four weeks before today, read once an hour.

    Days without a finished report, or closed before counts were kept, are left out.
    """
    kept = _kept.get(merchant_id)
    if kept and clock.now() - kept[0] < KEPT_FOR:
        return kept[1]
    days = [today - timedelta(days=n) for n in range(1, BASELINE_DAYS + 1)]
    counts = [run.counts for run in runs(merchant_id, days).values() if run.counts]
    mean = baseline_of(
        payments=sum(day.payments for day in counts),
        refunded=sum(day.refunds for day in counts),
        disputed=sum(day.disputes for day in counts),
    )
    _kept[merchant_id] = clock.now(), mean
    return mean


def current_baseline(now: datetime) -> Baseline:
    """Return the merchant's mean over the four weeks before their day of an instant."""
    known = settings()
    return baseline(known.merchant_id, day_of(now, known.merchant_time_zone))


def forget() -> None:
    """Forget what was kept; tests start clean."""
    _kept.clear()
