"""A chargeback reported as a reversal and as a movement is one; two that differ are two."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.money import Money
from kassa.core.postings import Account
from kassa.gateways.events import GatewayEvent, ObjectKind
from kassa.ledger.movements.gateway_reversals import reversals
from tests.support.builders import captured, eur, event, fold, funds, object_report, refund, sums

K = ObjectKind
Movement = tuple[str, int]  # which way, and how much


def reversed_by(state: str, amount: Money, name: str, of: str = "ch_1") -> GatewayEvent:
    """Return what a gateway took of a charge, or gave back, without naming a dispute."""
    moved = object_report(name, K.DISPUTE_FUNDS, state, amount)
    return event(f"evt_{name}", moved.model_copy(update={"is_assumed": True, "belongs_to": of}))


def dispute(state: str, amount_minor: int, name: str = "dp_1") -> GatewayEvent:
    return event(f"evt_{name}_{state}", object_report(name, K.DISPUTE, state, eur(amount_minor)))


def gone(*events: GatewayEvent) -> tuple[int, int]:
    """Return what is charged back and what may be refunded, forwards and backwards."""
    found = set()
    for order in ([captured(), *events], [*reversed(events), captured()]):
        state, facts = fold(order)
        found.add((sums(facts).get(Account.CHARGEBACKS, 0), state.headroom_minor))
    (one,) = found
    return one


TAKEN = reversed_by("withdrawn", eur(30_00), "rev_1")
CASES = {
    "a reversal alone": ([TAKEN], (30_00, 70_00)),
    "explained by a dispute": ([TAKEN, funds("withdrawn", 30_00, "m_1", "dp_1")], (30_00, 70_00)),
    "of another amount": ([TAKEN, funds("withdrawn", 29_99, "m_1", "dp_1")], (59_99, 40_01)),
    "two, of which a dispute explains one": (
        [
            TAKEN,
            reversed_by("withdrawn", eur(30_00), "rev_2"),
            funds("withdrawn", 30_00, "m_1", "dp_1"),
        ],
        (60_00, 40_00),
    ),
    "a return of its amount doesn't explain it": (
        [
            TAKEN,
            funds("withdrawn", 50_00, "m_1", "dp_1"),
            funds("reinstated", 30_00, "m_2", "dp_1"),
        ],
        (50_00, 50_00),
    ),
    "beside an open dispute of its amount": ([TAKEN, dispute("open", 30_00)], (30_00, 70_00)),
    "beside an open dispute of another": ([TAKEN, dispute("open", 20_00)], (30_00, 50_00)),
    "beside two open disputes of its amount": (
        [TAKEN, dispute("open", 30_00), dispute("open", 30_00, "dp_2")],
        (30_00, 40_00),
    ),
    "beside an open dispute that took other money": (
        [TAKEN, dispute("open", 30_00), funds("withdrawn", 10_00, "m_1", "dp_1")],
        (40_00, 60_00),
    ),
    "what only the charge's status says gives way": (
        [TAKEN, reversed_by("withdrawn", eur(100_00), "ch_1/funds")],
        (30_00, 70_00),
    ),
    "what only the charge's status says, alone": (
        [reversed_by("withdrawn", eur(100_00), "ch_1/funds")],
        (100_00, 0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_reversal_counts_unless_a_dispute_explains_it(name: str) -> None:
    events, expected = CASES[name]
    assert gone(*events) == expected


def test_a_dispute_in_another_currency_explains_nothing() -> None:
    dollars = Money(amount_minor=30_00, currency="USD")
    moved = object_report("m_1", K.DISPUTE_FUNDS, "withdrawn", dollars)
    named = event("evt_m_1", moved.model_copy(update={"belongs_to": "dp_1"}))
    state, _ = fold([captured(), TAKEN, named])
    assert {one for one in state.counted_funds()} == {"rev_1", "m_1"}


def test_a_reversal_of_a_charge_that_was_returned_is_the_return() -> None:
    failed = object_report("ch_1", K.CHARGE, "failed")
    later = failed.model_copy(update={"happened_at": failed.happened_at + timedelta(days=1)})
    whole = reversed_by("withdrawn", eur(100_00), "rev_1")
    assert gone(event("evt_failed", later), whole) == (0, 0)


def test_a_total_that_counts_a_reversal_among_refunds_names_nothing_more() -> None:
    refunded = object_report("ch_1/refunded", K.REFUNDED_TOTAL, "reported", eur(30_00))
    total = event("evt_total", refunded)
    assert gone(TAKEN, total) == (30_00, 70_00)
    assert gone(total) == (0, 70_00)


MOVES = st.lists(st.tuples(st.just("withdrawn"), st.sampled_from([1, 2, 3])), max_size=4)


@given(MOVES, MOVES)
def test_as_many_movements_count_as_the_surer_side_reports(
    reported: list[Movement], named: list[Movement]
) -> None:
    events = [
        *(reversed_by(way, eur(minor), f"rev_{n}") for n, (way, minor) in enumerate(reported)),
        *(funds(way, minor, f"m_{n}", "dp_1") for n, (way, minor) in enumerate(named)),
    ]
    both = Counter(reported) | Counter(named)  # of each amount the greater count
    taken = sum(minor * count for (_, minor), count in both.items())
    assert gone(*events) == (taken, 100_00 - taken)


def test_of_refunds_and_reversals_only_what_was_taken_from_a_charge_counts_as_a_reversal() -> None:
    given_back = reversed_by("reinstated", eur(10_00), "rev_2")
    named = funds("withdrawn", 20_00, "m_1", "dp_1")
    state, _ = fold([captured(), TAKEN, given_back, named, refund("pending")])

    assert reversals(state.objects) == [state.objects["rev_1"]]


def inferred(amount_minor: int, name: str = "dp_1") -> GatewayEvent:
    """Return a lost dispute, and what only its loss says that it took."""
    moved = object_report(f"{name}/funds", K.DISPUTE_FUNDS, "withdrawn", eur(amount_minor))
    lost = object_report(name, K.DISPUTE, "lost", eur(amount_minor))
    return event(f"evt_{name}_lost", lost, moved.model_copy(update={"is_assumed": True}))


def given_back(
    amount_minor: int, name: str = "re_1", request_id: str | None = None
) -> GatewayEvent:
    """Return a refund, by whoever made it."""
    made = object_report(name, K.REFUND, "succeeded", eur(amount_minor))
    return event(f"evt_{name}", made.model_copy(update={"refund_request_id": request_id}))


SETTLED = {
    "a claim that was settled by a refund takes it once": (
        [inferred(40_00), given_back(40_00)],
        (0, 60_00),
    ),
    "a dispute that was lost after a full refund took nothing": (
        [given_back(100_00), inferred(100_00)],
        (0, 0),
    ),
    "a refund of another amount is another": (
        [inferred(40_00), given_back(39_99)],
        (40_00, 20_01),
    ),
    "a refund that Kassa asked for is another": (
        [inferred(40_00), given_back(40_00, request_id="rr_1")],
        (40_00, 20_00),
    ),
    "one refund settles one claim": (
        [inferred(40_00), inferred(40_00, "dp_2"), given_back(40_00)],
        (40_00, 20_00),
    ),
    "a movement that is named took it besides": (
        [inferred(40_00), given_back(40_00), funds("withdrawn", 40_00, "m_1", "dp_1")],
        (40_00, 20_00),
    ),
}


@pytest.mark.parametrize("name", SETTLED)
def test_what_is_inferred_of_a_lost_dispute_gives_way_to_its_refund(name: str) -> None:
    events, expected = SETTLED[name]
    assert gone(*events) == expected
