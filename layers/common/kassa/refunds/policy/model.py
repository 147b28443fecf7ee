"""The refund policy: a table of rules, of which the first that holds decides.

A policy is data, saved in versions and never edited, so that every decision can be explained and
replayed; what it may never do (hard limits) stands in code, in `refund_limits`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from pydantic import model_validator

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.refunds.policy.conditions import Condition, Test
from kassa.refunds.policy.inputs import RefundInputs

OTHERWISE = "otherwise"  # the rule id of a decision no rule took


class Outcome(StrEnum):
    """What is decided about a refund request; to escalate is to let a person decide."""

    APPROVE = "approve"
    ESCALATE = "escalate"
    REJECT = "reject"


class OnExpiry(StrEnum):
    """What becomes of a request that no person decided in time."""

    KEEP = "keep"
    REJECT = "reject"
    APPROVE = "approve"


class Rule(Model):
    """One row: it holds where all its conditions do; without any it holds always."""

    rule_id: str
    name: str
    when: tuple[Condition, ...] = ()
    then: Outcome

    @model_validator(mode="after")
    def _names_a_column_once(self) -> Self:
        columns = [condition.column for condition in self.when]
        if len(set(columns)) < len(columns):
            raise ValueError(f"{self.rule_id} names a column twice")
        return self


class Decision(Model):
    """What a policy says about a refund request, and which row said it."""

    outcome: Outcome
    rule_id: str
    policy_version: int


Line = tuple[tuple[tuple[str, Test], ...], Decision]


class RefundPolicy(Model):
    """One version of a merchant's table, and what people's decisions must keep to."""

    version: int
    merchant_id: str
    rules: tuple[Rule, ...]
    otherwise: Outcome = Outcome.ESCALATE
    effective_from: Instant
    saved_at: Instant
    saved_by: str
    note: str = ""
    second_person_over: tuple[Money, ...] = ()  # one a currency; else the hard limit a refund
    second_person_to_save: bool = False  # another policy is saved by whoever didn't write it
    decide_within_hours: int = 48
    remind_after_hours: int = 24
    on_expiry: OnExpiry = OnExpiry.KEEP
    undo_minutes: int = 5

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        ids = [rule.rule_id for rule in self.rules] + [OTHERWISE]
        currencies = [limit.currency for limit in self.second_person_over]
        if len(set(ids)) < len(ids) or len(set(currencies)) < len(currencies):
            raise ValueError("a rule id, or a currency of second_person_over, stands twice")
        return self

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return the rows as tests and the decision each would take, made once a policy."""
        return tuple(
            (tuple((one.column, one.test()) for one in rule.when), self._decision(rule))
            for rule in self.rules
        )

    @cached_property
    def last(self) -> Decision:
        """Return the decision where no rule holds."""
        return self._decision(None)

    def _decision(self, rule: Rule | None) -> Decision:
        outcome, rule_id = (rule.then, rule.rule_id) if rule else (self.otherwise, OTHERWISE)
        return Decision(outcome=outcome, rule_id=rule_id, policy_version=self.version)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy without what was made of the rules: the copy's may be others."""
        copied = super().model_copy(update=update, deep=deep)
        _forget(copied.__dict__)
        return copied

    def __getstate__(self) -> dict[Any, Any]:
        """Leave out the tests, which can't be pickled, so that a backtest can share the work."""
        state = super().__getstate__()
        state["__dict__"] = _forget(dict(state["__dict__"]))
        return state


def _forget(values: dict[str, Any]) -> dict[str, Any]:
    """Drop what was made of the rules."""
    for made in ("lines", "last"):
        values.pop(made, None)
    return values


def NO_POLICY(merchant_id: str) -> RefundPolicy:
    """Return the policy of a merchant who saved none: a person decides everything."""
    ever = datetime(1970, 1, 1, tzinfo=UTC)
    return RefundPolicy(
        version=0,
        merchant_id=merchant_id,
        rules=(),
        effective_from=ever,
        saved_at=ever,
        saved_by="kassa",
    )


def without_rules(policy: RefundPolicy) -> RefundPolicy:
    """Return a policy by which a person decides everything; what people must keep to stays."""
    return policy.model_copy(update={"rules": (), "otherwise": Outcome.ESCALATE})


def decide(policy: RefundPolicy, inputs: RefundInputs) -> Decision:
    """Let the first rule that holds decide; the same policy and inputs always decide alike.

    The hard limits are not applied here: whoever acts on an approval holds it against them.
    """
    values = inputs.__dict__
    for tests, decision in policy.lines:
        if _hold(tests, values):
            return decision
    return policy.last


def _hold(tests: tuple[tuple[str, Test], ...], values: dict[str, Any]) -> bool:
    """Say whether every test holds; a loop, since `all` with a generator takes twice as long."""
    for column, test in tests:  # noqa: SIM110
        if not test(values[column]):
            return False
    return True


class Direction(StrEnum):
    """Where the change leads: above a bound, up to it (the bound included), or to a word."""

    ABOVE = "above"
    UP_TO = "up_to"
    IS = "is"


class Counterfactual(Model):
    """One change that flips the decision; `says` is the same in plain words."""

    column: str
    direction: Direction
    number: int | None = None  # the bound; minor units where there is a currency
    currency: str | None = None
    values: tuple[str, ...] = ()  # each of them flips the decision alike; yes or no for a question
    decision: Outcome
    rule_id: str
    text: str
