"""What was entered about anomalies, in the table: one item, each change on the version read."""

from typing import Any

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.core.periods import Period
from kassa.platform import clock, keys, table
from kassa.platform.settings import settings
from kassa.reports.anomalies.alerted_store import alerted_in
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered, Mark, mark_of

MARKS_MAX = 500  # which fit in an item, and in a manifest
REASON_MAX = 300
ALERTS_MAX = 50


class Marks:
    """One merchant's marks and budget of alerts."""

    def __init__(self, merchant_id: str) -> None:
        self._key = keys.anomaly_marks(merchant_id)
        self._object_id = f"anomalies/{merchant_id}"

    def read(self) -> Entered:
        """Return what was entered last, consistently."""
        return self._read()[0]

    def expect(self, finding: Finding, reason: str, by: Actor) -> Mark:
        """Mark a finding, and the like of it, as expected; the mark made before is replaced.

        Raises InvalidRequest without a reason, or where MARKS_MAX are marked already; StaleWrite
        where somebody else marked meanwhile.
        """
        reason = " ".join(reason.split())
        if not 1 <= len(reason) <= REASON_MAX:
            raise InvalidRequest(f"reason: say why, in {REASON_MAX} characters at most")
        entered, version = self._read()
        mark = mark_of(finding, reason, clock.now())
        others = tuple(one for one in entered.marks if one.anomaly_id != mark.anomaly_id)
        if len(others) >= MARKS_MAX:
            raise InvalidRequest(f"{MARKS_MAX} anomalies are marked: take some back")
        changed = entered.model_copy(update={"marks": (*others, mark)})
        act = Act(
            operation="anomaly.expect",
            object_id=f"anomaly/{mark.anomaly_id}",
            by=by,
            after=str((version or 0) + 1),
            reason=reason,
        )
        self._save(changed, version, act)
        return mark

    def take_back(self, anomaly_id: str, by: Actor) -> None:
        """Expect the like of an anomaly no more; raise InvalidRequest where it isn't marked."""
        entered, version = self._read()
        others = tuple(one for one in entered.marks if one.anomaly_id != anomaly_id)
        if len(others) == len(entered.marks):
            raise InvalidRequest(f"anomaly_id: {anomaly_id} isn't marked")
        act = Act(
            operation="anomaly.take_back",
            object_id=f"anomaly/{anomaly_id}",
            by=by,
            before=str(version or 0),
            after=str((version or 0) + 1),
        )
        self._save(entered.model_copy(update={"marks": others}), version, act)

    def set_budget(self, alerts_a_day: int, by: Actor) -> None:
        """Say how many anomalies a day alert somebody; raise InvalidRequest of too many."""
        if not 0 <= alerts_a_day <= ALERTS_MAX:
            raise InvalidRequest(f"alerts_a_day: from 0 to {ALERTS_MAX}")
        entered, version = self._read()
        act = Act(
            operation="anomaly.budget",
            object_id=self._object_id,
            by=by,
            before=str(entered.alerts_a_day),
            after=str(alerts_a_day),
        )
        changed = entered.model_copy(update={"alerts_a_day": alerts_a_day})
        self._save(changed, version, act)

    def _read(self) -> tuple[Entered, int | None]:
        item = table.get(self._key)
        if item is None:
            return Entered(), None
        return stored.read_text(Entered, item["document"]), int(item["version"])

    def _save(self, entered: Entered, read: int | None, act: Act) -> None:
        fields = {"version": (read or 0) + 1, "document": stored.text(entered)}
        put = table.putting(self._key._asdict() | fields, read)
        audit_trail.save_version([{"Put": put}], act, "what is expected")


def entered(period: Period) -> Any:
    """Return what holds for a period's report, as its manifest keeps it; none if nothing was."""
    merchant_id = settings().merchant_id
    known = Marks(merchant_id).read()
    known = known.model_copy(update={"alerted": alerted_in(merchant_id, period)})
    return None if known == Entered() else stored.plain(known)
