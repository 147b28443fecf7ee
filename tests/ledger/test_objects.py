"""Two tellings of one object are joined alike whichever came first, and the surest counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.gateways.events import ObjectKind
from kassa.gateways.states import RANKS
from kassa.ledger.objects import ObjectState, raised

K = ObjectKind


def known(state: str, kind: ObjectKind = K.CHARGE, **more: Any) -> ObjectState:
    """Return an object as it is kept."""
    fields = {"amount_minor": 100, "currency": "EUR", "happened_at": 1_000} | more
    return ObjectState(kind=kind, state=state, **fields)


@st.composite
def tellings(draw: st.DrawFn) -> tuple[ObjectState, ObjectState, ObjectState]:
    """Draw three tellings of one object."""
    kind = draw(st.sampled_from([K.CHARGE, K.REFUND, K.DISPUTE_FUNDS, K.DISPUTE]))
    one = st.builds(
        lambda state, **more: known(state, kind, **more),
        st.sampled_from(sorted(RANKS[kind])),
        amount_minor=st.sampled_from([-100, 0, 100, 120]),
        happened_at=st.sampled_from([1_000, 2_000]),
        is_assumed=st.booleans(),
        is_settled=st.booleans() if kind is K.CHARGE else st.just(False),
    )
    return draw(one), draw(one), draw(one)


@given(tellings())
def test_joining_commutes_and_twice_is_once(
    drawn: tuple[ObjectState, ObjectState, ObjectState],
) -> None:
    one, other, third = drawn
    assert raised(one, other) == raised(other, one)
    assert raised(raised(one, other), other) == raised(one, other)
    joined = [raised(raised(one, other), third), raised(one, raised(other, third))]
    assert joined[0].model_dump() == joined[1].model_dump()


def test_of_two_equal_tellings_the_latest_instant_counts() -> None:
    joined = raised(known("captured"), known("captured", happened_at=2_000))
    assert joined.happened_at == 2_000
    larger = raised(known("captured", amount_minor=120), known("captured", happened_at=2_000))
    assert (larger.amount_minor, larger.happened_at) == (120, 2_000)
    higher = raised(known("captured"), known("authorized", happened_at=2_000))
    assert higher.happened_at == 1_000


@pytest.mark.parametrize(
    ("one", "other", "is_assumed"),
    [
        (known("captured", is_assumed=True), known("captured"), False),
        (known("captured", is_assumed=True), known("authorized"), True),
        (known("open", K.DISPUTE, is_assumed=True), known("open", K.DISPUTE), False),
        (known("lost", K.DISPUTE, is_assumed=True), known("open", K.DISPUTE), False),
        (
            known("lost", K.DISPUTE, is_assumed=True),
            known("open", K.DISPUTE, is_assumed=True),
            True,
        ),
    ],
)
def test_a_charge_is_as_sure_as_its_highest_report_and_all_else_as_any(
    one: ObjectState, other: ObjectState, is_assumed: bool
) -> None:
    assert raised(one, other).is_assumed is raised(other, one).is_assumed is is_assumed


def test_a_charge_that_any_settlement_proves_is_settled() -> None:
    joined = raised(known("captured", is_settled=True), known("captured"))
    assert joined.is_settled
    assert not raised(known("captured"), known("captured")).is_settled
    proven, stated = known("authorized", is_settled=True), known("authorized")
    assert raised(proven, stated).is_settled
    assert raised(stated, proven).is_settled


@pytest.mark.parametrize(
    ("failed_at", "state"), [(999, "captured"), (1_000, "captured"), (1_001, "returned")]
)
def test_only_a_failure_after_the_capture_takes_it_back(failed_at: int, state: str) -> None:
    failed = known("failed", happened_at=failed_at)
    assert raised(known("captured"), failed).state == state
    assert raised(failed, known("captured")).state == state


@pytest.mark.parametrize("state", ["authorized", "released"])
def test_what_was_never_captured_is_not_taken_back_by_a_failure(state: str) -> None:
    joined = raised(known(state), known("failed", happened_at=2_000))
    assert joined.state in ("failed", state)


@pytest.mark.parametrize(
    ("out", "back", "kind"),
    [("succeeded", "failed", K.REFUND), ("captured", "released", K.CHARGE)],
)
def test_what_had_left_before_it_came_back_is_kept(out: str, back: str, kind: ObjectKind) -> None:
    is_assumed = kind is K.CHARGE  # of a charge only what was assumed can be released after it
    left = known(out, kind, amount_minor=120, is_assumed=is_assumed)

    assert raised(left, known(back, kind)).left_minor == 120
    assert raised(known(back, kind), known(back, kind)).left_minor == 0
    assert raised(left, left).left_minor == 0


def test_of_two_amounts_that_left_the_larger_counts_whatever_its_sign() -> None:
    back = known("reinstated", K.DISPUTE_FUNDS, left_minor=-120)
    out = known("withdrawn", K.DISPUTE_FUNDS, amount_minor=100)
    assert raised(back, out).left_minor == raised(out, back).left_minor == -120


def test_what_moves_nothing_has_left_nothing() -> None:
    assert raised(known("open", K.CHECKOUT), known("completed", K.CHECKOUT)).left_minor == 0


def test_a_method_stored_under_a_gateways_name_is_read_as_ours() -> None:
    assert known("captured", method="sepa_debit").method == "bank_debit"
    assert known("captured", method="card").method == "card"
    assert known("captured").method is None
