"""Watch today: what of the day that goes on costs money by the hour is told at once.

The live tallies say whether there is anything to look for. If there is, the day's facts are looked
at by the same rules as when it is closed, so a finding has the same id then, and is told once.
"""

import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from kassa.archive import quarter_store, rollups, runs, warehouse
from kassa.archive.files import Archived, FactFolder
from kassa.archive.quarters import QuarterTally
from kassa.core.periods import DAY, Period, day_of
from kassa.core.postings import PostingKind
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger
from kassa.reports.anomalies import alerted_store as alerted_days
from kassa.reports.anomalies.alerts import alert
from kassa.reports.anomalies.find import find_urgent, prepared
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered
from kassa.reports.anomalies.rank import LASTS, is_same, ranked
from kassa.reports.anomalies.rules.bands import HITS_MIN
from kassa.reports.anomalies.rules.cells import days_before
from kassa.reports.anomalies.rules.rates import BURST_MIN
from kassa.reports.anomalies.store import Marks


def watch_today(now: datetime) -> int:
    """Alert what stands out of the day so far and wasn't alerted yet; return how many.

    Raises StaleWrite where another run alerted meanwhile: the next one goes on.
    """
    merchant_id, zone = settings().merchant_id, settings().merchant_time_zone
    period = Period.of(day_of(now, zone), zone)
    before = [period.day - n * DAY for n in range(LASTS, -1, -1)]
    alerted = alerted_days.days(merchant_id, before)
    for day in before:  # kept by a run that ended before it had published
        alerted[day] = _publish(day, alerted[day])
    entered = Marks(merchant_id).read()
    if len(alerted[period.day].alerts) >= entered.alerts_a_day or not _is_due(period):
        return 0
    known = [one for day in before for one in alerted[day].findings]
    due = _due(_ranked(period, now, entered), known)[: _left(entered, alerted[period.day])]
    if due:
        grown = alerted[period.day].with_alerts(due, now)
        _publish(period.day, alerted_days.save(merchant_id, period.day, grown))
    return len(due)


def _publish(day: date, alerted: alerted_days.AlertedDay) -> alerted_days.AlertedDay:
    """Publish what waits for it; twice at most, under one id, where a run ends in between."""
    waiting = alerted.waiting
    if not waiting:
        return alerted
    event_bus.publish([alert(one.finding, day, one.alerted_at) for one in waiting])
    for one in waiting:
        count("AnomalyAlertedToday")
        logger.info("anomaly alerted", anomaly_id=one.finding.anomaly_id, kind=one.finding.kind)
    return alerted_days.save(settings().merchant_id, day, alerted.published())


def is_worth_a_look(tallies: Mapping[datetime, QuarterTally], period: Period) -> bool:
    """Tell whether enough of a day failed or was refunded at one gateway for any rule to look."""
    failed: dict[str, int] = {}
    refunded: dict[str, int] = {}
    for starts_at, tally in tallies.items():
        if not period.starts_at <= starts_at < period.ends_at:
            continue
        for each in tally.failed:
            failed[each.gateway] = failed.get(each.gateway, 0) + each.attempts
        for moved in tally.moved:
            if moved.kind is PostingKind.REFUND:
                refunded[moved.gateway] = refunded.get(moved.gateway, 0) + moved.postings
    most_failed, most_refunded = max(failed.values(), default=0), max(refunded.values(), default=0)
    return most_failed >= HITS_MIN or most_refunded >= BURST_MIN


def _is_due(period: Period) -> bool:
    return is_worth_a_look(quarter_store.tallies(period.utc_days), period)


def _ranked(period: Period, now: datetime, entered: Entered) -> tuple[Finding, ...]:
    """Return what stands out of a day so far, the worst first."""
    begun = runs.first_day()
    days = [day for day in days_before(period) if begun and day >= begun - DAY]
    archived = Archived.of((period,))
    with tempfile.TemporaryDirectory() as path:
        folder = FactFolder(Path(path))
        files = folder.paths(folder.fetch(archived.packed(archived.keys(period))))
        known = (
            folder.paths(rollups.named(days)),
            folder.paths(rollups.named_payments(days)),
        )
        with warehouse.chosen(files, period, settings().merchant_id) as facts:
            cells = prepared(facts, period, known, now)
            return ranked(find_urgent(facts, cells), cells.usual_day(), entered)


def _due(found: tuple[Finding, ...], known: list[Finding]) -> list[Finding]:
    """Return what is new, expected by nobody, and wasn't alerted before."""
    due = [one for one in found if one.is_new and one.expected is None]
    return [one for one in due if not any(is_same(one, each) for each in known)]


def _left(entered: Entered, today: alerted_days.AlertedDay) -> int:
    return entered.alerts_a_day - len(today.alerts)
