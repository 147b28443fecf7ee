"""What Stripe moved for disputes and parts comes out right, whoever reports it and in any order."""

import json
import random
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

import pytest

from kassa.core.postings import balances
from kassa.gateways.events import GatewayEvent
from kassa.gateways.stripe.parsing import look_up_body
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support import stripe_events as s
from tests.support.builders import CONTEXT
from tests.support.stripe_reading import read_body

Body = dict[str, Any]
Ledger = dict[tuple[str, str], int]
ORDERS_MAX = 720


def moved(number: int, amount: int, **more: Any) -> Body:
    """Return a balance transaction as a dispute lists it."""
    fields = {"amount": amount, "fee": 15_00 if amount < 0 else 0, "type": "adjustment"}
    movement = fields | {"source": "dp_1", "created": s.CREATED + 200 + number}
    return s.balance_transaction(f"txn_{number}", **movement) | more


def disputed(event_type: str, *listed: Body, status: str = "needs_response", **more: Any) -> Body:
    body = s.dispute(status=status, balance_transactions=list(listed), **more)
    return s.event(f"charge.dispute.{event_type}", body, f"evt_{event_type}_{len(listed)}")


def pulled(transaction: Body, source: Body) -> Body:
    return s.pulled(transaction | {"source": source})


def looked_up(found: Body) -> Body:
    body: Body = json.loads(look_up_body(found))
    return body


Booked = tuple[SubjectState, tuple[LedgerFact, ...]]


class Fold:
    """Books events in one order after the other; what two orders begin with is booked once."""

    def __init__(self) -> None:
        self._read = dict[str, GatewayEvent]()
        self._booked: dict[tuple[str, ...], Booked] = {(): (SubjectState(), ())}

    def __call__(self, events: Iterable[Body]) -> Booked:
        """Return what is known in the end, and every fact."""
        done: tuple[str, ...] = ()
        for body in events:
            before, done = done, (*done, json.dumps(body))
            if done not in self._booked:
                self._booked[done] = self._book(self._booked[before], done[-1])
        return self._booked[done]

    def _book(self, before: Booked, text: str) -> Booked:
        if text not in self._read:
            event = read_body(text.encode(), "main", "test")
            assert isinstance(event, GatewayEvent)
            self._read[text] = event
        state, facts = book(before[0], self._read[text], CONTEXT)
        return state, (*before[1], *facts)


@pytest.fixture
def fold() -> Fold:
    return Fold()


def ledger(facts: Iterable[LedgerFact]) -> Ledger:
    posted = balances(p for fact in facts for p in fact.data.postings)
    return {(account.value, code): minor for (account, code), minor in posted.items() if minor}


def orders(events: Sequence[Body]) -> Iterable[Sequence[Body]]:
    """Every order of up to six events, else as many random ones; each with some sent twice."""
    if len(events) <= 6:
        yield from permutations(events)
        return
    shuffler = random.Random(20261129)
    for _ in range(ORDERS_MAX):
        yield shuffler.sample([*events, *events[:2]], len(events) + 2)


CAPTURED = s.event("charge.succeeded", s.charge(), "evt_captured")
REFUNDED = s.event("refund.created", s.refund(amount=30_00), "evt_refunded")
TAKEN, BACK = moved(1, -100_00), moved(2, 30_00)
PARTLY_WON = [
    disputed("created", TAKEN),
    disputed("funds_withdrawn", TAKEN),
    disputed("funds_reinstated", TAKEN, BACK, status="lost"),
    disputed("closed", TAKEN, BACK, status="lost"),
]
LOST = s.dispute(status="lost", balance_transactions=[TAKEN, BACK])


def test_a_dispute_partly_won_beside_a_refund_leaves_nothing(fold: Fold) -> None:
    events = [CAPTURED, REFUNDED, *PARTLY_WON]
    for order in orders(events):
        state, facts = fold(order)

        assert ledger(facts) == {("chargebacks", "EUR"): 70_00, ("customers", "EUR"): -70_00}
        assert (state.headroom_minor, state.waiting) == (0, ())


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        ([TAKEN, moved(2, 40_00)], 60_00),
        ([TAKEN, moved(2, 100_00)], 0),
        ([TAKEN, moved(2, 100_00), moved(3, -100_00)], 100_00),
        ([moved(1, -60_00), moved(2, -40_00), moved(3, 25_00)], 75_00),
        ([TAKEN, moved(2, 30_00), moved(3, 20_00)], 50_00),
    ],
)
def test_each_movement_that_a_dispute_lists_counts_once(
    fold: Fold, listed: list[Body], kept: int
) -> None:
    events = [CAPTURED, *(disputed("updated", *listed[: n + 1]) for n in range(len(listed)))]
    for order in orders([*events, disputed("funds_reinstated", *listed)]):
        state, facts = fold(order)

        assert ledger(facts).get(("chargebacks", "EUR"), 0) == kept
        assert state.disputed_minor == (kept or 0)


def test_events_look_ups_and_balance_transactions_name_the_same_movements(fold: Fold) -> None:
    events = [
        CAPTURED,
        disputed("funds_reinstated", TAKEN, BACK, status="lost"),
        looked_up(LOST),
        pulled(TAKEN, LOST),
        pulled(BACK, LOST),
        pulled(TAKEN, s.dispute()),  # its list is behind
    ]
    for order in orders(events):
        _, facts = fold(order)
        assert ledger(facts) == {
            ("chargebacks", "EUR"): 70_00,
            ("customers", "EUR"): -100_00,
            ("gateway_clearing", "EUR"): 100_00,
            ("gateway_balance", "EUR"): -70_00 - 15_00,
            ("gateway_fees", "EUR"): 15_00,
        }


