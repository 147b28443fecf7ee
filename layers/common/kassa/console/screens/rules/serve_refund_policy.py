"""The refund policy, as a kind of rules: decided by its own operations."""

from collections.abc import Sequence
from typing import Any

from kassa.console.pages.rules import mistakes, refund_form, trial
from kassa.console.pages.rules.kind import Checked, Document, Kind, Saver, Trying, Version
from kassa.console.visit import time_zone
from kassa.core.errors import InvalidRequest, Unreadable
from kassa.platform import clock
from kassa.platform.settings import settings
from kassa.refunds.policy.check_policy import Author, check_policy
from kassa.refunds.policy.parse import written
from kassa.refunds.policy.save_policy import needs_another, save_policy
from kassa.refunds.policy.store import Policies

DAYS = 90
NOTHING: Document = {
    "second_person_over": [],
    "decide_within_hours": 48,
    "remind_after_hours": 24,
    "undo_minutes": 5,
    "on_expiry": "keep",
    "rules": [],
    "otherwise": "escalate",
}


def _policies() -> Policies:
    return Policies(settings().merchant_id)


def _versions() -> Sequence[Version]:
    return [
        Version(one.version, one.saved_at, one.saved_by, written(one), one.effective_from, one.note)
        for one in _policies().listed()
    ]


def _check(document: Document) -> Checked:
    try:
        checked = check_policy(document, 0, Author("you", clock.now()))
    except Unreadable as refused:
        return Checked(mistakes.by_place(refused.wrong), None)
    except InvalidRequest as refused:
        return Checked(mistakes.by_place([str(refused)]), None)
    numbers = {one.rule_id: number for number, one in enumerate(checked.policy.rules)}
    found = mistakes.by_row(
        (
            one.severity.value,
            f"rules.{numbers[one.rule_id]}" if one.rule_id in numbers else "",
            f"{one.rule_id} {one.text}",
        )
        for one in checked.findings
    )
    return Checked(found, written(checked.policy))


def _save(document: Document, saver: Saver) -> int:
    saved = save_policy(document, saver.caller, _policies(), saver.time_left_s, saver.written_by)
    return saved.policy.version


def _attempt(document: Document, trying: Trying) -> dict[str, Any]:
    from kassa.refunds.backtest.try_policy import (  # DuckDB, for this alone
        DAYS_MAX,
        PolicyTrial,
        try_policy,
    )

    asked = trying.query.get("days", "")
    days = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 5 else DAYS
    days = min(max(days, 1), DAYS_MAX)
    tried = try_policy(
        PolicyTrial(policy=dict(document), last_days=days), trying.caller, trying.time_left_s
    )
    return trial.backtest(tried.run, trying.texts) | {"asked_days": days}


KIND = Kind(
    name="refunds",
    empty=refund_form.EMPTY,
    versions=_versions,
    start=lambda: NOTHING,
    fields_of=refund_form.fields_of,
    document_of=lambda fields: refund_form.document_of(fields, time_zone()),
    check=_check,
    save=_save,
    attempt=_attempt,
    needs_another=lambda: needs_another(_policies().listed(), clock.now()),
)
