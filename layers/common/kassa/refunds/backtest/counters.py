"""What a backtest counts: sums of requests that are alike, and a day's limits in code."""

from collections import defaultdict
from typing import Any, TypeVar

from kassa.core.money import Money
from kassa.refunds.backtest.result import BY_POLICY, Line, PastRequest
from kassa.refunds.policy.limits import limits_of

HARD_LIMIT, CUSTOMER_DAY, MERCHANT_DAY = "hard_limit", "customer_day_limit", "merchant_day_limit"
_OF_POLICIES = {BY_POLICY, HARD_LIMIT, CUSTOMER_DAY, MERCHANT_DAY}
_Kind = TypeVar("_Kind", bound=Line)


class Sums:
    """Counts and amounts by what requests have in common."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], dict[str, list[int]]] = defaultdict(
            lambda: defaultdict(lambda: [0, 0])
        )

    def add(self, group: tuple[str, ...], amount: Money) -> None:
        """Count one request that has this group in common with others."""
        sums = self.kept[group][amount.currency]
        sums[0] += 1
        sums[1] += amount.amount_minor

    def lines(self, kind: type[_Kind], *names: str) -> tuple[_Kind, ...]:
        """Return a line for each, the most frequent first."""
        lines = []
        for group in sorted(self.kept):
            sums: Any = self.kept[group]
            amounts = [{"amount_minor": sums[of][1], "currency": of} for of in sorted(sums)]
            count = sum(each[0] for each in sums.values())
            fields: Any = dict(zip(names, group, strict=True))
            lines.append(kind.model_validate({"count": count, "amounts": amounts} | fields))
        return tuple(sorted(lines, key=lambda line: -line.count))


class DayLimits:
    """What a replayed day has approved so far, as the limits in code count it."""

    def __init__(self) -> None:
        self._approved: dict[tuple[str, str], int] = defaultdict(int)

    def above(self, past: PastRequest) -> str:
        """Count an approval, or name the limit it would go above."""
        amount, why = past.receipt.inputs.amount, past.receipt.why
        if why not in _OF_POLICIES:
            return why  # what kept it from every policy then would do so again
        limits, of_merchant = limits_of(amount.currency), ("", amount.currency)
        of_customer = (past.customer, amount.currency)
        if amount.amount_minor > limits.per_refund_minor:
            return HARD_LIMIT
        if self._approved[of_customer] + amount.amount_minor > limits.per_customer_day_minor:
            return CUSTOMER_DAY
        if self._approved[of_merchant] + amount.amount_minor > limits.per_merchant_day_minor:
            return MERCHANT_DAY
        self._approved[of_customer] += amount.amount_minor
        self._approved[of_merchant] += amount.amount_minor
        return BY_POLICY
