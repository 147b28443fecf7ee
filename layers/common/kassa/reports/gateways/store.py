"""Support cases in the table: each as it was noted last, by the month in which it was opened."""

from typing import Any

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
        found = [stored.read_text(SupportCase, item["document"]) for item in items]
        return tuple(sorted(found, key=lambda one: (one.opened_on, one.gateway, one.case_id)))

    def note(
        self, gateway: str, case_id: str, note: CaseNote, by: Actor
    ) -> tuple[SupportCase, bool]:
        """Note a case, or what is new of it; the second value is whether anything was written.

        Raises InvalidRequest for a gateway that there isn't or a day to come, StaleWrite where
        somebody noted the same case meanwhile.
        """
        if gateway not in GATEWAYS:
            raise InvalidRequest(f"gateway: none is called {gateway}")
        if note.opened_on > day_of(clock.now(), settings().merchant_time_zone):
            raise InvalidRequest("opened_on: is still to come")
        key = keys.support_case(self._merchant_id, f"{note.opened_on:%Y-%m}", gateway, case_id)
        item = table.get(key)
        before = stored.read_text(SupportCase, item["document"]) if item else None
        if before is not None and _says(before, note):
            return before, False
        noted = SupportCase(
            **note.model_dump(),
            gateway=gateway,
            case_id=case_id,
            version=before.version + 1 if before else 1,
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
        fields = {"version": noted.version, "document": stored.text(noted)}
        put = table.putting(key._asdict() | fields, before.version if before else None)
        audit_trail.save_version([{"Put": put}], act, "the case")
        return noted, True


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
