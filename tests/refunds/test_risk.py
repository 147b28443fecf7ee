"""Risk inputs are whole numbers that say what they mean; a score is the sum of what it names."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.gateways.states import LEVELS
from kassa.ledger.state import SubjectState, join
from kassa.refunds.policy.inputs import RefundInputs
from kassa.refunds.risk.signals import (
    BASELINE_PAYMENTS_MIN,
    PRIOR,
    Baseline,
    CustomerHistory,
    K,
    Paid,
    RiskInputs,
    Signals,
    Velocities,
    baseline_of,
    half_up,
    risk_inputs,
    rounded_up,
    shrunk_percent,
)
from tests.support.builders import NOW, captured, dispute, eur, event, jpy, object_report, refund

counts = st.integers(0, 500)
requests = st.none() | st.integers(0, 30)
velocities = st.builds(Velocities, customer=requests, card=requests, address=requests, ip=requests)


@st.composite
def baselines(draw: st.DrawFn) -> Baseline:
    payments = draw(st.integers(BASELINE_PAYMENTS_MIN, 10**6))
    refunded, disputed = (draw(st.integers(0, payments)) for _ in range(2))
    return baseline_of(payments, refunded, disputed)


@st.composite
def histories(draw: st.DrawFn) -> CustomerHistory:
    payments = draw(st.integers(1, 100))
    paid = Paid(payments=payments, amount_minor=draw(st.integers(1, 10**9)))
    return CustomerHistory(
        payments=payments,
        paid={draw(st.sampled_from(["EUR", "JPY"])): paid},
        first_paid_at=NOW - timedelta(days=draw(st.integers(-1, 4_000))),
        refunded=draw(st.integers(0, payments)),
        disputed=draw(st.integers(0, payments)),
    )


levels = st.sampled_from([None, *LEVELS])
signals = st.builds(
    Signals,
    gateway_risk=levels,
    history=st.none() | histories(),
    velocities=velocities,
    baseline=baselines(),
)
amounts = st.integers(1, 10**9)


def history(**more: Any) -> CustomerHistory:
    state: dict[str, Any] = {
        "payments": 4,
        "paid": {"EUR": Paid(payments=4, amount_minor=200_00)},
        "first_paid_at": NOW - timedelta(days=100),
    }
    return CustomerHistory.model_validate(state | more)


def risk(amount_minor: int = 50_00, **known: Any) -> RiskInputs:
    return risk_inputs(eur(amount_minor), Signals(**known), NOW)


def points(found: RiskInputs) -> dict[str, int]:
    return {part.name: part.points for part in found.score_parts}


# --- Shares ---


@given(st.integers(0, 100), st.integers(0, 100), baselines())
def test_a_share_is_the_shrunk_rate_to_the_nearest_percent(
    hits: int, others: int, mean: Baseline
) -> None:
    payments = hits + others
    rate = (hits + K * Fraction(mean.refunded, mean.payments)) / (payments + K)
    found = shrunk_percent(hits, payments, mean.refunded, mean.payments)

    assert abs(found - 100 * rate) <= Fraction(1, 2)
    assert 0 <= found <= 100


@given(baselines())
def test_of_no_payments_the_share_is_the_merchants_mean(mean: Baseline) -> None:
    found = shrunk_percent(0, 0, mean.refunded, mean.payments)
    assert found == half_up(100 * mean.refunded, mean.payments)


@given(baselines(), st.integers(0, 100))
def test_of_very_many_payments_the_share_is_the_customers_own(mean: Baseline, own: int) -> None:
    many = 10**6
    assert shrunk_percent(own * many // 100, many, mean.refunded, mean.payments) == own


@given(st.integers(0, 100), st.integers(1, 100), baselines())
def test_a_share_lies_between_the_mean_and_the_customers_own(
    hits: int, others: int, mean: Baseline
) -> None:
    payments = hits + others
    ends = sorted(
        (half_up(100 * hits, payments), half_up(100 * mean.refunded, mean.payments)),
    )
    assert ends[0] <= shrunk_percent(hits, payments, mean.refunded, mean.payments) <= ends[1]


@pytest.mark.parametrize("payments", range(1, 10))
def test_below_ten_payments_the_share_is_mostly_the_mean(payments: int) -> None:
    assert shrunk_percent(payments, payments, 0, 100) < 50
    assert shrunk_percent(0, payments, 100, 100) > 50


@given(counts, st.integers(0, 200), baselines())
def test_one_more_refund_never_lowers_the_share_and_one_more_payment_never_raises_it(
    hits: int, others: int, mean: Baseline
) -> None:
    def share(hits: int, payments: int) -> int:
        return shrunk_percent(hits, payments, mean.refunded, mean.payments)

    assert share(hits + 1, hits + others + 1) >= share(hits, hits + others + 1)
    assert share(hits, hits + others + 1) <= share(hits, hits + others)


@pytest.mark.parametrize(
    ("dividend", "divisor", "nearest", "up"),
    [(0, 3, 0, 0), (1, 3, 0, 1), (1, 2, 1, 1), (3, 2, 2, 2), (5, 3, 2, 2), (6, 3, 2, 2)],
)
def test_a_half_is_rounded_up(dividend: int, divisor: int, nearest: int, up: int) -> None:
    assert (half_up(dividend, divisor), rounded_up(dividend, divisor)) == (nearest, up)


def test_the_mean_of_too_few_payments_is_the_stated_prior() -> None:
    assert baseline_of(BASELINE_PAYMENTS_MIN - 1, 40, 40) == PRIOR
    assert baseline_of(BASELINE_PAYMENTS_MIN, 40, 3).refunded == 40


def test_a_mean_is_never_over_a_hundred_percent() -> None:
    mean = baseline_of(60, 90, 61)
    assert (mean.payments, mean.refunded, mean.disputed) == (60, 60, 60)


# --- Histories ---


def payment(*events: GatewayEvent) -> SubjectState:
    state = SubjectState()
    for one in events:
        state = join(state, one)
    return state


def test_a_history_is_what_the_books_say_of_a_customers_payments() -> None:
    found = CustomerHistory.of(
        [
            payment(captured(eur(60_00)), captured(eur(40_00), "ch_2")),
            payment(captured(), refund("succeeded"), refund("pending", object_id="re_2")),
            payment(captured(jpy(5_000)), refund("failed", jpy(1_000))),
            payment(captured(), dispute("open")),
            payment(event("evt_1", object_report("ch_1", ObjectKind.CHARGE, "failed"))),
        ]
    )
    assert found is not None
    assert found.paid == {
        "EUR": Paid(payments=3, amount_minor=300_00),
        "JPY": Paid(payments=1, amount_minor=5_000),
    }
    assert (found.payments, found.refunded, found.disputed) == (4, 1, 1)
    assert found.first_paid_at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("report", "disputed"),
    [
        (dispute("inquiry"), 0),
        (dispute("inquiry_closed"), 0),
        (dispute("won"), 1),
        (dispute("lost", "withdrawn"), 1),
        (event("evt_1", object_report("dp_1/funds", ObjectKind.DISPUTE_FUNDS, "withdrawn")), 1),
    ],
)
def test_an_inquiry_is_no_dispute_and_a_dispute_won_was_one(
    report: GatewayEvent, disputed: int
) -> None:
    found = CustomerHistory.of([payment(captured(), report)])
    assert found is not None
    assert found.disputed == disputed


def test_who_never_paid_has_no_history() -> None:
    assert CustomerHistory.of([]) is None
    assert CustomerHistory.of([payment(refund("pending"))]) is None


# --- Inputs ---


def test_the_inputs_are_those_of_a_decision() -> None:
    found = risk(history=history(refunded=1), gateway_risk="elevated")
    inputs = found.inputs

    assert set(inputs) < set(RefundInputs.model_fields)
    assert {name for name in RiskInputs.model_fields if name not in inputs} == {"score_parts"}
    assert inputs["customer_paid"] == eur(200_00)
    assert (inputs["customer_payments"], inputs["customer_refunds"]) == (4, 1)
    assert inputs["customer_age_days"] == 100
    assert inputs["refund_share_percent"] == 11  # (1 + 10 · 5 %) / (4 + 10) is 10.7 %
    assert inputs["dispute_share_percent"] == 1  # (0 + 10 · 1 %) / 14 is 0.7 %


@pytest.mark.parametrize(
    ("amount_minor", "ratio"), [(50_00, 100), (50_01, 101), (1, 1), (75_00, 150), (200_00, 400)]
)
def test_the_amounts_ratio_is_to_the_mean_payment_and_rounded_up(
    amount_minor: int, ratio: int
) -> None:
    assert risk(amount_minor, history=history()).amount_ratio_percent == ratio


def test_amounts_are_compared_within_one_currency_only() -> None:
    found = risk_inputs(jpy(5_000), Signals(history=history()), NOW)
    assert found.amount_ratio_percent is None
    assert found.customer_paid == jpy(0)


def test_of_a_customer_nobody_knows_nothing_is_said() -> None:
    found = risk()
    drawn = {name for name, value in found.inputs.items() if value is not None}
    assert drawn == {"risk_score"}
    assert points(found) == {"customer_unknown": 10}


def test_a_clock_that_is_behind_makes_no_negative_age() -> None:
    later = history(first_paid_at=NOW + timedelta(days=3))
    assert risk(history=later).customer_age_days == 0


# --- Scores ---


@given(amounts, signals)
def test_a_score_is_the_sum_of_its_parts_and_within_a_hundred(
    amount_minor: int, drawn: Signals
) -> None:
    found = risk_inputs(eur(amount_minor), drawn, NOW)

    assert found.risk_score == sum(part.points for part in found.score_parts)
    assert 0 <= found.risk_score <= 100
    assert len(points(found)) == len(found.score_parts)
    assert RefundInputs.model_validate(
        found.inputs
        | {
            "amount": eur(amount_minor),
            "payment_age_days": 0,
            "amount_percent": 1,
            "reason": "other",
            "gateway": "stripe",
        }
    )


@given(amounts, signals, st.data())
def test_a_score_never_falls_when_one_of_its_inputs_rises(
    amount_minor: int, drawn: Signals, data: st.DataObject
) -> None:
    before = risk_inputs(eur(amount_minor), drawn, NOW).risk_score
    worse, more = data.draw(st.sampled_from(list(raised(drawn)))), data.draw(st.integers(0, 10**6))

    assert risk_inputs(eur(amount_minor), worse, NOW).risk_score >= before
    assert risk_inputs(eur(amount_minor + more), drawn, NOW).risk_score >= before


def raised(drawn: Signals) -> list[Signals]:
    """Return the signals with each input raised, one by one."""
    level = LEVELS.index(drawn.gateway_risk) + 1 if drawn.gateway_risk else 0
    found: list[dict[str, Any]] = [{"gateway_risk": LEVELS[min(level, 2)]}]
    for kind in Velocities.model_fields:
        more = {kind: (getattr(drawn.velocities, kind) or 0) + 1}
        found.append({"velocities": drawn.velocities.model_copy(update=more)})
    known = drawn.history
    for name in ("refunded", "disputed"):
        if known is not None and getattr(known, name) < known.payments:
            more = {name: getattr(known, name) + 1}
            found.append({"history": known.model_copy(update=more)})
    return [drawn.model_copy(update=each) for each in found]


@given(signals, st.integers(1, 100))
def test_more_payments_without_a_refund_never_raise_a_score(drawn: Signals, more: int) -> None:
    if drawn.history is None:
        return
    loyal = drawn.history.model_copy(update={"payments": drawn.history.payments + more})
    before, after = (
        risk_inputs(eur(10_00), drawn.model_copy(update={"history": each}), NOW).risk_score
        for each in (drawn.history, loyal)
    )
    assert after <= before


@pytest.mark.parametrize(
    ("drawn", "name", "given"),
    [
        ({"gateway_risk": "elevated"}, "gateway_risk", 20),
        ({"gateway_risk": "highest"}, "gateway_risk", 35),
        ({"velocities": Velocities(customer=1, ip=0)}, "velocity", 5),
        ({"velocities": Velocities(customer=1, card=1, address=1, ip=3)}, "velocity", 15),
        ({"velocities": Velocities(ip=100)}, "velocity", 20),
        ({"history": history(refunded=4)}, "refund_share", 13),  # 32 % above a mean of 5 %
        ({"history": history(payments=90, refunded=90)}, "refund_share", 20),
        ({"history": history(disputed=1)}, "dispute_share", 14),  # 8 % above a mean of 1 %
        ({"history": history(disputed=4)}, "dispute_share", 15),
        ({"amount_minor": 100_00, "history": history()}, "amount_ratio", 5),
        ({"amount_minor": 190_00, "history": history()}, "amount_ratio", 10),
    ],
)
def test_each_part_gives_the_points_it_says(drawn: dict[str, Any], name: str, given: int) -> None:
    assert points(risk(**drawn))[name] == given


def test_a_usual_customer_of_a_merchant_with_many_returns_scores_next_to_nothing() -> None:
    returns = Baseline(payments=1000, refunded=400, disputed=0)
    found = risk(history=history(refunded=2), baseline=returns, gateway_risk="normal")

    assert found.refund_share_percent == 43
    assert points(found) == {"refund_share": 1}


def test_a_part_says_what_it_was_given_for() -> None:
    (part,) = risk(history=history(disputed=1)).score_parts[:1]
    assert part.text == "8 % where the merchant's mean is 1 %"
