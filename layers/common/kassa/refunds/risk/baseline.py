"""The merchant's mean that refund decisions are held against, from the days that reports closed."""

from datetime import date, datetime, timedelta

from kassa.archive.runs import runs
from kassa.core.periods import day_of
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.risk.signals import Baseline, baseline_of

BASELINE_DAYS = 28  # four of each weekday
KEPT_FOR = timedelta(hours=1)

_kept: dict[str, tuple[datetime, Baseline]] = {}


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
