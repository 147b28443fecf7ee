"""What a merchant assumes, in the table: every version that was ever saved; the newest rules."""

from typing import Any

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.periods import Period
from kassa.platform import table
from kassa.platform.settings import settings
from kassa.reports.automation import keys
from kassa.reports.automation.assumptions import Assumptions, AssumptionsDraft


def saved_assumptions(merchant_id: str) -> Assumptions:
    """Return what was saved last; version 0, which is Kassa's own, where nobody saved any."""
    found = table.newest(keys.assumptions(merchant_id, 0).PK)
    return stored.read_text(Assumptions, found["document"]) if found else Assumptions()


def keep_assumptions(
    merchant_id: str, draft: AssumptionsDraft, by: Actor
) -> tuple[Assumptions, bool]:
    """Save a draft unless the newest version says the same; the second value is whether it did.

    Raises StaleWrite where another took that version.
    """
    newest = saved_assumptions(merchant_id)
    requested = Assumptions(**draft.model_dump(), version=newest.version)
    if newest == requested:
        return newest, False
    return save_assumptions(merchant_id, requested, by), True


def save_assumptions(merchant_id: str, assumed: Assumptions, by: Actor) -> Assumptions:
    """Save them as the next version, for reports that are closed from now on.

    Raises StaleWrite where another took that version.
    """
    version = saved_assumptions(merchant_id).version + 1
    new = assumed.model_copy(update={"version": version})
    act = Act(
        operation="report_assumptions.save",
        object_id=f"report_assumptions/{merchant_id}",
        by=by,
        before=str(version - 1) if version > 1 else None,
        after=str(version),
    )
    item = {"version": version, "document": stored.text(new)}
    put = {"Put": table.putting(keys.assumptions(merchant_id, version)._asdict() | item)}
    audit_trail.save_version([put], act, "the assumptions")
    return new


def inputs(period: Period) -> dict[str, Any] | None:
    """Return what holds for a period's report, as its manifest keeps it; none if nothing was."""
    saved = saved_assumptions(settings().merchant_id)
    return saved.model_dump(mode="json") if saved.version else None
