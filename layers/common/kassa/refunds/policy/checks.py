"""What is wrong with a policy, or odd about it: shown when it is saved, before it decides anything.

The checks are exact, since a table has only words and ranges. Where they would take too long, that
is a finding too; silence always means that it was looked at.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from kassa.refunds.policy.conditions import MoneyWithin
from kassa.refunds.policy.coverage import Coverage
from kassa.refunds.policy.coverage_grid import Budget
from kassa.refunds.policy.findings import Finding, Severity, finding, scores_of
from kassa.refunds.policy.limits import UNDO_MINUTES_MIN, Limits, limits_of
from kassa.refunds.policy.model import OTHERWISE, Outcome, RefundPolicy, Rule
from kassa.refunds.policy.phrases import amount_text

__all__ = ["Finding", "Severity", "is_late", "problems"]

SECOND, UNDO = "second_person_over", "undo_minutes"  # findings about these are no row's
PIECES_MAX = 200_000  # of all rows together; about a second


def problems(
    policy: RefundPolicy,
    limits: Callable[[str], Limits] = limits_of,
    pieces_max: int = PIECES_MAX,
    undo_minutes_min: int = UNDO_MINUTES_MIN,
) -> tuple[Finding, ...]:
    """Return everything there is to say about a policy, errors first, then in the table's order."""
    found = [*_scores(policy), *_limits(policy, limits), *_otherwise(policy)]
    found += [*_loosened(policy, limits), *_not_undone(policy, undo_minutes_min)]
    found += Coverage(policy, Budget(pieces_max)).findings()
    places = [*(rule.rule_id for rule in policy.rules), OTHERWISE, SECOND, UNDO]
    severities = list(Severity)
    order = {rule_id: number for number, rule_id in enumerate(places)}
    return tuple(
        sorted(found, key=lambda one: (severities.index(one.severity), order[one.rule_id]))
    )


def is_late(policy: RefundPolicy, now: datetime) -> bool:
    """Say whether a policy would take effect in the past, on decisions that are made already."""
    return policy.effective_from < now


def _scores(policy: RefundPolicy) -> Iterator[Finding]:
    """Find rows that reject by a score: scores only route, they never reject."""
    for rule in policy.rules:
        scores = scores_of(rule)
        if rule.then is Outcome.REJECT and scores:
            text = f"rejects by {', '.join(scores)}; scores only route, so escalate instead"
            yield finding(Severity.ERROR, rule.rule_id, text)


def _limits(policy: RefundPolicy, limits: Callable[[str], Limits]) -> Iterator[Finding]:
    """Find rows that approve what the hard limits never let through without a person."""
    for rule in policy.rules:
        text = _above_limit(rule, limits) if rule.then is Outcome.APPROVE else ""
        if text:
            text += "; what is above is escalated all the same"
            yield finding(Severity.WARNING, rule.rule_id, text)


def _above_limit(rule: Rule, limits: Callable[[str], Limits]) -> str:
    amounts = [one for one in rule.when if isinstance(one, MoneyWithin) and one.column == "amount"]
    if not amounts:
        return "approves any amount, above the hard limit too"
    amount = amounts[0]
    limit = limits(amount.currency).per_refund_minor
    if amount.up_to is not None and amount.up_to <= limit:
        return ""
    return f"approves above the hard limit of {amount_text(limit, amount.currency)}"


def _otherwise(policy: RefundPolicy) -> Iterator[Finding]:
    """Find a last word that leaves nothing to a person."""
    if policy.otherwise is not Outcome.ESCALATE:
        text = f"would {policy.otherwise} whatever no rule names, unknown inputs included"
        yield finding(Severity.WARNING, OTHERWISE, text)


def _loosened(policy: RefundPolicy, limits: Callable[[str], Limits]) -> Iterator[Finding]:
    """Find limits of one person above the code's: a policy may lower them, never raise them."""
    for limit in policy.second_person_over:
        most_minor = limits(limit.currency).per_refund_minor
        if limit.amount_minor > most_minor:
            amount, most = (
                amount_text(n, limit.currency) for n in (limit.amount_minor, most_minor)
            )
            text = (
                f"{amount} is above {most}, the most that one person ever approves alone; lower it"
            )
            yield finding(Severity.ERROR, SECOND, text)


def _not_undone(policy: RefundPolicy, undo_minutes_min: int) -> Iterator[Finding]:
    """Find a time to undo that would leave nobody the time to see an approval."""
    if policy.undo_minutes < undo_minutes_min:
        text = f"{policy.undo_minutes} is below {undo_minutes_min}, which an approval always waits"
        yield finding(Severity.ERROR, UNDO, text)
