"""A payment's state is the fold of its events, in whatever order and however often they come."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.core.postings import Account, balances
from kassa.gateways.events import GatewayEvent, ObjectKind, ObjectReport
from kassa.gateways.states import LEVELS
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState, join
from tests.support.builders import (
    CONTEXT,
    NOW,
    captured,
    dispute,
    eur,
    event,
    object_report,
    refund,
)
from tests.support.histories import BELONGS_TO, OBJECTS, histories, moved


def reported(object_id: str, state: str, second: int = 0, **fields: object) -> ObjectReport:
    """Say how an object stands, a number of seconds after all that others say."""
    stands = object_report(object_id, OBJECTS[object_id], state, eur(fields.pop("eur", 10_00)))  # type: ignore[arg-type]
    at = {"happened_at": stands.happened_at + timedelta(seconds=second)}
    return stands.model_copy(update={"belongs_to": BELONGS_TO.get(object_id)} | at | fields)


def fold(
    events: list[GatewayEvent], opened_at: datetime | None = None
) -> tuple[SubjectState, list[LedgerFact]]:
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, new_facts = book(state, one, CONTEXT._replace(opened_at=opened_at))
        facts.extend(new_facts)
    return state.model_copy(update={"version": 0}), facts


OPENINGS = st.sampled_from([None, *(NOW - timedelta(seconds=60 - second) for second in (1, 2, 3))])


@given(histories(), st.randoms(use_true_random=False), OPENINGS)
def test_any_order_and_any_duplication_end_in_one_state_and_one_set_of_postings(
    history: list[GatewayEvent], shuffler: object, opened_at: datetime | None
) -> None:
    again = history * 2
    shuffler.shuffle(again)  # type: ignore[attr-defined]

    state, facts = fold(history, opened_at)
    state_again, facts_again = fold(again, opened_at)

    assert state_again == state
    assert moved(facts_again) == moved(facts)


# Each was found once, and ended in two states by its order.
TIES = {
    "a failure, a return, and what a settlement proves": [
        [reported("ch_1", "failed")],
        [reported("ch_1", "returned")],
        [reported("ch_1", "captured", is_settled=True)],
    ],
    "a return both assumed and settled": [
        [reported("ch_1", "returned", is_assumed=True, is_settled=True)],
        [reported("ch_1", "returned")],
        [reported("ch_1", "captured", is_settled=True)],
    ],
    "a capture both assumed and settled, one that is only assumed, and a failure": [
        [reported("ch_1", "captured", is_assumed=True, is_settled=True)],
        [reported("ch_1", "captured", is_assumed=True, eur=20_00)],
        [reported("ch_1", "failed", 1)],
    ],
    "a return assumed beside a sure one, reported for sure before its withdrawal": [
        [reported("ch_1", "authorized"), reported("dp_1/again", "reinstated")],
        [reported("dp_1/again", "reinstated", is_assumed=True), reported("ch_1", "captured")],
        [reported("dp_1/given", "reinstated")],
    ],
    "a capture since the opening, and settled before it": [
        [reported("ch_1", "captured", 3)],
        [reported("ch_1", "captured", 1, is_settled=True)],
    ],
    "a larger capture assumed before the opening, and a smaller one since": [
        [reported("ch_1", "captured", 1, is_assumed=True, eur=30_00)],
        [reported("ch_1", "captured", 3)],
    ],
}


@pytest.mark.parametrize("name", TIES)
def test_ties_that_were_found_end_in_one_state_in_any_order(name: str) -> None:
    events = [event(f"evt_{n}", *objects) for n, objects in enumerate(TIES[name])]
    opened_at = NOW - timedelta(seconds=58)
    results = [fold(list(order), opened_at) for order in permutations([*events, events[0]])]

    state, facts = results[0]
    assert [one for one, _ in results if one != state] == []
    assert [one for _, one in results if moved(one) != moved(facts)] == []


@given(histories())
def test_joining_one_event_equals_folding_the_whole_set(history: list[GatewayEvent]) -> None:
    joined = SubjectState()
    for one in history:
        joined = join(joined, one)
    whole = event("evt_all", *(s for one in history for s in one.object_reports))

    assert join(SubjectState(), whole).objects == joined.objects
    assert join(joined, whole) == joined


@given(histories())
def test_a_fact_is_published_once_and_every_posting_stands_in_one_fact(
    history: list[GatewayEvent],
) -> None:
    _, facts = fold(history)

    seen = Counter(fact.metadata.fact_id for fact in facts)
    assert not [fact_id for fact_id, times in seen.items() if times > 1]


@given(histories())
def test_the_ledger_sums_to_zero_and_agrees_with_the_headroom(history: list[GatewayEvent]) -> None:
    state, facts = fold(history)

    sums = balances(p for fact in facts for p in fact.data.postings)
    for currency in ("EUR", "USD"):
        assert sum(sum_ for (_, one), sum_ in sums.items() if one == currency) == 0
    left = state.captured_minor - state.refunded_minor - state.unnamed_minor - state.disputed_minor
    assert state.headroom_minor == (min(0, left) if state.foreign else left)
    captured_minor = sum(
        -amount
        for (object_id, account, currency), amount in moved(facts).items()
        if object_id in ("ch_1", "ch_2") and (account, currency) == ("customers", state.currency)
    )
    assert captured_minor == state.captured_minor


def references(facts: list[LedgerFact]) -> list[tuple[str, str]]:
    """Return every trace number that was published, and by which fact."""
    references_named = [(fact.data.fact, getattr(fact.data, "reference", None)) for fact in facts]
    return [(name, reference) for name, reference in references_named if reference]


@given(histories())
def test_a_trace_number_is_published_once_of_a_refund_that_left_and_of_no_other(
    history: list[GatewayEvent],
) -> None:
    state, facts = fold(history)

    seen = Counter(f.data.object_id for f in facts if getattr(f.data, "reference", None))
    assert max(seen.values(), default=0) <= 1
    if state.captured_minor:
        left = state.of(ObjectKind.REFUND, "succeeded").items()
        assert {one for one, known in left if known.reference} <= set(seen)


def test_a_trace_number_that_comes_later_is_published_by_a_fact_of_its_own() -> None:
    (report,) = refund("succeeded").object_reports
    ours = report.model_copy(update={"refund_request_id": "rr_1"})
    traced = ours.model_copy(update={"reference": "arn-1"})
    events = [captured(), event("evt_1", ours), event("evt_2", traced), event("evt_3", traced)]

    state, facts = fold(events)

    seen = facts[-1].data
    assert [fact.data.fact for fact in facts][1:] == ["RefundSucceeded", "RefundTraced"]
    assert (seen.reference, seen.refund_request_id) == ("arn-1", "rr_1")  # type: ignore[union-attr]
    assert facts[-1].metadata.fact_id == "pi_1:re_1:traced"
    assert seen.postings == ()
    for order in permutations(events):
        again, facts = fold(list(order))
        assert again == state
        assert len(references(facts)) == 1


def test_a_trace_number_known_in_time_stands_in_the_success_itself() -> None:
    (succeeded,) = refund("succeeded").object_reports
    traced = event("evt_1", succeeded.model_copy(update={"reference": "arn-1"}))

    for order in permutations([captured(), refund("pending"), traced]):
        _, facts = fold(list(order))
        assert references(facts) == [("RefundSucceeded", "arn-1")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_gateways_highest_risk_level_stays(order: tuple[int, ...]) -> None:
    (charge,) = captured().object_reports
    seen = [charge.model_copy(update={"gateway_risk": level}) for level in (*LEVELS[:2], None)]
    state, _ = fold([event(f"evt_{n}", seen[n]) for n in order])

    assert state.objects["ch_1"].gateway_risk == "elevated"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_refund_that_fails_days_later_is_given_back_in_any_order(order: tuple[int, ...]) -> None:
    events = [captured(), refund("succeeded"), refund("failed")]
    state, facts = fold([events[n] for n in order])

    sums = balances(p for fact in facts for p in fact.data.postings)
    assert sums[Account.GATEWAY_CLEARING, "EUR"] == 100_00
    assert state.headroom_minor == 100_00
    assert state.waiting == ()


def test_a_refund_that_overtakes_its_capture_waits_for_it() -> None:
    early, facts = fold([refund("succeeded")])
    assert early.waiting == ("re_1",)
    assert facts == []

    later, facts = fold([refund("succeeded"), captured()])
    assert later.waiting == ()
    assert [fact.data.fact for fact in facts] == ["PaymentCaptured", "RefundSucceeded"]


def test_several_captures_of_one_charge_add_up() -> None:
    state, facts = fold([captured(eur(60_00)), captured(eur(100_00)), captured(eur(60_00))])

    assert [fact.data.amount for fact in facts] == [eur(60_00), eur(40_00)]
    assert state.captured_minor == 100_00


def test_several_charges_of_one_payment_add_up() -> None:
    state, _ = fold([captured(eur(60_00)), captured(eur(40_00), "ch_2")])
    assert state.headroom_minor == 100_00


@pytest.mark.parametrize(
    ("events", "clearing", "chargebacks", "headroom"),
    [
        ([dispute("inquiry")], 100_00, 0, 100_00),
        ([dispute("inquiry"), dispute("inquiry_closed")], 100_00, 0, 100_00),
        ([dispute("open")], 100_00, 0, 0),
        ([dispute("open", "withdrawn")], 0, 100_00, 0),
        ([dispute("open", "withdrawn"), dispute("lost", "withdrawn")], 0, 100_00, 0),
        ([dispute("lost", "withdrawn")], 0, 100_00, 0),
        ([dispute("won", "reinstated")], 100_00, 0, 100_00),
        ([dispute("open", "withdrawn"), dispute("won", "reinstated")], 100_00, 0, 100_00),
    ],
)
def test_disputes(
    events: list[GatewayEvent], clearing: int, chargebacks: int, headroom: int
) -> None:
    for order in permutations([captured(), *events]):
        state, facts = fold(list(order))
        sums = balances(p for fact in facts for p in fact.data.postings)

        assert sums[Account.GATEWAY_CLEARING, "EUR"] == clearing
        assert sums.get((Account.CHARGEBACKS, "EUR"), 0) == chargebacks
        assert state.headroom_minor == headroom


def test_a_dispute_won_waits_until_its_funds_are_back() -> None:
    state, _ = fold([captured(), dispute("open", "withdrawn"), dispute("won")])
    assert state.waiting == ("dp_1",)


def test_an_authorization_that_was_released_leaves_nothing_waiting() -> None:
    released = event("evt_1", object_report("ch_1", ObjectKind.CHARGE, "released"))
    state, facts = fold([released, refund("succeeded", eur(100_00))])

    assert state.waiting == ()
    assert not [p for fact in facts for p in fact.data.postings]


def test_refunds_a_charge_only_sums_up_wait_for_their_names() -> None:
    summed = event(
        "evt_1",
        object_report("ch_1", ObjectKind.CHARGE, "captured"),
        object_report("ch_1/refunded", ObjectKind.REFUNDED_TOTAL, "reported", eur(30_00)),
    )
    assert fold([summed])[0].waiting == ("ch_1/refunded",)
    assert fold([summed, refund("succeeded", eur(30_00))])[0].waiting == ()


def test_what_was_captured_before_the_books_opened_is_an_opening_balance() -> None:
    context = CONTEXT._replace(opened_at=CONTEXT.booked_at)
    _, facts = book(SubjectState(), captured(), context)

    (posting,) = facts[0].data.postings
    assert posting.destination is Account.OPENING_BALANCE
    assert posting.amount == Money(amount_minor=100_00, currency="EUR")
