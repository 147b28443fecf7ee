"""Settled objects leave a payment's item, and nobody can tell by what the payment comes to."""

from hypothesis import given
from hypothesis import strategies as st

from kassa.domain.booking import book
from kassa.domain.closing import close, reopen
from kassa.domain.events import GatewayEvent, Movement, ObjectKind
from kassa.domain.facts import Fact
from kassa.domain.objects import ObjectState
from kassa.domain.payments import SubjectState
from tests.builders import CONTEXT, captured, eur, event, refund, standing


def moved(number: int) -> GatewayEvent:
    gross = eur(-number)
    movement = Movement(moves="refund", gross=gross, fee_minor=0)
    kind = ObjectKind.BALANCE_TRANSACTION
    return event(f"balance_{number}", standing(f"txn_{number}", kind, "booked", gross, movement))


REFUNDS = [
    refund(state, eur(minor), f"re_{number}")
    for number in range(1, 9)
    for state in ("pending", "succeeded", "failed")
    for minor in (number, number + 1)
]
EVENTS = [captured(), *REFUNDS, *(moved(number) for number in range(1, 9))]


def fold(events: list[GatewayEvent]) -> tuple[SubjectState, list[Fact]]:
    state, facts = SubjectState(), list[Fact]()
    for one in events:
        state, told = book(state, one, CONTEXT)
        facts.extend(told)
    return state, facts


def fold_closing(
    events: list[GatewayEvent], open_max: int
) -> tuple[SubjectState, list[Fact], dict[str, ObjectState]]:
    """Fold as the table does: what left is kept apart, and brought back for its own events."""
    state, facts, apart = SubjectState(), list[Fact](), dict[str, ObjectState]()
    for one in events:
        ids = {told.object_id for told in one.standings}
        state = reopen(state, {name: known for name, known in apart.items() if name in ids})
        state, told = book(state, one, CONTEXT)
        facts.extend(told)
        state, leaving = close(state, open_max)
        apart |= leaving
    return state, facts, apart


@given(st.lists(st.sampled_from(EVENTS), max_size=40), st.integers(1, 6))
def test_a_payment_comes_to_the_same_whatever_has_left_its_item(
    events: list[GatewayEvent], open_max: int
) -> None:
    whole, facts = fold(events)
    state, facts_again, apart = fold_closing(events, open_max)

    assert facts_again == facts
    for name in ("captured_minor", "refunded_minor", "unnamed_minor", "headroom_minor", "waiting"):
        assert getattr(state, name) == getattr(whole, name)
    assert reopen(state, apart).objects == whole.objects
    assert reopen(state, apart).closed.count == 0


def test_what_is_not_settled_stays_in_view() -> None:
    events = [
        captured(),
        refund("pending"),
        event("evt_d", standing("dp_1", ObjectKind.DISPUTE, "open")),
    ]
    state, _ = fold(events)

    assert close(state, 0) == (state, {})


def test_the_oldest_leave_first_and_only_where_there_are_many() -> None:
    state, _ = fold([captured(), *(refund("succeeded", eur(1), f"re_{n:03d}") for n in range(200))])

    staying, leaving = close(state)

    assert len(leaving) == 80
    assert min(staying.of(ObjectKind.REFUND)) == "re_080"
    assert staying.refunded_minor == state.refunded_minor == 200
