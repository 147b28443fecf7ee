"""What a gateway moved comes out right in any order: in parts, repeated, assumed, taken back."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest

from kassa.core.money import Money
from kassa.core.postings import Account, balances
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import (
    CONTEXT,
    captured,
    eur,
    event,
    fold,
    funds,
    object_report,
    refund,
    sums,
)

K = ObjectKind


def assumed(*events: GatewayEvent) -> list[GatewayEvent]:
    return [
        one.model_copy(
            update={
                "object_reports": tuple(
                    s.model_copy(update={"is_assumed": True}) for s in one.object_reports
                )
            }
        )
        for one in events
    ]


def charge(state: str, amount_minor: int = 100_00, later_s: int = 0) -> GatewayEvent:
    stands = object_report("ch_1", K.CHARGE, state, eur(amount_minor))
    at = stands.happened_at + timedelta(seconds=later_s)
    return event(f"evt_{state}_{later_s}", stands.model_copy(update={"happened_at": at}))


def names(facts: list[LedgerFact]) -> list[str]:
    return [fact.data.fact for fact in facts]


DISPUTES = {
    "withdrawn 300, later 500 of the same": (
        [funds("withdrawn", 3_00), funds("withdrawn", 5_00)],
        (5_00, 95_00),
    ),
    "withdrawn 1000, 400 of it back": (
        [funds("withdrawn", 10_00), funds("reinstated", 4_00)],
        (6_00, 94_00),
    ),
    "a return of which only the return was told": ([funds("reinstated", 10_00)], (0, 100_00)),
    "two movements out, one back, each by its name": (
        [
            funds("withdrawn", 40_00, "txn_1", "dp_1"),
            funds("withdrawn", 30_00, "txn_2", "dp_1"),
            funds("reinstated", 25_00, "txn_3", "dp_1"),
        ],
        (45_00, 55_00),
    ),
    "taken, given back, taken again": (
        [
            funds("withdrawn", 60_00, "txn_1", "dp_1"),
            funds("reinstated", 60_00, "txn_2", "dp_1"),
            funds("withdrawn", 60_00, "txn_3", "dp_1"),
        ],
        (60_00, 40_00),
    ),
    "two disputes of one payment": (
        [
            funds("withdrawn", 20_00, "txn_1", "dp_1"),
            funds("withdrawn", 30_00, "txn_2", "dp_2"),
            funds("reinstated", 30_00, "txn_3", "dp_2"),
        ],
        (20_00, 80_00),
    ),
    "a reversal that no dispute explains": (
        [funds("withdrawn", 25_00, "txn_1", "ch_1")],
        (25_00, 75_00),
    ),
    "what was assumed gives way to what is named the same way": (
        [
            *assumed(funds("withdrawn", 100_00)),
            funds("reinstated", 30_00, "txn_2", "dp_1"),
        ],
        (70_00, 30_00),
    ),
    "what was assumed to come back gives way apart from what was taken": (
        [
            funds("withdrawn", 100_00, "txn_1", "dp_1"),
            *assumed(funds("reinstated", 100_00, "dp_1/returned", "dp_1")),
        ],
        (0, 100_00),
    ),
    "what was assumed gives way to what is named": (
        [*assumed(funds("withdrawn", 100_00)), funds("withdrawn", 70_00, "txn_1", "dp_1")],
        (70_00, 30_00),
    ),
}


@pytest.mark.parametrize("name", DISPUTES)
def test_disputed_money_is_what_went_out_less_what_came_back(name: str) -> None:
    events, (chargebacks, headroom) = DISPUTES[name]
    for order in permutations([captured(), *events]):
        state, facts = fold([*order, *order[:1]])

        moved = sums(facts)
        assert moved.get(Account.CHARGEBACKS, 0) == chargebacks
        assert moved[Account.GATEWAY_CLEARING] == 100_00 - chargebacks
        assert state.headroom_minor == headroom


def test_a_partly_won_dispute_beside_a_refund_leaves_nothing() -> None:
    events = [
        captured(),
        refund("succeeded", eur(30_00)),
        funds("withdrawn", 100_00, "txn_1", "dp_1"),
        funds("reinstated", 30_00, "txn_2", "dp_1"),
        event("evt_lost", object_report("dp_1", K.DISPUTE, "lost")),
    ]
    for order in permutations(events):
        state, facts = fold(order)

        assert sums(facts) == {Account.CUSTOMERS: -70_00, Account.CHARGEBACKS: 70_00}
        assert (state.headroom_minor, state.waiting) == (0, ())


def test_what_came_back_waits_for_what_it_came_back_from() -> None:
    back = funds("reinstated", 40_00, "txn_2", "dp_1")
    state, facts = fold([captured(), back])
    assert state.waiting == ("txn_2",)
    assert names(facts) == ["PaymentCaptured"]

    state, facts = fold([captured(), back, funds("withdrawn", 40_00, "txn_1", "dp_1")])
    assert state.waiting == ()
    assert state.headroom_minor == 100_00


@pytest.mark.parametrize(
    ("reported", "gone"),
    [
        ([("succeeded", 3_00), ("succeeded", 5_00)], 5_00),
        ([("succeeded", 5_00), ("failed", 5_00)], 0),
        ([("succeeded", 5_00), ("failed", 3_00)], 2_00),
        ([("succeeded", 3_00), ("succeeded", 5_00), ("failed", 5_00)], 0),
        ([("failed", 5_00)], 0),
    ],
)
def test_a_refund_whose_amount_changes_is_what_left_less_what_came_back(
    reported: list[tuple[str, int]], gone: int
) -> None:
    events = [refund(state, eur(minor)) for state, minor in reported]
    for order in permutations([captured(), *events]):
        state, facts = fold(order)
        assert sums(facts)[Account.GATEWAY_CLEARING] == 100_00 - gone
        assert (state.refunded_minor, state.headroom_minor) == (gone, 100_00 - gone)


def test_a_cancellation_disproves_a_capture_that_was_only_assumed() -> None:
    (taken,) = assumed(charge("captured"))
    for order in permutations([taken, charge("released")]):
        state, facts = fold(order)
        assert sums(facts) == {}
        assert (state.captured_minor, state.headroom_minor) == (0, 0)
        assert names(facts) in ([], ["PaymentCaptured", "PaymentReversed"])


def test_a_capture_the_gateway_reports_for_sure_outranks_a_release() -> None:
    (taken,) = assumed(charge("captured", 100_00))
    for order in permutations([taken, charge("released"), charge("captured", 60_00)]):
        state, facts = fold(order)
        assert sums(facts)[Account.CUSTOMERS] == -60_00
        assert state.captured_minor == 60_00


def test_a_capture_that_fails_later_was_taken_back_and_one_before_was_not() -> None:
    for order in permutations([charge("captured", later_s=10), charge("failed", later_s=99)]):
        state, facts = fold(order)
        assert sums(facts) == {}
        assert state.objects["ch_1"].state == "returned"
    assert "PaymentReversed" in names(fold([charge("captured"), charge("failed", later_s=99)])[1])

    for order in permutations([charge("captured", later_s=10), charge("failed", later_s=5)]):
        state, facts = fold(order)
        assert sums(facts)[Account.CUSTOMERS] == -100_00


def test_a_payment_that_is_collected_anew_after_it_was_taken_back_is_captured() -> None:
    events = [charge("captured"), charge("failed", later_s=50), charge("captured", later_s=90)]
    for order in permutations(events):
        state, facts = fold(order)
        assert sums(facts)[Account.CUSTOMERS] == -100_00
        assert state.captured_minor == 100_00
        fact_ids = [fact.metadata.fact_id for fact in facts]
        assert len(set(fact_ids)) == len(fact_ids)


def in_a_settlement(state: str, later_s: int) -> GatewayEvent:
    """Tell by a settlement how the charge stands."""
    reported = charge(state, later_s=later_s)
    stands = reported.object_reports[0].model_copy(update={"is_settled": True})
    return event(f"settled_{state}_{later_s}", stands)


def test_a_charge_taken_back_more_than_once_publishes_each_time_under_a_name_of_its_own() -> None:
    events = [
        charge("captured"),
        charge("failed", later_s=50),
        charge("captured", later_s=90),
        charge("failed", later_s=120),
        in_a_settlement("captured", 90),
        in_a_settlement("returned", 120),
    ]
    for order in permutations(events):
        _, facts = fold(order)
        fact_ids = [fact.metadata.fact_id for fact in facts]
        assert len(set(fact_ids)) == len(fact_ids)
        assert sums(facts) == {}


def test_two_currencies_never_add_up() -> None:
    dollars = Money(amount_minor=30_00, currency="USD")
    for order in permutations([captured(), refund("succeeded", dollars)]):
        state, facts = fold(order)

        posted = balances(p for fact in facts for p in fact.data.postings)
        assert posted[Account.GATEWAY_CLEARING, "EUR"] == 100_00
        assert posted[Account.GATEWAY_CLEARING, "USD"] == -30_00
        assert state.waiting == ("re_1",)
        assert (state.refunded_minor, state.headroom_minor) == (0, 0)


def test_an_object_reported_in_two_currencies_is_posted_in_one() -> None:
    more = Money(amount_minor=90_00, currency="USD")
    for order in permutations([captured(), refund("succeeded"), refund("succeeded", more)]):
        _, facts = fold(order)
        posted = balances(p for fact in facts for p in fact.data.postings)
        assert posted[Account.GATEWAY_CLEARING, "EUR"] == 100_00
        assert posted[Account.GATEWAY_CLEARING, "USD"] == -90_00


def test_a_capture_reported_in_two_currencies_is_published_under_two_names() -> None:
    dollars = Money(amount_minor=100_00, currency="USD")
    _, facts = fold([captured(), captured(dollars).model_copy(update={"event_id": "evt_usd"})])
    names = [fact.metadata.fact_id for fact in facts]
    assert len(set(names)) == len(names) == 3
    posted = balances(p for fact in facts for p in fact.data.postings)
    assert (posted[Account.CUSTOMERS, "EUR"], posted[Account.CUSTOMERS, "USD"]) == (0, -100_00)


def opened(events: Sequence[GatewayEvent]) -> tuple[SubjectState, list[LedgerFact]]:
    """Fold with books that were opened between the first and the last instant reported."""
    opened_at = charge("captured").object_reports[0].happened_at + timedelta(seconds=30)
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, published = book(state, one, CONTEXT._replace(opened_at=opened_at))
        facts.extend(published)
    return state, facts


def test_a_charge_authorised_before_the_books_opened_and_captured_after_is_ordinary() -> None:
    """Its event names the capture's time; a later one may know only when it was authorised."""
    for order in permutations([charge("captured", later_s=60), charge("captured")]):
        _, facts = opened(order)
        assert sums(facts) == {Account.CUSTOMERS: -100_00, Account.GATEWAY_CLEARING: 100_00}


