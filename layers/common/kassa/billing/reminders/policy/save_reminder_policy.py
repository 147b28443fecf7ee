"""Save a policy of reminders as the next version; it rules from then on."""

from typing import Any

from kassa.audit.trail import Actor
from kassa.billing.reminders.policy.model import PolicyRules, ReminderPolicy
from kassa.billing.reminders.policy.parse import read_rules
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.core import stored
from kassa.core.model import Model
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict
from kassa.platform.telemetry import logger

RESERVE_S = 1.0  # kept back for answering


class SavedReminderPolicy(Model):
    """The version that says what was sent."""

    is_new: bool  # no: the newest version said the same already, and nothing was written
    policy: ReminderPolicy


def save_reminder_policy(
    document: dict[str, Any], merchant_id: str, by: Actor, time_left_s: TimeLeft
) -> SavedReminderPolicy:
    """Save what a person wrote; raise Unreadable, with every mistake, where it can't be read."""
    rules = read_rules(document)
    saved = retry_on_conflict(lambda: _saved(rules, merchant_id, by), time_left_s, RESERVE_S)
    logger.info("reminder policy saved", version=saved.policy.version, is_new=saved.is_new)
    return saved


def _saved(rules: PolicyRules, merchant_id: str, by: Actor) -> SavedReminderPolicy:
    policies = SavedReminderPolicies(merchant_id)
    newest = policies.newest()
    if newest is not None and _says(newest, rules):
        return SavedReminderPolicy(is_new=False, policy=newest)
    policy = ReminderPolicy(
        version=newest.version + 1 if newest else 1,
        saved_at=clock.now(),
        saved_by=by.name,
        **dict(rules),
    )
    policies.save(policy, by)
    return SavedReminderPolicy(is_new=True, policy=policy)


def _says(newest: ReminderPolicy, rules: PolicyRules) -> bool:
    """Tell whether saving would only repeat the newest version, as a repeated request does."""
    if stored.has_unknown(newest):
        return False
    return all(getattr(newest, name) == getattr(rules, name) for name in PolicyRules.model_fields)
