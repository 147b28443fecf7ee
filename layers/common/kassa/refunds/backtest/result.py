"""Backtests: what a policy would have decided about past refund requests, in figures."""

from datetime import date
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from kassa.core.model import Instant, Model
from kassa.core.money import Money
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import Outcome

BY_POLICY = "policy"  # a receipt's `why` where no limit in code stood above the policy


class PastReceipt(BaseModel):
    """What is read of an old decision receipt; whatever else it says is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    decision: Outcome
    why: str
    rule_id: str
    policy_version: int
    inputs: RefundInputs


class PastRequest(NamedTuple):
    """A refund request as it was decided, and what people then decided about it, if they did."""

    refund_request_id: str
    payment_id: str
    customer: str  # whose day's limit it counts against
    requested_at: Instant
    receipt: PastReceipt
    people: Outcome | None = None


class Verdict(Model):
    """What was decided, by which row of which version, and `why` if a limit stood above it."""

    decision: Outcome
    rule_id: str
    policy_version: int
    why: str


class Flip(Model):
    """A past request that the new policy would have decided otherwise."""

    refund_request_id: str
    payment_id: str
    requested_at: Instant
    amount: Money
    reason: Reason
    before: Verdict
    after: Verdict
    people: Outcome | None


class Line(Model):
    """How many requests are alike, and what they ask for: one sum a currency."""

    count: int
    amounts: tuple[Money, ...]


class DecisionLine(Line):
    """Requests decided so before, and so after the change."""

    before: Outcome
    after: Outcome


class RowLine(DecisionLine):
    """Flipped requests by the rows that decided them; a limit in code counts as a row."""

    before_row: str
    after_row: str


class PeopleLine(Line):
    """Requests that had been escalated: what people decided, and what the policy would have."""

    people: Outcome
    after: Outcome


class Moved(Model):
    """What is paid without a person in one currency, before and after the change."""

    currency: str
    before_count: int
    before_minor: int
    after_count: int
    after_minor: int
    delta_minor: int


class Backtest(Model):
    """What a policy would have changed; of each kind of line, the most frequent first."""

    first_day: date  # the merchant's, as last_day
    last_day: date
    is_complete: bool  # every day that was asked for was replayed
    requests: int
    unreadable: int  # requests whose receipt can't be read by this version; not replayed
    decisions: tuple[DecisionLine, ...]
    moved: tuple[Moved, ...]
    flips: int
    rows: tuple[RowLine, ...]
    people: tuple[PeopleLine, ...]
    undecided: int  # escalated, and no person has decided yet
    held_back: int  # the policy would approve them, a limit in code hands them to a person
    largest: tuple[Flip, ...]  # of those that flip alike, by their currency's limit of one refund
