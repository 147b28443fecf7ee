"""The policy of reminders, as a kind of rules: read, tried and saved by its own operations."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from kassa.billing.reminders.policy.model import DEFAULT_STEPS, PolicyRules
from kassa.billing.reminders.policy.parse import read_rules
from kassa.billing.reminders.policy.save_reminder_policy import save_reminder_policy
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.billing.reminders.preview.preview_reminders import (
    DAYS_MAX,
    ReminderPreview,
    try_policy,
)
from kassa.console.pages.rules import mistakes, reminder_form, trial
from kassa.console.pages.rules.kind import Checked, Document, Kind, Saver, Trying, Version
from kassa.core.errors import InvalidRequest, Unreadable
from kassa.core.merchant import Merchant
from kassa.platform.settings import settings
from kassa.reports.localization import Texts

REMINDERS_MAX = 100  # that a page lists


def _versions() -> Sequence[Version]:
    saved = SavedReminderPolicies(settings().merchant_id).listed()
    return [
        Version(one.version, one.saved_at, one.saved_by, reminder_form.written(one))
        for one in saved
    ]


def _check(document: Document) -> Checked:
    try:
        rules = read_rules(document)
    except Unreadable as refused:
        return Checked(mistakes.by_place(refused.wrong), None)
    except InvalidRequest as refused:
        return Checked(mistakes.by_place([str(refused)]), None)
    return Checked(mistakes.Found(), reminder_form.written(rules))


def _save(document: Document, saver: Saver) -> int:
    by, merchant_id = saver.fresh(), settings().merchant_id
    saved = save_reminder_policy(dict(document), merchant_id, by, saver.time_left_s)
    return saved.policy.version


def _attempt(document: Document, trying: Trying) -> dict[str, Any]:
    merchant = Merchant.from_settings(settings().model_dump())
    tried = try_policy(merchant, read_rules(document), DAYS_MAX)
    return _shown(tried, trying.texts) | {"asked_days": DAYS_MAX}


def _shown(found: ReminderPreview, texts: Texts) -> dict[str, Any]:
    listed = found.reminders[:REMINDERS_MAX]
    steps = dict.fromkeys(one.step for one in found.reminders)
    return {
        "count": texts.number(len(found.reminders)),
        "is_complete": found.is_complete and len(listed) == len(found.reminders),
        "steps": [
            (step, texts.number(sum(one.step == step for one in found.reminders))) for step in steps
        ],
        "days": [
            (
                texts.day(day),
                [
                    {
                        "customer": one.customer_id,
                        "step": one.step,
                        "channel": one.channel.value,
                        "invoices": [each.number for each in one.invoices],
                        "owed": trial.sums(one.amounts, texts),
                    }
                    for one in of
                ],
            )
            for day, of in groupby(listed, key=lambda one: one.on)
        ],
    }


KIND = Kind(
    name="reminders",
    empty=reminder_form.EMPTY,
    versions=_versions,
    start=lambda: reminder_form.written(PolicyRules(steps=DEFAULT_STEPS)),
    fields_of=reminder_form.fields_of,
    document_of=reminder_form.document_of,
    check=_check,
    save=_save,
    attempt=_attempt,
)
