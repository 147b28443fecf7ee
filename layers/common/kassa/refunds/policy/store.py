"""Refund policies in the table: every version that was ever saved, none ever changed.

Which one rules at an instant: the highest version whose `effective_from` has come. So what is
saved last wins from its own date on, and an older version that was planned for later than that
never comes to rule.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from kassa.audit import store as audit_trail
from kassa.audit.trail import Act, Actor
from kassa.core import stored
from kassa.core.errors import PolicyNotFound, UnreadableItem
from kassa.platform import table
from kassa.platform.telemetry import leave_out
from kassa.refunds import keys as refund_keys
from kassa.refunds.policy.model import NO_POLICY, RefundPolicy, without_rules

PAGE = 4  # the newest version rules, but for the few that are planned ahead
LISTED_MAX = 100


class Policies:
    """One merchant's refund policies."""

    def __init__(self, merchant_id: str) -> None:
        self._merchant_id = merchant_id

    def active(self, now: datetime) -> RefundPolicy:
        """Return the policy that rules now; before the first, the one that decides nothing.

        Nor does one decide of which a newer release knows more fields: half a table isn't obeyed.
        """
        began = (policy for policy in self._newest_first() if policy.effective_from <= now)
        ruling = next(began, NO_POLICY(self._merchant_id))
        return without_rules(ruling) if stored.has_unknown(ruling) else ruling

    def newest(self) -> RefundPolicy | None:
        """Return the version saved last, whether it rules by now or not."""
        return next(self._newest_first(), None)

    def version(self, number: int) -> RefundPolicy:
        """Return one version; raise PolicyNotFound when it was never saved."""
        item = table.get(refund_keys.policy(self._merchant_id, number))
        if item is None:
            raise PolicyNotFound(f"there is no version {number} of the refund policy")
        return stored.read_text(RefundPolicy, item["document"])

    def listed(self) -> list[RefundPolicy]:
        """Return the newest hundred versions, newest first."""
        return [policy for policy, _ in zip(self._newest_first(), range(LISTED_MAX), strict=False)]

    def save(
        self, policy: RefundPolicy, by: Actor | None = None, reason: str | None = None
    ) -> None:
        """Keep a policy under its version; raise StaleWrite when another took that number."""
        key = refund_keys.policy(self._merchant_id, policy.version)
        attributes = {"version": policy.version, "document": policy.model_dump_json()}
        put = table.putting({**key._asdict(), **attributes})
        act = Act(
            operation="policy.save",
            object_id=f"policy/{self._merchant_id}",
            by=by or Actor(key_id=policy.saved_by),
            before=str(policy.version - 1) if policy.version > 1 else None,
            after=str(policy.version),
            reason=reason,
        )
        audit_trail.save_version([{"Put": put}], act, "the policy")

    def _newest_first(self) -> Iterator[RefundPolicy]:
        found = table.newest_first(refund_keys.policy(self._merchant_id, 0).PK, PAGE)
        return map(self._policy, found)

    def _policy(self, item: table.Item) -> RefundPolicy:
        """Read a policy; of one that only a newer release can read no more than when it rules."""
        try:
            return stored.read_text(RefundPolicy, item["document"])
        except UnreadableItem as error:
            leave_out(error, policy_version=str(item["version"]))
        document = json.loads(item["document"])
        known = {name: document[name] for name in ("effective_from", "saved_at", "saved_by")}
        nothing = NO_POLICY(self._merchant_id).model_dump()
        return RefundPolicy.model_validate(nothing | known | {"version": int(item["version"])})