def test_what_was_captured_before_the_books_opened_leaves_the_opening_balance_when_disproved() -> (
    None
):
    (taken,) = assumed(charge("captured"))
    for order in permutations([taken, charge("released")]):
        _, facts = opened(order)
        assert sums(facts) == {}


# What a settlement proves, and disputes that a gateway doesn't name


def settled(one: GatewayEvent) -> GatewayEvent:
    """Tell a charge as a settlement report does."""
    stands = tuple(s.model_copy(update={"is_settled": True}) for s in one.object_reports)
    return one.model_copy(update={"event_id": f"{one.event_id}_settled", "object_reports": stands})


SETTLEMENTS = {
    "a capture is settled": ([charge("captured"), settled(charge("captured", 60_00))], 60_00),
    "one that was taken back is settled": (
        [charge("captured"), charge("returned"), settled(charge("captured"))],
        100_00,
    ),
    "one that failed later is settled": (
        [charge("captured"), charge("failed", later_s=5), settled(charge("captured"))],
        100_00,
    ),
    "its settlement is reversed": (
        [charge("captured"), settled(charge("captured")), settled(charge("returned"))],
        0,
    ),
}


@pytest.mark.parametrize("name", SETTLEMENTS)
def test_what_a_settlement_proves_beats_what_was_reported_in_any_order(name: str) -> None:
    events, captured_minor = SETTLEMENTS[name]
    for order in permutations(events):
        state, facts = fold(order)
        assert state.captured_minor == state.headroom_minor == captured_minor
        assert sums(facts).get(Account.CUSTOMERS, 0) == -captured_minor


