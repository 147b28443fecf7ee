"""How joining one more refund grows with what a payment holds already: linear at worst.

Refunds and their balance transactions are joined one by one, as `book_event` does, and what leaves
the payment's item leaves it. The same is measured with nothing leaving, as for a payment of objects
that aren't settled. The median of a few turns counts.
"""

import time
from statistics import median

from bench.row import Row
from kassa.gateways.events import GatewayEvent, Movement, ObjectKind
from kassa.ledger.booking import book
from kassa.ledger.compaction import close
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, captured, eur, event, object_report, refund

SIZES = (1, 100, 1_000, 3_000)
TURNS = 9


def measure() -> list[Row]:
    """Measure both, at each size; how much dearer the largest is than the smallest has a goal."""
    return [*_grown("settled", closes=True), *_grown("unsettled", closes=False)]


def _grown(name: str, closes: bool) -> list[Row]:
    state, cost_ms, rows = _joined(SubjectState(), captured(eur(10**9)), closes), {}, []
    for number in range(1, SIZES[-1] + 1):
        state = _joined(state, _refunded(number), closes)
        if number in SIZES:
            cost_ms[number] = _timed(state, closes)
            rows.append(Row(f"join one more, {number:,} {name}", cost_ms[number], "ms"))
    # From a hundred objects on each counts more than what a booking costs anyway.
    grown, linear = round(cost_ms[SIZES[-1]] / cost_ms[100], 2), SIZES[-1] / 100
    goal = 2.0 if closes else 1.5 * linear
    return [*rows, Row(f"join at 3,000 / at 100, {name}", grown, "times", goal=goal)]


def _refunded(number: int) -> GatewayEvent:
    """A refund that succeeded, or the balance transaction of the one before."""
    if number % 2:
        return refund("succeeded", eur(1), f"re_{number}")
    movement = Movement(moves="refund", gross=eur(-1), fee_minor=0)
    kind = ObjectKind.BALANCE_TRANSACTION
    return event(
        f"balance_{number}", object_report(f"txn_{number}", kind, "booked", eur(-1), movement)
    )


def _joined(state: SubjectState, one: GatewayEvent, closes: bool) -> SubjectState:
    after, _ = book(state, one, CONTEXT)
    return close(after)[0] if closes else after


def _timed(state: SubjectState, closes: bool) -> float:
    """Join one more and read what book_event reads of the state before and after, in ms."""
    turns = []
    for turn in range(TURNS):
        begun = time.perf_counter()
        after = _joined(state, refund("succeeded", eur(1), f"re_more_{turn}"), closes)
        for one in (state, after):
            _ = one.available_minor, one.waiting, one.excess_minor
        turns.append((time.perf_counter() - begun) * 1000)
    return round(median(turns), 2)
