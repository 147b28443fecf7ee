"""Check a policy that a person wrote: read it, and say everything there is to say about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from kassa.core.errors import PolicyRefused
from kassa.platform.settings import settings
from kassa.refunds.policy.checks import Finding, Severity, problems
from kassa.refunds.policy.model import RefundPolicy
from kassa.refunds.policy.parse import read_policy


class Author(NamedTuple):
    """Who writes a version, and when; without a date of its own it takes effect then."""

    saved_by: str
    now: datetime


class Checked(NamedTuple):
    """A policy that could be read, and what there is to say about it."""

    policy: RefundPolicy
    findings: tuple[Finding, ...]

    def without_errors(self) -> RefundPolicy:
        """Return the policy; raise PolicyRefused, which lists all findings, if one is an error."""
        errors = [one for one in self.findings if one.severity is Severity.ERROR]
        if errors:
            reasons = "; ".join(f"{one.rule_id} {one.text}" for one in errors)
            findings = [one.model_dump(mode="json", exclude_none=True) for one in self.findings]
            raise PolicyRefused(f"the policy has errors: {reasons}", findings)
        return self.policy


def check_policy(document: Mapping[str, Any], version: int, author: Author) -> Checked:
    """Return a written policy with its findings; raise InvalidRequest where it can't be read."""
    dated = {"effective_from": author.now} | dict(document)
    policy = read_policy(dated, settings().merchant_id, version, author.now, author.saved_by)
    return Checked(policy, problems(policy, undo_minutes_min=settings().undo_minutes_min))
