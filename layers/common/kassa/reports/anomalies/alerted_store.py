"""What was alerted while a day went on, in the table: one item a day, changed on the version read.

An alert is kept before it is published, and once more as published: a crash between the two is made
good by the next run, and two runs at once never spend a day's budget twice.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from kassa.core import stored
from kassa.core.errors import StaleWrite
from kassa.core.model import Instant, Model
from kassa.core.periods import Period, PeriodKind
from kassa.platform import keys, table
from kassa.platform.settings import settings
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered
from kassa.reports.anomalies.store import Marks
from kassa.reports.fees.contracts.store import SavedContracts

NAMED = 20  # payments and events of a finding that are kept here; the day's report names more


class Alert(Model):
    """One finding that was alerted before its day was closed."""

    finding: Finding
    alerted_at: Instant
    is_published: bool = False


class AlertedDay(Model):
    """All alerts of a day so far, and the version of the item they stand in."""

    alerts: tuple[Alert, ...] = ()
    version: int | None = None  # none: nothing was kept yet

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was alerted."""
        return tuple(one.finding for one in self.alerts)

    @property
    def waiting(self) -> tuple[Alert, ...]:
        """Return what was kept and isn't known to be published."""
        return tuple(one for one in self.alerts if not one.is_published)

    def with_alerts(self, findings: Iterable[Finding], now: datetime) -> "AlertedDay":
        """Return the day with more alerts, shortened to what an item has room for."""
        more = (Alert(finding=_shortened(one, now), alerted_at=now) for one in findings)
        return self.model_copy(update={"alerts": (*self.alerts, *more)})

    def published(self) -> "AlertedDay":
        """Return the day with all of its alerts published."""
        all_of = (one.model_copy(update={"is_published": True}) for one in self.alerts)
        return self.model_copy(update={"alerts": tuple(all_of)})


def read(merchant_id: str, day: date) -> AlertedDay:
    """Return what was alerted on a day so far, consistently."""
    return days(merchant_id, [day])[day]


def days(merchant_id: str, which: Sequence[date]) -> dict[date, AlertedDay]:
    """Return what was alerted on each of some days, as of now."""
    known = {day: keys.anomaly_alerts(merchant_id, str(day)) for day in which}
    items = table.get_all(list(known.values()))
    return {
        day: stored.read_text(AlertedDay, items[key]["document"]).model_copy(
            update={"version": int(items[key]["version"])}
        )
        if key in items
        else AlertedDay()
        for day, key in known.items()
    }


def save(merchant_id: str, day: date, alerted: AlertedDay) -> AlertedDay:
    """Keep a day's alerts over the version read; raise StaleWrite if another run was faster."""
    version = (alerted.version or 0) + 1
    key = keys.anomaly_alerts(merchant_id, str(day))
    document = stored.text(alerted.model_copy(update={"version": None}))
    item = key._asdict() | {"version": version, "document": document}
    if table.write("put_item", **table.putting(item, alerted.version)) is None:
        raise StaleWrite(f"another run alerted anomalies of {day} meanwhile")
    return alerted.model_copy(update={"version": version})


def alerted_in(merchant_id: str, period: Period) -> tuple[Finding, ...]:
    """Return what was alerted while the days of a period went on."""
    if period.kind is PeriodKind.DAILY:
        return read(merchant_id, period.day).findings
    found = days(merchant_id, period.days)
    return tuple(one for day in period.days for one in found[day].findings)


def entered(period: Period) -> Any:
    """Return what holds for a period's report, as its manifest keeps it; none if nothing was."""
    merchant_id = settings().merchant_id
    known = Marks(merchant_id).read()
    marks = (one.model_copy(update={"history": (), "marked_by": None}) for one in known.marks)
    alerted = alerted_in(merchant_id, period)
    contracts = SavedContracts(merchant_id).newest()
    more = {"marks": tuple(marks), "alerted": alerted, "contracts": contracts}
    known = known.model_copy(update=more)
    return None if known == Entered() else stored.plain(known)


def _shortened(one: Finding, now: datetime) -> Finding:
    fewer = {"subject_ids": one.subject_ids[:NAMED], "event_ids": one.event_ids[:NAMED]}
    return one.model_copy(update=fewer | {"ended_at": min(one.ended_at, now), "is_alert": True})
