"""Watch today: what of the day that goes on costs money by the hour is told at once.

The live tallies say whether there is anything to look for. If there is, the day's facts are looked
at by the same rules as when it is closed, so a finding has the same id then, and is told once.

A run costs three reads of the table and a list of the tallies' marks where nothing is to be looked
for; the tallies that didn't change since the last one aren't fetched again.
"""

from datetime import date, datetime

from kassa.archive import quarter_store
from kassa.core.periods import DAY, Period, day_of
from kassa.platform.messaging import event_bus
from kassa.platform.settings import settings
from kassa.platform.telemetry import count, logger
from kassa.reports.anomalies import alerted_store
from kassa.reports.anomalies.alerted_store import AlertedDay
from kassa.reports.anomalies.alerts import alert
from kassa.reports.anomalies.rank import LASTS
from kassa.reports.anomalies.store import Marks
from kassa.reports.anomalies.today_store import find_today
from kassa.reports.anomalies.urgency import due, is_worth_a_look


def watch_today(now: datetime) -> int:
    """Alert what stands out of the day so far and wasn't alerted yet; return how many.

    What earlier runs kept and didn't come to publish is published first. Once the day's budget is
    spent nothing is read any more: the closed day's report lists the rest.
    Raises StaleWrite where another run alerted meanwhile: the next one goes on.
    """
    merchant_id, zone = settings().merchant_id, settings().merchant_time_zone
    period = Period.of(day_of(now, zone), zone)
    days = [period.day - n * DAY for n in range(LASTS, -1, -1)]
    alerted = alerted_store.days(merchant_id, days)
    for day in days:  # kept by a run that ended before it had published
        alerted[day] = _publish(day, alerted[day])
    today, entered = alerted[period.day], Marks(merchant_id).read()
    left = entered.alerts_a_day - len(today.alerts)
    if left <= 0 or not is_worth_a_look(quarter_store.tallies(period.utc_days), period):
        return 0
    known = [one for day in days for one in alerted[day].findings]
    found = due(find_today(period, now, entered), known, left)
    logger.info("day looked at", day=str(period.day), alerted=len(found))
    if found:
        kept = alerted_store.save(merchant_id, period.day, today.with_alerts(found, now))
        _publish(period.day, kept)
    return len(found)


def _publish(day: date, alerted: AlertedDay) -> AlertedDay:
    """Publish what waits for it; twice at most, under one id, where a run ends in between."""
    waiting, merchant_id = alerted.waiting, settings().merchant_id
    if not waiting:
        return alerted
    event_bus.publish([alert(one.finding, merchant_id, day, one.alerted_at) for one in waiting])
    for one in waiting:
        count("AnomalyAlertedToday")
        logger.info("anomaly alerted", anomaly_id=one.finding.anomaly_id, kind=one.finding.kind)
    return alerted_store.save(merchant_id, day, alerted.published())
