"""What a decision by the table costs, against the same ten rules in plain Python.

Both decide the same requests in turns, so that whatever else the machine does disturbs them alike;
the median turn counts. Before that they must agree about every request.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bench.peers.plain_rules.rules import decide as plain_decide
from bench.row import Row
from kassa.core.money import Money
from kassa.refunds.policy.counterfactuals import counterfactuals
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import RefundPolicy, decide
from kassa.refunds.policy.parse import read_policy

REQUESTS, EXPLAINED, TURNS, GOAL = 2_000, 200, 15, 15.0
FAULTS = ["not_received", "damaged", "not_as_described"]
EURO = {"up_to": "50.00 EUR"}
FRESH = {"payment_age_days": {"up_to": 30}, "reason": FAULTS, "risk_score": {"up_to": 40}}
LOYAL = {"customer_payments": {"over": 5}, "refund_share_percent": {"up_to": 20}}
RULES: list[tuple[str, dict[str, Any], str]] = [
    ("A dispute is open", {"has_open_dispute": True}, "escalate"),
    ("Risky", {"risk_score": {"over": 80}}, "escalate"),
    ("Too old", {"payment_age_days": {"over": 365}}, "reject"),
    ("Many requests", {"requests_customer_day": {"over": 3}}, "escalate"),
    ("The gateway warns", {"gateway_risk": ["elevated", "highest"]}, "escalate"),
    ("Charged twice", {"reason": "charged_twice", "amount": {"up_to": "300.00 EUR"}}, "approve"),
    ("Small and fresh", {"amount": EURO, **FRESH}, "approve"),
    ("Small and fresh, yen", {"amount": {"up_to": "6000 JPY"}, **FRESH}, "approve"),
    ("Loyal", {"amount": {"over": "50.00 EUR", "up_to": "120.00 EUR"}, **LOYAL}, "approve"),
    (
        "No returns",
        {"category": ["gift_card", "digital"], "payment_age_days": {"over": 14}},
        "reject",
    ),
]


def measure() -> list[Row]:
    """Let the table and the plain rules decide the same requests."""
    policy, requests = a_policy(), [a_request(random.Random(n)) for n in range(REQUESTS)]
    for inputs in requests:
        decision = decide(policy, inputs)
        assert (decision.outcome, decision.rule_id) == plain_decide(inputs), inputs
    turns = [
        (
            seconds(lambda inputs: decide(policy, inputs), requests),
            seconds(plain_decide, requests),
            seconds(lambda inputs: explained(policy, inputs), requests[:EXPLAINED]),
        )
        for _ in range(TURNS)
    ]
    ratio = median(ours / peer for ours, peer, _ in turns)
    alone, _, explaining = (min(column) for column in zip(*turns, strict=True))
    unit = "per second and core"
    return [
        Row("decision by ten rules, against if-statements", round(ratio, 2), "ratio", GOAL, 1.0),
        Row("decisions", round(1 / alone), unit),
        Row("decisions with counterfactuals", round(1 / explaining), unit),
    ]


def a_policy() -> RefundPolicy:
    """Return the ten rules as a finance person writes them."""
    rules = [
        {"id": f"R{number}", "name": name, "when": when, "then": then}
        for number, (name, when, then) in enumerate(RULES, 1)
    ]
    fields = {"effective_from": "2026-12-01T00:00:00Z", "rules": rules, "otherwise": "escalate"}
    return read_policy(fields, "main", 1, datetime(2026, 11, 1, tzinfo=UTC), "key_bench")


def a_request(chance: random.Random) -> RefundInputs:
    """Return a request whose inputs lie about the rules' bounds."""
    euro = chance.random() < 0.8
    amount = Money(amount_minor=chance.randint(1, 150_00), currency="EUR" if euro else "JPY")
    return RefundInputs(
        amount=amount,
        payment_age_days=chance.choice((1, 10, 20, 30, 31, 90, 366)),
        amount_percent=chance.randint(1, 100),
        reason=chance.choice(list(Reason)),
        category=chance.choice((None, "books", "digital", "gift_card")),
        gateway="stripe",
        gateway_risk=chance.choice((None, "normal", "normal", "normal", "elevated")),
        has_open_dispute=chance.random() < 0.05,
        customer_payments=chance.choice((None, 1, 5, 6, 40)),
        refund_share_percent=chance.choice((None, 5, 20, 21)),
        requests_customer_day=chance.choice((None, 0, 0, 1, 4)),
        risk_score=chance.randint(0, 90),
    )


def explained(policy: RefundPolicy, inputs: RefundInputs) -> object:
    """Decide, and say what would have flipped it."""
    limit = limits_of(inputs.amount.currency).per_refund_minor
    return decide(policy, inputs), counterfactuals(policy, inputs, limit)


def seconds(call: Callable[[RefundInputs], object], requests: list[RefundInputs]) -> float:
    """Return the CPU seconds of one call."""
    before = time.process_time()
    for inputs in requests:
        call(inputs)
    return (time.process_time() - before) / len(requests)
