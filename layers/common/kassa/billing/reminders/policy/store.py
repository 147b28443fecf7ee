"""Policies of reminders in the table: every version that was saved; the newest rules at once."""

from itertools import islice

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.billing.reminders import keys as reminder_keys
from kassa.billing.reminders.policy.model import ReminderPolicy
from kassa.core import stored
from kassa.core.errors import PolicyNotFound, UnreadableItem
from kassa.platform import table

LISTED_MAX = 100


class SavedReminderPolicies:
    """One merchant's policies of reminders."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def newest(self) -> ReminderPolicy | None:
        """Return the version saved last; none where nobody saved any."""
        found = table.newest(reminder_keys.policy(self._merchant_id, 0).PK)
        return stored.read_text(ReminderPolicy, found["document"]) if found else None

    def listed(self) -> list[ReminderPolicy]:
        """Return the newest hundred versions, newest first."""
        found = table.newest_first(reminder_keys.policy(self._merchant_id, 0).PK)
        listed = islice(found, LISTED_MAX)
        return [stored.read_text(ReminderPolicy, item["document"]) for item in listed]

    def ruling(self) -> ReminderPolicy | None:
        """Return the version by which customers are reminded; none, and nobody is.

        Raises UnreadableItem where a newer release saved what this one doesn't know: half a policy
        isn't obeyed.
        """
        policy = self.newest()
        if policy is not None and stored.has_unknown(policy):
            raise UnreadableItem("the policy of reminders says what this release doesn't know")
        return policy

    def version(self, number: int) -> ReminderPolicy:
        """Return one version; raise PolicyNotFound when it was never saved."""
        item = table.get(reminder_keys.policy(self._merchant_id, number))
        if item is None:
            raise PolicyNotFound(f"there is no version {number} of the policy of reminders")
        return stored.read_text(ReminderPolicy, item["document"])

    def save(self, policy: ReminderPolicy, by: Actor) -> None:
        """Keep a policy under its version; raise StaleWrite when another took that number."""
        key = reminder_keys.policy(self._merchant_id, policy.version)
        document = stored.text(policy, by_alias=True, exclude_none=True)
        put = table.putting(key._asdict() | {"version": policy.version, "document": document})
        act = Act(
            operation="reminder_policy.save",
            object_id=f"reminder_policy/{self._merchant_id}",
            by=by,
            before=str(policy.version - 1) if policy.version > 1 else None,
            after=str(policy.version),
        )
        audit_trail.save_version([{"Put": put}], act, "the policy of reminders")
