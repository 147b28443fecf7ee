"""What was entered about anomalies, in the table: one item, each change on the version read."""

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.platform import clock, keys, table
from kassa.reports.anomalies.finding import Finding
from kassa.reports.anomalies.marks import Entered, Mark, mark_of

MARKS_MAX = 500  # which fit in an item, and in a manifest
REASON_MAX = 300
ALERTS_MAX = 50
ITEM_MAX = 350_000  # bytes; the table takes 400,000


class Marks:
    """One merchant's marks and budget of alerts."""

    def __init__(self, merchant_id: str) -> None:
        self._key = keys.anomaly_marks(merchant_id)
        self._object_id = f"anomalies/{merchant_id}"

    def read(self) -> Entered:
        """Return what was entered last, consistently."""
        return self._read()[0]

    def mark(self, finding: Finding, is_expected: bool, reason: str, by: Actor) -> Mark:
        """Mark a finding, and the like of it, as expected or not; what was said before is kept.

        The same said again changes nothing. Raises InvalidRequest without a reason, or where
        MARKS_MAX are marked already; StaleWrite where somebody else marked meanwhile.
        """
        entered, version = self._read()
        return self._mark(entered, version, mark_of(finding, reason, clock.now(), is_expected), by)

    def expect(self, finding: Finding, reason: str, by: Actor) -> Mark:
        """Mark a finding, and the like of it, as expected."""
        return self.mark(finding, True, reason, by)

    def take_back(self, anomaly_id: str, reason: str, by: Actor) -> Mark:
        """Expect the like of an anomaly no more; raise InvalidRequest where it isn't expected."""
        entered, version = self._read()
        known = entered.of(anomaly_id)
        if known is None or not known.is_expected:
            raise InvalidRequest(f"anomaly_id: {anomaly_id} isn't marked as expected")
        changes = {"is_expected": False, "reason": reason, "marked_at": clock.now(), "history": ()}
        return self._mark(entered, version, known.model_copy(update=changes), by)

    def _mark(self, entered: Entered, version: int | None, mark: Mark, by: Actor) -> Mark:
        reason = " ".join(mark.reason.split())
        if not 1 <= len(reason) <= REASON_MAX:
            raise InvalidRequest(f"reason: say why, in {REASON_MAX} characters at most")
        mark = mark.model_copy(update={"reason": reason, "marked_by": by.name})
        known = entered.of(mark.anomaly_id)
        if known is not None and known.says_as(mark):
            return known
        changed = _with_room(entered.with_mark(mark))
        act = Act(
            operation="anomaly.expect" if mark.is_expected else "anomaly.take_back",
            object_id=f"anomaly/{mark.anomaly_id}",
            by=by,
            before=str(version) if version else None,
            after=str((version or 0) + 1),
            reason=reason,
        )
        self._save(changed, version, act)
        return changed.marks[-1]

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


def _with_room(entered: Entered) -> Entered:
    """Return marks that fit: the oldest that expect nothing go first; InvalidRequest if none do."""
    marks = list(entered.marks)
    while len(marks) > MARKS_MAX or len(stored.text(entered).encode()) > ITEM_MAX:
        idle = next((one for one in marks[:-1] if not one.is_expected), None)
        if idle is None:
            raise InvalidRequest(f"{len(marks) - 1} anomalies are marked: take some back")
        marks.remove(idle)
        entered = entered.model_copy(update={"marks": tuple(marks)})
    return entered
