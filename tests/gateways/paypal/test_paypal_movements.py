"""What PayPal took and gave back comes out right in any order: disputes, reversals, their rows."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from random import Random
from typing import Any

import pytest

from kassa.core.postings import Account, balances
from kassa.gateways.events import GatewayEvent, Ignored, ObjectKind, UnverifiedNotification
from kassa.gateways.paypal import events as reader
from kassa.ledger.booking import BookingContext, book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.gateway_payloads.paypal import (
    NOW,
    Body,
    capture,
    confirmed,
    delivery,
    dispute,
    envelope,
    movement,
    refund,
    row,
)

K = ObjectKind
T0, T1, T2 = "2026-11-20T08:30:00Z", "2026-11-21T08:30:00Z", "2026-11-22T08:30:00Z"
CONTEXT = BookingContext(merchant_id="shop", booked_at=NOW)
LOST = {"status": "RESOLVED", "dispute_outcome": {"outcome_code": "RESOLVED_BUYER_FAVOUR"}}


def debit(value: str, at: str = T0, **more: Any) -> Body:
    return movement("DEBIT", value, initiated_time=at, **more)


def credit(value: str, at: str = T1, **more: Any) -> Body:
    return movement("CREDIT", value, initiated_time=at, **more)


def event_of(reads: str, body: Body, number: int = 1) -> GatewayEvent:
    event = confirmed(reads, body)
    assert isinstance(event, GatewayEvent)
    return event.model_copy(update={"event_id": f"{reads}-{number}-{hash(json.dumps(body))}"})


def listed(code: str, value: str, transaction_id: str, about: str = "CAP1") -> GatewayEvent:
    line = row(code, value, transaction_id=transaction_id, paypal_reference_id=about)
    raw = envelope("kassa.balance_transaction", line, resource_type="transaction", id=code + value)
    event = reader.read(raw, delivery("pull"))
    assert isinstance(event, GatewayEvent)
    return event


def a_dispute(*movements: Body, **more: Any) -> GatewayEvent:
    return event_of("dispute", dispute(money_movements=list(movements), **more))


def reversal(value: str = "50.00", reversal_id: str = "REV1") -> GatewayEvent:
    amount = {"currency_code": "EUR", "value": value}
    body = refund(id=reversal_id, amount=amount, custom_id=None)
    return event_of("reversal", {"disputes": [], "payment_id": "CAP1", "reversal": body})


def fold(events: Iterable[GatewayEvent]) -> tuple[SubjectState, list[LedgerFact]]:
    state, facts = SubjectState(), list[LedgerFact]()
    for one in events:
        state, new_facts = book(state, one, CONTEXT)
        facts.extend(new_facts)
    return state, facts


def orders(events: Sequence[GatewayEvent]) -> Iterable[Sequence[GatewayEvent]]:
    """Return every order of a few events, and some of many; each with one sent again."""
    if len(events) <= 5:
        every: Iterable[Sequence[GatewayEvent]] = permutations(events)
    else:
        every = [Random(seed).sample(events, len(events)) for seed in range(120)]
    return ([*one, one[0]] for one in every)


def gone(events: Sequence[GatewayEvent]) -> tuple[int, int]:
    """Return what is charged back and what may still be refunded, the same in every order."""
    found = set()
    for order in orders(events):
        state, facts = fold(order)
        posted = balances(p for fact in facts for p in fact.data.postings)
        found.add((posted.get((Account.CHARGEBACKS, "EUR"), 0), state.headroom_minor))
        assert state.waiting == ()
    (one,) = found
    return one


CAPTURED = event_of("capture", capture())  # of 50.00

CASES: dict[str, tuple[list[GatewayEvent], tuple[int, int]]] = {
    "taken": ([a_dispute(debit("50.00"))], (50_00, 0)),
    "taken, and a part given back though lost": (
        [
            a_dispute(debit("50.00")),
            a_dispute(debit("50.00"), credit("15.00")),
            a_dispute(credit("15.00"), debit("50.00"), **LOST),
        ],
        (35_00, 15_00),
    ),
    "held, released, taken": (
        [
            a_dispute(debit("50.00")),
            a_dispute(debit("50.00"), credit("50.00")),
            a_dispute(debit("50.00", T2), credit("50.00"), debit("50.00"), **LOST),
        ],
        (50_00, 0),
    ),
    "debited twice alike in one second": (
        [a_dispute(debit("10.00")), a_dispute(debit("10.00"), debit("10.00"))],
        (20_00, 30_00),
    ),
    "other debits of the same second come before and after in the list": (
        [
            a_dispute(debit("10.00")),
            a_dispute(debit("20.00"), debit("10.00")),
            a_dispute(debit("5.00"), debit("10.00"), debit("20.00")),
        ],
        (35_00, 15_00),
    ),
    "two disputes": (
        [
            a_dispute(debit("20.00")),
            a_dispute(debit("20.00"), dispute_id="PP-D-2"),
            a_dispute(debit("20.00"), credit("20.00"), dispute_id="PP-D-2"),
        ],
        (20_00, 30_00),
    ),
    "one movement under the list's newer name too": (
        [
            a_dispute(debit("50.00")),
            event_of("dispute", dispute(fund_movements=[debit("50.00") | {"party": "SELLER"}])),
        ],
        (50_00, 0),
    ),
    "lost, and no list": ([a_dispute(**LOST)], (50_00, 0)),
    "lost without a list, which comes later": (
        [a_dispute(**LOST), a_dispute(debit("30.00"), **LOST)],
        (30_00, 20_00),
    ),
    "a reversal, by its event": ([reversal()], (50_00, 0)),
    "a reversal, by its row": ([listed("T1106", "-50.00", "REV1")], (50_00, 0)),
    "a reversal, by both": ([reversal(), listed("T1106", "-50.00", "REV1")], (50_00, 0)),
    "two reversals of the same amount": (
        [reversal("10.00"), listed("T1106", "-10.00", "REV1"), reversal("10.00", "REV2")],
        (20_00, 30_00),
    ),
    "a reversal whose dispute appears later": (
        [reversal(), listed("T1201", "-50.00", "REV1"), a_dispute(debit("50.00", T1))],
        (50_00, 0),
    ),
    "a reversal whose dispute is open and lists nothing": ([reversal(), a_dispute()], (50_00, 0)),
    "a reversal whose dispute is lost and lists nothing": (
        [reversal(), a_dispute(), a_dispute(**LOST)],
        (50_00, 0),
    ),
    "a reversal of another amount than the dispute's": (
        [reversal("20.00"), a_dispute(debit("30.00"))],
        (50_00, 0),
    ),
    "a chargeback that comes back, by rows alone": (
        [listed("T1201", "-50.00", "REV1"), listed("T1202", "50.00", "BACK1")],
        (0, 50_00),
    ),
    "a hold, its release and the reversal, of which the dispute lists the first": (
        [
            listed("T1110", "-50.00", "HOLD1"),
            listed("T1111", "50.00", "FREE1"),
            listed("T1106", "-50.00", "REV1"),
            a_dispute(debit("50.00")),
        ],
        (50_00, 0),
    ),
    "everything told of a dispute that gives a part back": (
        [
            reversal(),
            listed("T1201", "-50.00", "REV1"),
            listed("T1202", "15.00", "BACK1"),
            a_dispute(debit("50.00")),
            a_dispute(credit("15.00"), debit("50.00"), **LOST),
        ],
        (35_00, 15_00),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_paypal_took_is_counted_once_in_any_order(name: str) -> None:
    events, expected = CASES[name]
    assert gone([CAPTURED, *events]) == expected


def test_a_reversal_is_one_movement_of_its_capture_whoever_reports_it() -> None:
    events = [reversal(), listed("T1106", "-50.00", "REV1")]
    for some in (some for n in (1, 2) for some in combinations(events, n)):
        state, facts = fold([CAPTURED, *some])
        (moved,) = state.of(K.DISPUTE_FUNDS).items()
        assert (moved[0], moved[1].belongs_to) == ("REV1", "CAP1")
        assert [f.data.fact for f in facts if "Funds" in f.data.fact] == ["DisputeFundsWithdrawn"]


def test_a_refund_whose_total_counts_a_reversal_leaves_nothing_unnamed() -> None:
    body = refund(
        seller_payable_breakdown={
            "total_refunded_amount": {"currency_code": "EUR", "value": "30.00"}
        }
    )
    events = [CAPTURED, reversal("20.00"), event_of("refund", body)]
    assert gone(events) == (20_00, 20_00)


def test_movements_in_two_currencies_are_never_summed() -> None:
    dollars = {"currency_code": "USD", "value": "9.00"}
    event = a_dispute(debit("50.00"), debit("1.00", amount=dollars))
    for order in orders([CAPTURED, event]):
        state, facts = fold(order)
        posted = balances(p for fact in facts for p in fact.data.postings)
        assert posted[Account.CHARGEBACKS, "EUR"] == 50_00
        assert posted[Account.CHARGEBACKS, "USD"] == 9_00
        assert len(state.waiting) == 1


def test_a_fee_a_buyers_movement_and_a_cryptocurrency_are_no_movement_of_funds() -> None:
    coins = {"asset_symbol": "BTC", "quantity": "0.1"}
    others = [
        debit("16.00", reason="CHARGEBACK_FEE"),
        debit("2.00", reason="REVERSED_TRANSACTION_FEE"),
        credit("50.00", affected_party="BUYER"),
        {name: one for name, one in debit("1.00", asset=coins).items() if name != "amount"},
    ]
    assert gone([CAPTURED, a_dispute(*others, debit("50.00"))]) == (50_00, 0)


def test_a_movement_has_one_name_however_its_time_is_spelled() -> None:
    spelled = (T0, "2026-11-20T08:30:00.000Z", "2026-11-20T01:30:00-07:00")
    events = [a_dispute(debit("50.00", at)) for at in spelled]
    assert gone([CAPTURED, *events]) == (50_00, 0)


def late(status: str, update_time: str) -> GatewayEvent:
    return event_of("capture", capture(status=status, update_time=update_time))


@pytest.mark.parametrize("status", ["DECLINED", "DENIED", "FAILED"])
def test_a_capture_that_is_denied_after_it_was_completed_was_taken_back(status: str) -> None:
    events = [late("PENDING", T0), late("COMPLETED", T1), late(status, T2)]
    with_row = [*events, listed("T1106", "-50.00", "REV1")]
    for some in (events, with_row):
        for order in orders(some):
            state, facts = fold(order)
            posted = balances(p for fact in facts for p in fact.data.postings)
            assert posted.get((Account.CUSTOMERS, "EUR"), 0) == 0
            assert posted.get((Account.CHARGEBACKS, "EUR"), 0) == 0
            assert (state.captured_minor, state.headroom_minor) == (0, 0)
            assert state.objects["CAP1"].state == "returned"


def test_a_denied_try_before_the_capture_was_completed_takes_nothing_back() -> None:
    for order in orders([late("DENIED", T0), late("COMPLETED", T1)]):
        assert fold(order)[0].captured_minor == 50_00


def test_a_capture_that_waited_is_captured_when_it_was_completed() -> None:
    opened_at = datetime(2026, 11, 21, tzinfo=UTC)
    since = late("REFUNDED", T2)  # by then it says when it was refunded, and no more
    for order in orders([late("PENDING", T0), late("COMPLETED", T1), since]):
        state, facts = SubjectState(), list[LedgerFact]()
        for one in order:
            state, new_facts = book(state, one, CONTEXT._replace(opened_at=opened_at))
            facts.extend(new_facts)
        posted = balances(p for fact in facts for p in fact.data.postings)
        assert posted[Account.CUSTOMERS, "EUR"] == -50_00
        assert state.objects["CAP1"].instant == datetime.fromisoformat(T1)
    first = fold([late("COMPLETED", T0)])[0].objects["CAP1"]
    assert first.instant < opened_at


def test_a_sale_that_only_its_state_calls_reversed_gives_way_to_the_reversal_itself() -> None:
    amount = {"total": "50.00", "currency": "EUR"}
    sale = {"id": "CAP1", "state": "reversed", "amount": amount, "create_time": T0}
    assert gone([event_of("sale", sale)]) == (50_00, 0)
    assert gone([event_of("sale", sale), listed("T1106", "-20.00", "REV1")]) == (20_00, 30_00)
    assert gone([event_of("sale", sale), a_dispute(debit("50.00"))]) == (50_00, 0)


def test_a_reversal_that_waits_takes_nothing_yet() -> None:
    body = refund(status="PENDING")
    assert isinstance(confirmed("reversal", {"disputes": [], "reversal": body}), Ignored)


def test_a_payment_of_another_merchant_is_counted_however_it_comes() -> None:
    theirs = capture(payee={"merchant_id": "SOMEBODYELSE1"})
    raw = envelope("PAYMENT.CAPTURE.COMPLETED", theirs)
    ours = {"shop": "OURMERCHANT01"}
    notification = reader.read(raw, delivery().model_copy(update=ours))
    assert isinstance(
        notification, UnverifiedNotification
    )  # nothing of a webhook counts before it is read back
    for found in (
        reader.confirmed(notification, theirs, delivery().model_copy(update=ours)),
        reader.confirmed(notification, {"kassa.of_another": True}, delivery()),
        reader.read(raw, delivery("pull").model_copy(update=ours)),
    ):
        assert isinstance(found, Ignored)
        assert found.gateway_type == "PAYMENT.CAPTURE.COMPLETED (another merchant)"
    for named in ({}, {"shop": "SOMEBODYELSE1"}):
        found = reader.read(raw, delivery("pull").model_copy(update=named))
        assert isinstance(found, GatewayEvent)


def test_times_of_movements_are_their_own() -> None:
    event = a_dispute(debit("50.00", T1))
    assert event.object_reports[1].happened_at == datetime.fromisoformat(T0) + timedelta(days=1)
