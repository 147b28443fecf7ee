"""Findings about a policy: what a check has to say about a row."""

from enum import StrEnum

from kassa.core.model import Model
from kassa.refunds.policy.inputs import SCORES, RefundInputs
from kassa.refunds.policy.model import Rule
from kassa.refunds.policy.phrases import plain


class Severity(StrEnum):
    """An error keeps a policy from being saved; a warning asks for a look; a notice informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Finding(Model):
    """One thing about a policy; `rule_id` may be no rule's: "otherwise", "undo_minutes"."""

    severity: Severity
    rule_id: str
    text: str
    witness: RefundInputs | None = None  # a request for which it is so


def finding(
    severity: Severity, rule_id: str, text: str, witness: RefundInputs | None = None
) -> Finding:
    """Return a finding."""
    return Finding(severity=severity, rule_id=rule_id, text=text, witness=witness)


def scores_of(rule: Rule) -> list[str]:
    """Return the scores a rule asks for, in plain words."""
    return [plain(condition.column) for condition in rule.when if condition.column in SCORES]
