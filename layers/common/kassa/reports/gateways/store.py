"""Support cases in the table: each as it was noted last, by the month in which it was opened."""

from typing import Any, NamedTuple

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import InvalidRequest
from kassa.core.periods import Period, day_of
from kassa.gateways.registry import GATEWAYS
from kassa.platform import clock, table
from kassa.platform.settings import settings
from kassa.reports.gateways.cases import CaseNote, SupportCase
from kassa.reports.rates import keys

KEPT = ("gateway", "account", "case_id", "hours_to_answer")  # of each case, in a manifest


class SupportCases:
    """One merchant's cases at gateways' support."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def of_month(self, month: str) -> tuple[SupportCase, ...]:
        """Return the cases opened in a month, such as 2026-11, by day."""
        partition = keys.support_case(self._merchant_id, month).PK
        asked = {
            "KeyConditionExpression": "PK = :partition",
            "ExpressionAttributeValues": table.typed({":partition": partition}),
            "ConsistentRead": True,
        }
        items = (item for page in table.pages(**asked) for item in page)
        found = [
            stored.read_text(SupportCase, item["document"])
            for item in items
            if "moved_to" not in item  # a mark of where it stood, as nothing is deleted
        ]
        return tuple(sorted(found, key=lambda one: (one.opened_on, one.gateway, one.case_id)))

    def note(
        self, gateway: str, case_id: str, note: CaseNote, by: Actor
    ) -> tuple[SupportCase, bool]:
        """Note a case, or what is new of it; the second value is whether anything was written.

        One that was opened in another month than was noted before is moved there. Raises
        InvalidRequest for a gateway that there isn't or a day to come, StaleWrite where somebody
        noted the same case meanwhile.
        """
        if gateway not in GATEWAYS:
            raise InvalidRequest(f"gateway: none is called {gateway}")
        if note.opened_on > day_of(clock.now(), settings().merchant_time_zone):
            raise InvalidRequest("opened_on: is still to come")
        month = f"{note.opened_on:%Y-%m}"
        stands = self._find(gateway, case_id, month)
        before = stands.case
        if before is not None and _says(before, note):
            return before, False
        noted = SupportCase(
            **note.model_dump(),
            gateway=gateway,
            case_id=case_id,
            version=stands.version + 1,
            noted_by=by.name,
            noted_at=clock.now(),
        )
        act = Act(
            operation="gateway_case.note",
            object_id=f"gateway_case/{gateway}/{case_id}",
            by=by,
            before=str(before.version) if before else None,
            after=str(noted.version),
        )
        audit_trail.save_version(self._puts(stands, noted, month), act, "the case")
        return noted, True

    def _find(self, gateway: str, case_id: str, month: str) -> "_Stands":
        """Return where a case stands, and what stands in a month; by earlier releases no place."""
        place = table.get(keys.case_place(self._merchant_id, gateway, case_id))
        month_before = str(place["month"]) if place else month
        item, there = (
            table.get(keys.support_case(self._merchant_id, one, gateway, case_id))
            for one in (month_before, month)
        )
        return _Stands(month_before, item, there, place)

    def _puts(self, stands: "_Stands", noted: SupportCase, month: str) -> list[dict[str, Any]]:
        """Return what notes a case in a month, and leaves a mark where it stood in another."""
        of, version = (noted.gateway, noted.case_id), {"version": noted.version}
        key = keys.support_case(self._merchant_id, month, *of)
        item = key._asdict() | version | {"document": stored.text(noted)}
        puts = [table.putting(item, _version(stands.there))]
        if stands.month != month and stands.item:
            left = stands.item | version | {"moved_to": month}
            puts.append(table.putting(left, _version(stands.item)))
        if stands.place is None or stands.month != month:
            place = keys.case_place(self._merchant_id, *of)._asdict() | version | {"month": month}
            puts.append(table.putting(place, _version(stands.place)))
        return [{"Put": put} for put in puts]


class _Stands(NamedTuple):
    """Where a case stands in the table, before it is noted again."""

    month: str
    item: table.Item | None
    there: table.Item | None  # in the month in which it is noted now
    place: table.Item | None

    @property
    def case(self) -> SupportCase | None:
        """Return the case as it was noted last."""
        return stored.read_text(SupportCase, self.item["document"]) if self.item else None

    @property
    def version(self) -> int:
        """Return the highest version of it."""
        return max(_version(one) or 0 for one in (self.item, self.there, self.place))


def _version(item: table.Item | None) -> int | None:
    return int(item["version"]) if item else None


def _says(before: SupportCase, note: CaseNote) -> bool:
    return all(getattr(before, name) == getattr(note, name) for name in CaseNote.model_fields)


def inputs(period: Period) -> dict[str, Any] | None:
    """Return the cases opened in a period, as its manifest keeps them; none of none."""
    days = set(period.days)
    months = sorted({f"{day:%Y-%m}" for day in days})
    cases = SupportCases(settings().merchant_id)
    found = [
        one.model_dump(mode="json", include=set(KEPT))
        for month in months
        for one in cases.of_month(month)
        if one.opened_on in days
    ]
    return {"cases": found} if found else None
