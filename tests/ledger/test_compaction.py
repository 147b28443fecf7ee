"""Settled objects leave a payment's item, and nobody can tell by what the payment comes to."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.gateways.events import GatewayEvent, Movement, ObjectKind
from kassa.ledger.booking import book
from kassa.ledger.compaction import (
    NEARLY_FULL,
    REQUESTED_REFUND_STAYS,
    close,
    is_nearly_full,
    reopen,
)
from kassa.ledger.facts import LedgerFact
from kassa.ledger.objects import ClosedObjects, ObjectState
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, captured, eur, event, object_report, refund


def moved(number: int) -> GatewayEvent:
    gross = eur(-number)
    movement = Movement(moves="refund", gross=gross, fee_minor=0)
    kind = ObjectKind.BALANCE_TRANSACTION
    return event(
        f"balance_{number}", object_report(f"txn_{number}", kind, "booked", gross, movement)
    )


REFUNDS = [
    refund(state, eur(minor), f"re_{number}")
    for number in range(1, 9)
    for state in ("pending", "succeeded", "failed")
    for minor in (number, number + 1)
]
TOTAL = event(
    "evt_total", object_report("ch_1/refunded", ObjectKind.REFUNDED_TOTAL, "reported", eur(20))
)
EVENTS = [captured(), TOTAL, *REFUNDS, *(moved(number) for number in range(1, 9))]


def fold(events: list[GatewayEvent]) -> tuple[SubjectState, list[LedgerFact]]:
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, new_facts = book(state, one, CONTEXT)
        facts.extend(new_facts)
    return state, facts


def fold_closing(
    events: list[GatewayEvent], open_max: int
) -> tuple[SubjectState, list[LedgerFact], dict[str, ObjectState]]:
    """Fold as the table does: what left is kept apart, and brought back for its own events."""
    state, facts, apart = SubjectState(), list[LedgerFact](), dict[str, ObjectState]()
    for one in events:
        ids = {report.object_id for report in one.object_reports}
        state = reopen(state, {name: known for name, known in apart.items() if name in ids})
        state, report = book(state, one, CONTEXT)
        facts.extend(report)
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
        event("evt_d", object_report("dp_1", ObjectKind.DISPUTE, "open")),
    ]
    state, _ = fold(events)

    assert close(state, 0) == (state, {})


def test_the_oldest_leave_first_and_only_where_there_are_many() -> None:
    state, _ = fold([captured(), *(refund("succeeded", eur(1), f"re_{n:03d}") for n in range(200))])

    staying, leaving = close(state)

    assert len(leaving) == 80
    assert min(staying.of(ObjectKind.REFUND)) == "re_080"
    assert staying.refunded_minor == state.refunded_minor == 200


def closed_after(*events: GatewayEvent, open_max: int) -> ClosedObjects:
    state, _, _ = fold_closing([captured(), *events], open_max)
    return state.closed


def test_what_left_in_turn_is_added_up() -> None:
    failed = refund("failed", eur(40), "re_2")
    three = (refund("succeeded", eur(30), "re_1"), failed, refund("succeeded", eur(5), "re_3"))

    closed = closed_after(*three, open_max=1)

    assert closed == ClosedObjects(count=3, refunded={"EUR": 35}, named={"EUR": 75})


def test_what_was_brought_back_is_taken_off_again() -> None:
    three = [refund("succeeded", eur(minor), f"re_{minor}") for minor in (30, 40, 5)]
    state, _, apart = fold_closing([captured(), *three], 1)

    in_part = reopen(state, {"re_40": apart["re_40"]})

    assert in_part.closed == ClosedObjects(count=2, refunded={"EUR": 35}, named={"EUR": 35})
    assert reopen(in_part, {"re_40": apart["re_40"]}) is in_part


def test_refunds_that_left_are_still_those_that_a_total_counts() -> None:
    refunds = [refund("succeeded", eur(minor), f"re_{minor}") for minor in (12, 3)]

    state, _, apart = fold_closing([captured(), *refunds, TOTAL], 1)

    assert set(apart) == {"re_12", "re_3"}
    assert (state.unnamed_minor, state.headroom_minor) == (5, 100_00 - 20)


def test_a_balance_transaction_leaves_in_whatever_currency_it_was_settled() -> None:
    gross = Money(amount_minor=-11, currency="USD")
    of_refund = Movement(moves="refund", gross=gross, fee_minor=0)
    kind = ObjectKind.BALANCE_TRANSACTION
    settled = event("balance_1", object_report("txn_1", kind, "booked", gross, of_refund))

    assert closed_after(settled, open_max=1) == ClosedObjects(count=1)


def test_a_refund_in_another_currency_stays_until_a_person_made_sense_of_it() -> None:
    dollars = Money(amount_minor=5_00, currency="USD")
    state, _ = fold([captured(), refund("succeeded", dollars)])

    assert close(state, 0) == (state, {})
    assert state.waiting == ("re_1",)


def test_nothing_leaves_while_there_are_not_more_objects_than_may_stay() -> None:
    state, _ = fold([captured(), refund("succeeded")])

    assert close(state, 2) == (state, {})
    assert set(close(state, 1)[1]) == {"re_1"}


def test_the_oldest_leave_first_whatever_they_are_called() -> None:
    later = object_report("re_1", ObjectKind.REFUND, "succeeded", eur(1))
    earlier = later.model_copy(
        update={"object_id": "re_999", "happened_at": later.happened_at - timedelta(days=1)}
    )
    younger = [
        event(f"evt_{n}", later.model_copy(update={"object_id": f"re_{n}"})) for n in range(81)
    ]
    state, _ = fold([captured(), *younger, event("evt_early", earlier)])

    _, leaving = close(state, 81)

    assert len(leaving) == 80
    assert "re_999" in leaving


def test_a_payment_is_nearly_full_above_a_thousand_objects() -> None:
    known = fold([captured()])[0].objects["ch_1"]
    at_most = SubjectState(objects={str(number): known for number in range(NEARLY_FULL)})
    beyond = SubjectState(objects=at_most.objects | {"one more": known})

    assert (is_nearly_full(at_most), is_nearly_full(beyond)) == (False, True)


@pytest.mark.parametrize(("age_s", "leaves"), [(-1, False), (0, True), (1, True)])
def test_a_refund_that_was_requested_stays_while_its_request_may_look_for_it(
    age_s: int, leaves: bool
) -> None:
    requested = object_report("re_1", ObjectKind.REFUND, "succeeded", eur(1_00))
    requested = requested.model_copy(update={"refund_request_id": "rr_1"})
    later = requested.happened_at + REQUESTED_REFUND_STAYS + timedelta(seconds=age_s)
    newest = object_report("txn_1", ObjectKind.CHECKOUT, "open").model_copy(
        update={"happened_at": later}
    )
    state, _ = fold([captured(), event("evt_1", requested), event("evt_2", newest)])

    assert ("re_1" in close(state, open_max=1)[1]) is leaves
