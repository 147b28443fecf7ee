"""What would have flipped a refund decision: the nearest change of each input, in a sentence.

Rules know only ranges and values, so a decision can change only at a bound or to a word that a rule
names. Each of those is decided anew, with everything else as it was; nothing is estimated.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kassa.core.money import Money
from kassa.refunds.policy.conditions import COLUMNS, AnyOf, Condition, Kind, MoneyWithin, Within
from kassa.refunds.policy.inputs import RefundInputs
from kassa.refunds.policy.model import (
    Counterfactual,
    Decision,
    Direction,
    Outcome,
    RefundPolicy,
    decide,
)
from kassa.refunds.policy.phrases import if_bound, if_values, would_have_been

HARD_LIMIT = "hard_limit"  # the rule id of an approval that only the hard limit stopped
COUNT_MAX = 8
_ANSWERS = {True: "yes", False: "no"}


class _Case(NamedTuple):
    """One request under one policy, the hard limit and, where it is known, what was captured."""

    policy: RefundPolicy
    inputs: RefundInputs
    limit_minor: int
    captured_minor: int | None

    def decided(self, column: str, value: Any) -> Decision:
        """Decide anew with one input changed; the hard limit holds above every rule."""
        changed = {column: value}
        if column == "amount" and self.captured_minor:
            changed["amount_percent"] = -(-100 * value.amount_minor // self.captured_minor)
        inputs = self.inputs.model_copy(update=changed)
        decision = decide(self.policy, inputs)
        above = inputs.amount.amount_minor > self.limit_minor
        if decision.outcome is Outcome.APPROVE and above:
            return decision.model_copy(update={"outcome": Outcome.ESCALATE, "rule_id": HARD_LIMIT})
        return decision

    def conditions(self, column: str) -> Iterator[Condition]:
        """Yield what rules say about a column."""
        for rule in self.policy.rules:
            yield from (condition for condition in rule.when if condition.column == column)


def counterfactuals(
    policy: RefundPolicy,
    inputs: RefundInputs,
    limit_minor: int,
    captured_minor: int | None = None,
) -> tuple[Counterfactual, ...]:
    """Return the nearest changes that flip the decision, the amount's first, at most eight.

    `limit_minor` is the hard limit of one refund in the amount's currency. With `captured_minor`
    the percentage follows the amount, as it does in life; without, it stays as it was. Other
    inputs never follow: a larger amount would also weigh more in the risk score, and a claim says
    only what one change alone would have done. An unknown number has no neighbours.
    """
    case = _Case(policy, inputs, limit_minor, captured_minor)
    now = case.decided("amount", inputs.amount).outcome
    columns = [name for name in COLUMNS if not (name == "amount_percent" and captured_minor)]
    found = (flip for column in columns for flip in _flips(case, column, now))
    return tuple(flip for flip, _ in zip(found, range(COUNT_MAX), strict=False))


def _flips(case: _Case, column: str, now: Outcome) -> Iterator[Counterfactual]:
    """Yield a column's nearest flips: upwards and downwards, or to another word."""
    kind, value = COLUMNS[column].kind, getattr(case.inputs, column)
    if kind is Kind.VALUES or kind is Kind.QUESTION:
        yield from _other_values(case, column, now)
    elif value is not None:
        yield from _next_bound(case, column, now, Direction.ABOVE)
        yield from _next_bound(case, column, now, Direction.UP_TO)


def _next_bound(
    case: _Case, column: str, now: Outcome, direction: Direction
) -> Iterator[Counterfactual]:
    """Yield the nearest bound beyond which the decision is another."""
    value = getattr(case.inputs, column)
    currency = value.currency if isinstance(value, Money) else None
    for bound in _bounds(case, column, direction):
        beyond = bound + (direction is Direction.ABOVE)
        tried = Money(amount_minor=beyond, currency=currency) if currency else beyond
        decision = case.decided(column, tried)
        if decision.outcome is not now:
            yield Counterfactual(
                column=column,
                direction=direction,
                number=bound,
                currency=currency,
                decision=decision.outcome,
                rule_id=decision.rule_id,
                text=would_have_been(
                    decision.outcome,
                    if_bound(column, direction is Direction.ABOVE, bound, currency),
                    is_hard_limit=decision.rule_id == HARD_LIMIT,
                ),
            )
            return


def _bounds(case: _Case, column: str, direction: Direction) -> list[int]:
    """Return the bounds that rules name in one direction, nearest first."""
    value, span = getattr(case.inputs, column), COLUMNS[column]
    currency, here, high = None, value, span.high
    if isinstance(value, Money):
        currency, here = value.currency, value.amount_minor
    bounds = _named(case, column, currency)
    if column == "amount":
        bounds.add(case.limit_minor)
        high = case.captured_minor
    if column == "amount" and case.captured_minor:
        percents = _named(case, "amount_percent", None)
        bounds |= {percent * case.captured_minor // 100 for percent in percents}
    if direction is Direction.ABOVE:
        return sorted(n for n in bounds if n >= here and (high is None or n < high))
    return sorted((n for n in bounds if span.low <= n < here), reverse=True)


def _named(case: _Case, column: str, currency: str | None) -> set[int]:
    """Return every bound that rules name for a column."""
    ranges = (one for one in case.conditions(column) if isinstance(one, Within | MoneyWithin))
    bounds = {n for one in ranges if one.currency == currency for n in (one.over, one.up_to)}
    return {bound for bound in bounds if bound is not None}


def _other_values(case: _Case, column: str, now: Outcome) -> Iterator[Counterfactual]:
    """Yield the values that rules name and that flip the decision as the first of them does."""
    value = getattr(case.inputs, column)
    flips: dict[str, Decision] = {}
    for other in _values(case, column):
        decision = case.decided(column, other)
        if other != value and decision.outcome is not now:
            flips[other if isinstance(other, str) else _ANSWERS[other]] = decision
    first = next(iter(flips.values()), None)
    if first is not None:
        others = tuple(other for other, decision in flips.items() if decision == first)
        yield Counterfactual(
            column=column,
            direction=Direction.IS,
            values=others,
            decision=first.outcome,
            rule_id=first.rule_id,
            text=would_have_been(
                first.outcome,
                if_values(column, others),
                is_hard_limit=first.rule_id == HARD_LIMIT,
            ),
        )


def _values(case: _Case, column: str) -> list[str | bool]:
    """Return the values that rules name, in their order; yes and no for a question."""
    named: dict[str | bool, None] = {}
    for condition in case.conditions(column):
        named |= dict.fromkeys(condition.values if isinstance(condition, AnyOf) else (True, False))
    return list(named)