def test_a_balance_transaction_alone_is_its_movement(fold: Fold) -> None:
    bare = {name: one for name, one in s.dispute(status="lost").items() if "balance" not in name}
    for order in orders([CAPTURED, pulled(TAKEN, bare), pulled(BACK, bare)]):
        state, facts = fold(order)
        assert ledger(facts)["chargebacks", "EUR"] == 70_00
        assert state.headroom_minor == 30_00


OLD = {name: one for name, one in s.dispute().items() if name != "balance_transactions"}


def old(event_type: str, status: str) -> Body:
    """Return an event of the versions that listed no balance transactions."""
    return s.event(f"charge.dispute.{event_type}", OLD | {"status": status}, f"evt_{event_type}")


@pytest.mark.parametrize(
    ("movements", "kept"),
    [
        ([old("funds_withdrawn", "needs_response")], 100_00),
        ([old("closed", "lost")], 100_00),
        ([old("funds_withdrawn", "needs_response"), old("closed", "lost")], 100_00),
        ([old("funds_reinstated", "won")], 0),
        ([old("funds_withdrawn", "needs_response"), old("funds_reinstated", "won")], 0),
        ([old("closed", "lost"), pulled(TAKEN, LOST), pulled(BACK, LOST)], 70_00),
        ([old("closed", "lost"), pulled(BACK, OLD)], 70_00),
        ([old("funds_reinstated", "lost"), *PARTLY_WON], 70_00),
        ([disputed("funds_reinstated", TAKEN, status="won")], 0),
        ([disputed("funds_reinstated", TAKEN, status="lost"), pulled(BACK, LOST)], 70_00),
    ],
)
def test_what_is_inferred_counts_until_a_movement_is_named(
    fold: Fold, movements: list[Body], kept: int
) -> None:
    for order in orders([CAPTURED, *movements]):
        state, facts = fold(order)
        assert ledger(facts).get(("chargebacks", "EUR"), 0) == kept
        assert state.disputed_minor == kept


def in_euros(number: int, amount: int, rate: float | None = 0.9) -> Body:
    return moved(number, amount, currency="eur", exchange_rate=rate)


DOLLARS = {"currency": "usd"}


@pytest.mark.parametrize(
    ("taken", "back", "kept"),
    [
        (in_euros(1, -90_00), in_euros(2, 27_00), 70_00),
        (in_euros(1, -90_00), in_euros(2, 26_40, 0.88), 70_00),
        (in_euros(1, -90_00, None), in_euros(2, 27_00, None), 70_00),
        (in_euros(1, -90_00), in_euros(2, 90_00), 0),
        (in_euros(1, -87_65, 0.87654), in_euros(2, 87_65, 0.87654), 0),
        (in_euros(1, -87_65, 0.87654), in_euros(2, 26_30, 0.87654), 70_00),
        (in_euros(1, -90_00), in_euros(2, 90_00, 0.88), 0),  # given back at today's rate
    ],
)
def test_a_dispute_settled_in_another_currency_counts_in_the_payments(
    fold: Fold, taken: Body, back: Body, kept: int
) -> None:
    whole = s.dispute(status="lost", balance_transactions=[taken, back], **DOLLARS)
    events = [
        s.event("charge.succeeded", s.charge(**DOLLARS), "evt_1"),
        s.event("charge.dispute.created", whole | {"balance_transactions": [taken]}, "evt_2"),
        s.event("charge.dispute.closed", whole, "evt_3"),
        pulled(taken, whole),
        pulled(back, whole),
    ]
    for order in orders(events):
        state, facts = fold(order)
        sums = ledger(facts)
        assert sums.get(("chargebacks", "USD"), 0) == kept
        assert ("chargebacks", "EUR") not in sums
        assert ("gateway_clearing", "EUR") not in sums
        assert state.foreign == ()
        assert sums.get(("currency_exchange", "USD"), 0) == -kept


@pytest.mark.parametrize("rate", [None, 0.88, 0.95])
def test_a_dispute_won_at_another_rate_came_back_whole_and_the_rest_is_an_exchange(
    fold: Fold,
    rate: float | None,
) -> None:
    taken, back = in_euros(1, -90_00), in_euros(2, round(100_00 * (rate or 0.88)), rate)
    won = s.dispute(status="won", balance_transactions=[taken, back], **DOLLARS)
    earlier = won | {"status": "under_review", "balance_transactions": [taken]}
    events = [
        s.event("charge.succeeded", s.charge(**DOLLARS), "evt_1"),
        s.event("charge.dispute.created", earlier, "evt_2"),
        s.event("charge.dispute.closed", won, "evt_3"),
        pulled(taken, won),
        pulled(back, won),
    ]
    for order in orders(events):
        state, facts = fold(order)
        sums = ledger(facts)
        assert (sums.get(("chargebacks", "USD"), 0), state.headroom_minor) == (0, 100_00)
        assert state.waiting == ()
        difference = back["amount"] - 90_00
        assert sums[("gateway_balance", "EUR")] == difference - 15_00  # and what the dispute cost
        assert sums[("currency_exchange", "EUR")] == -difference


def test_two_disputes_of_one_payment_are_distinguished(fold: Fold) -> None:
    one = s.dispute("dp_1", balance_transactions=[moved(1, -20_00)], amount=20_00)
    two = s.dispute("dp_2", balance_transactions=[moved(2, -30_00)], amount=30_00)
    events = [s.event("charge.dispute.created", body, f"evt_{body['id']}") for body in (one, two)]
    for order in orders([CAPTURED, *events]):
        state, facts = fold(order)
        assert ledger(facts)["chargebacks", "EUR"] == 50_00
        assert state.headroom_minor == 50_00