def unnamed(state: str, amount_minor: int, movement: str) -> GatewayEvent:
    """Tell of a movement whose dispute the gateway leaves out."""
    (reported,) = assumed(funds(state, amount_minor, f"pi_1/{movement}", "?pi_1/dispute"))
    return reported


UNNAMED = {
    "of one dispute": ([funds("withdrawn", 40_00, "dp_1/taken", "dp_1")], 40_00, 0),
    "of two, that of the same amount": (
        [
            funds("withdrawn", 30_00, "dp_1/taken", "dp_1"),
            funds("withdrawn", 40_00, "dp_2/taken", "dp_2"),
        ],
        40_00,
        30_00,
    ),
    "of two, the first that is open": (
        [
            funds("withdrawn", 30_00, "dp_1/taken", "dp_1"),
            funds("withdrawn", 30_00, "dp_2/taken", "dp_2"),
        ],
        20_00,
        40_00,
    ),
    "of one that nobody named either": ([unnamed("withdrawn", 40_00, "taken")], 40_00, 0),
    "of one that is named later": (
        [unnamed("withdrawn", 40_00, "taken"), funds("withdrawn", 40_00, "dp_1/taken", "dp_1")],
        40_00,
        0,
    ),
}


@pytest.mark.parametrize("name", UNNAMED)
def test_what_came_back_without_a_name_comes_back_once_in_any_order(name: str) -> None:
    taken, back_minor, held_minor = UNNAMED[name]
    back = unnamed("reinstated", back_minor, "given")
    owner = taken[-1].object_reports[0].belongs_to or ""
    reported = funds("reinstated", back_minor, f"{owner}/given", owner)
    for also in ([], [reported] if "nobody" not in name else []):
        for order in permutations([captured(), *taken, back, *also]):
            state, facts = fold(order)
            assert sums(facts).get(Account.CHARGEBACKS, 0) == held_minor
            assert state.headroom_minor == 100_00 - held_minor
            assert state.waiting == ()


def test_what_came_back_without_a_name_waits_for_what_was_taken() -> None:
    state, facts = fold([captured(), unnamed("reinstated", 40_00, "given")])
    assert state.waiting == ("pi_1/given",)
    assert Account.CHARGEBACKS not in sums(facts)
