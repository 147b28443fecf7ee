"""Conditions of a refund policy: a column of the inputs, and which of its values it takes.

Words are one of a list, numbers and amounts lie in a range (`over` is outside, `up_to` inside), a
question is answered yes or no. There is nothing else, no expression, no negation, so that a program
can read a table: find rows that are never reached, and say what would have flipped a decision.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from kassa.core.model import Model
from kassa.gateways.payment_methods import PaidMethod, means
from kassa.refunds.policy.inputs import Reason

Test = Callable[[Any], bool]


class Kind(StrEnum):
    """What a column holds."""

    VALUES = "values"
    NUMBER = "number"
    MONEY = "money"
    QUESTION = "question"


class Column(NamedTuple):
    """A column of the table; numbers and amounts are known to lie from `low` to `high`."""

    kind: Kind
    low: int = 0
    high: int | None = None
    values: tuple[str, ...] = ()  # all there are, where the list is closed
    may_be_unknown: bool = True


_VALUES, _COUNT, _PERCENT = Column(Kind.VALUES), Column(Kind.NUMBER), Column(Kind.NUMBER, 0, 100)
COLUMNS: dict[str, Column] = {
    "amount": Column(Kind.MONEY, 1, may_be_unknown=False),
    "payment_age_days": Column(Kind.NUMBER, may_be_unknown=False),
    "amount_percent": Column(Kind.NUMBER, 1, 100, may_be_unknown=False),
    "reason": Column(Kind.VALUES, values=tuple(Reason), may_be_unknown=False),
    "category": _VALUES,
    "gateway": Column(Kind.VALUES, may_be_unknown=False),
    "method": Column(Kind.VALUES, values=tuple(PaidMethod)),
    "brand": _VALUES,
    "country": _VALUES,
    "gateway_risk": _VALUES,
    "has_open_dispute": Column(Kind.QUESTION, may_be_unknown=False),
    "lost_dispute": Column(Kind.QUESTION, may_be_unknown=False),
    "disputed_percent": Column(Kind.NUMBER, 0, 100, may_be_unknown=False),
    "customer_payments": _COUNT,
    "customer_paid": Column(Kind.MONEY),
    "customer_age_days": _COUNT,
    "customer_refunds": _COUNT,
    "refund_share_percent": _PERCENT,
    "dispute_share_percent": _PERCENT,
    "amount_ratio_percent": _COUNT,
    "requests_customer_day": _COUNT,
    "requests_card_day": _COUNT,
    "requests_address_day": _COUNT,
    "requests_ip_day": _COUNT,
    "requests_email_day": _COUNT,
    "risk_score": Column(Kind.NUMBER, 0, 100, may_be_unknown=False),
}


class _Condition(Model):
    """A condition stands on a column of its own kind."""

    kind: Kind
    column: str

    @model_validator(mode="after")
    def _stands_on_its_kind(self) -> Self:
        if self.column not in COLUMNS or COLUMNS[self.column].kind is not self.kind:
            raise ValueError(f"{self.column} isn't a column of {self.kind}")
        return self


class AnyOf(_Condition):
    """The column holds one of these values."""

    kind: Literal[Kind.VALUES] = Kind.VALUES
    values: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _reads_methods_of_old(cls, document: Any) -> Any:
        """Read a policy saved when methods were the gateways' codes: those are brands now."""
        if not isinstance(document, dict) or document.get("column") != "method":
            return document
        found = [means(value) for value in document.get("values", ())]
        if any(one.brand is None for one in found):  # a method among them: it is written as it is
            return document
        return document | {"column": "brand", "values": tuple(str(one.brand) for one in found)}

    def test(self) -> Test:
        """Return the test of a value; an unknown word is none of them."""
        return frozenset(self.values).__contains__


class _Range(_Condition):
    """From one bound, itself outside, up to the other, itself inside; one at least is given."""

    over: int | None = None
    up_to: int | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.over is None and self.up_to is None:
            raise ValueError(f"{self.column} has no bound")
        return self


class Within(_Range):
    """The column's number is over one bound and up to the other."""

    kind: Literal[Kind.NUMBER] = Kind.NUMBER

    @property
    def currency(self) -> None:
        """Return what a plain number is counted in: nothing."""

    def test(self) -> Test:
        """Return the test of a value; an unknown number lies in no range."""
        return _range_test(self.over, self.up_to)


class MoneyWithin(_Range):
    """The column's amount is in this currency, its bounds in that currency's minor units."""

    kind: Literal[Kind.MONEY] = Kind.MONEY
    currency: str = Field(pattern=r"^[A-Z]{3}$")

    def test(self) -> Test:
        """Return the test of a value; amounts of other currencies lie in no range."""
        currency, holds = self.currency, _range_test(self.over, self.up_to)
        return lambda money: (
            money is not None and money.currency == currency and holds(money.amount_minor)
        )


class Answer(_Condition):
    """The column's question is answered so."""

    kind: Literal[Kind.QUESTION] = Kind.QUESTION
    answer: bool

    def test(self) -> Test:
        """Return the test of a value."""
        answer = self.answer
        return lambda value: value is answer


Condition = Annotated[AnyOf | Within | MoneyWithin | Answer, Field(discriminator="kind")]


def _range_test(over: int | None, up_to: int | None) -> Test:
    """Return the cheapest test of a range: a decision runs dozens of them."""
    if over is None:
        return lambda number: number is not None and number <= up_to
    if up_to is None:
        return lambda number: number is not None and number > over
    return lambda number: number is not None and over < number <= up_to
