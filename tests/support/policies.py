"""Refund policies and requests for tests: as people write them, small or drawn at random."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import Outcome, RefundPolicy
from kassa.refunds.policy.parse import read_policy

SAVED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
EFFECTIVE_FROM = "2026-12-01T00:00:00Z"


def a_rule(number: int, then: str, **when: Any) -> dict[str, Any]:
    """Return a rule as a person writes it."""
    return {"id": f"R{number}", "name": f"Rule {number}", "when": when, "then": then}


def a_table(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a policy as a person writes it."""
    return {"effective_from": EFFECTIVE_FROM, "rules": list(rules), **more}


def a_policy(*rules: dict[str, Any], **more: Any) -> RefundPolicy:
    """Return a policy that was written and read."""
    return read(a_table(*rules, **more))


def read(document: object) -> RefundPolicy:
    """Read a policy as version 7 of the merchant main."""
    return read_policy(document, "main", 7, SAVED_AT, "key_finance")


def euros(amount_minor: int) -> Money:
    """Return an amount in euros."""
    return Money(amount_minor=amount_minor, currency="EUR")


def some_inputs(**more: Any) -> RefundInputs:
    """Return a request for 50.00 EUR, ten days after the payment, with nothing else known."""
    usual = {
        "amount": euros(50_00),
        "payment_age_days": 10,
        "amount_percent": 50,
        "reason": Reason.DAMAGED,
        "gateway": "stripe",
    }
    return RefundInputs(**{**usual, **more})


# Few columns, few values: so that rules overlap, hide one another and leave gaps.
_VALUES = {"reason": ["damaged", "other", "goodwill"], "category": ["books", "games"]}
_outcome = st.sampled_from(list(Outcome)).map(str)


def _range(bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    both = st.fixed_dictionaries({}, optional={"over": bounds, "up_to": bounds})
    return both.filter(bool)


def _money_range(currency: str) -> st.SearchStrategy[dict[str, str]]:
    return _range(st.integers(0, 4).map(lambda n: f"{n} {currency}"))


_when = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.sampled_from(["JPY", "KRW"]).flatmap(_money_range),
        "payment_age_days": _range(st.integers(0, 4)),
        "customer_refunds": _range(st.integers(0, 2)),
        "customer_paid": st.sampled_from(["JPY", "KRW"]).flatmap(_money_range),
        "has_open_dispute": st.booleans(),
        **{
            column: st.lists(st.sampled_from(document), min_size=1, unique=True)
            for column, document in _VALUES.items()
        },
    },
)


@st.composite
def tables(draw: st.DrawFn, rules_max: int = 5) -> dict[str, Any]:
    """Draw a policy as a person might write it, however odd."""
    drawn = draw(st.lists(st.tuples(_when, _outcome), max_size=rules_max))
    rules = [a_rule(number, then, **when) for number, (when, then) in enumerate(drawn, 1)]
    return a_table(*rules, otherwise=draw(_outcome))


_money = st.builds(
    Money, amount_minor=st.integers(1, 6), currency=st.sampled_from(["JPY", "KRW", "EUR"])
)
requests = st.builds(
    some_inputs,
    amount=_money,
    payment_age_days=st.integers(0, 6),
    customer_refunds=st.none() | st.integers(0, 4),
    customer_paid=st.none() | _money,
    has_open_dispute=st.booleans(),
    reason=st.sampled_from(list(Reason)),
    category=st.sampled_from([None, "books", "games", "food"]),
)
