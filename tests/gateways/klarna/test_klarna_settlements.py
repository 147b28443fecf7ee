"""What Klarna's settlements say, in our words: transactions, payouts, amounts."""

from typing import Any

import pytest

from kassa.core.errors import UnreadableEvent
from kassa.core.postings import Account
from kassa.gateways.events import GatewayEvent, SubjectKind
from kassa.gateways.klarna.balance import unexplained_minor
from kassa.gateways.klarna.events import read
from kassa.gateways.klarna.parsing import framed
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.klarna import delivery, looked_up, order, payout, transaction


def moved(*transactions: dict[str, Any]) -> dict[str, int]:
    """Book transactions of one payment in EUR; return what each account has in the end."""
    state, sums = SubjectState(), dict.fromkeys(Account, 0)
    for number, body in enumerate(transactions):
        raw = framed("transaction", transaction=body, id=f"P/{number}")
        event = read(raw, delivery("pull"))
        assert isinstance(event, GatewayEvent)
        assert event.event_id == f"balance:P/{number}"
        state, facts = book(state, event, CONTEXT)
        for posting in (p for fact in facts for p in fact.data.postings):
            sums[posting.source] -= posting.amount.amount_minor
            sums[posting.destination] += posting.amount.amount_minor
    return {account.value: minor for account, minor in sums.items() if minor}


SALE = transaction("SALE", 100_00, capture_id="c-1", detailed_type="PURCHASE")


@pytest.mark.parametrize("sign", [1, -1])
def test_settlements_move_the_balance_whatever_sign_klarna_gives_them(sign: int) -> None:
    assert moved(
        SALE,
        transaction("FEE", sign * 3_20, detailed_type="PURCHASE_FEE_PERCENTAGE"),
        transaction("RETURN", sign * 30_00, refund_id="r-1"),
        transaction("CHARGE", sign * 15_00, detailed_type="DISPUTE_FEE"),
        transaction("FEE_REFUND", 1_00, detailed_type="FEE_REFUND"),
    ) == {
        "customers": -70_00,
        "gateway_balance": 100_00 - 3_20 - 30_00 - 15_00 + 1_00,
        "gateway_fees": 3_20 + 15_00 - 1_00,
    }


def test_a_reversal_takes_a_disputes_funds_and_a_correction_gives_them_back() -> None:
    fields = {"reversal_reference": "krn:klarna:eu1:dispute:goods_not_received:5169"}
    taken = transaction("REVERSAL", 100_00, **fields)
    assert moved(SALE, taken) == {"customers": -100_00, "chargebacks": 100_00}
    given = transaction("CREDIT", 100_00, detailed_type="CORRECTION_DISPUTE", **fields)
    assert moved(SALE, taken, given) == {"customers": -100_00, "gateway_balance": 100_00}


def test_a_reversal_that_names_no_dispute_takes_the_money_all_the_same() -> None:
    assert moved(SALE, transaction("REVERSAL", 40_00)) == {
        "customers": -100_00,
        "chargebacks": 40_00,
        "gateway_balance": 60_00,
    }
    given = transaction("REVERSAL_MERCHANT_PROTECTION", 40_00)
    assert moved(SALE, given)["gateway_adjustments"] == -40_00


def test_what_no_payment_explains_is_an_adjustment_with_klarnas_own_type() -> None:
    fields = {"detailed_type": "LOAN_AMORTISATION", "order_id": ""}
    raw = framed("transaction", transaction=transaction("CHARGE", 5_00, **fields), id="P/1")
    event = read(raw, delivery("pull"))
    assert isinstance(event, GatewayEvent)
    assert event.subject.kind is SubjectKind.OBJECT
    movement = event.object_reports[0].movement
    assert movement is not None
    assert (movement.moves, movement.gross.amount_minor) == ("loan_amortisation", -5_00)


@pytest.mark.parametrize(
    ("kind", "detailed", "minor", "moves", "gross"),
    [
        ("HOLDBACK", "ROLLING_RESERVE", 7_00, "holdback", -7_00),
        ("RELEASE", "ROLLING_RESERVE", 7_00, "release", 7_00),
        ("CORRECTION", "MANUAL_ENTRY", -7_00, "manual_entry", -7_00),
        ("CORRECTION", "MANUAL_ENTRY", 7_00, "manual_entry", 7_00),
        ("COMMISSION", "COMMISSION_RETURN", -7_00, "commission_return", -7_00),
        ("CREDIT", "DISPUTE_FEE_REFUND", 7_00, "fee", 7_00),
        ("SOMETHING_NEW", None, 7_00, "something_new", 7_00),
    ],
)
def test_every_type_moves_the_balance_its_own_way(
    kind: str, detailed: str | None, minor: int, moves: str, gross: int
) -> None:
    raw = framed(
        "transaction", transaction=transaction(kind, minor, detailed_type=detailed), id="1"
    )
    event = read(raw, delivery("pull"))
    assert isinstance(event, GatewayEvent)
    (moved_by,) = event.object_reports
    assert moved_by.movement is not None
    assert (moved_by.movement.moves, moved_by.movement.gross.amount_minor) == (moves, gross)


@pytest.mark.parametrize("amount", [True, 1.5, "100", None, 10**15 + 1, -(10**15) - 1])
def test_an_amount_that_is_none_is_unreadable(amount: Any) -> None:
    bodies = [
        ("order", order(order_amount=amount)),
        ("transaction", transaction("SALE", 1) | {"amount": amount}),
        ("payout", payout(1) | {"totals": {"settlement_amount": 1, "tax_amount": amount or ""}}),
    ]
    for name, body in bodies:
        fields = {name: body, "id": "P/1", "unexplained_minor": 0}
        with pytest.raises(UnreadableEvent):
            read(framed(name, **fields), delivery("pull"))


def test_the_largest_amount_is_read() -> None:
    assert looked_up(order(order_amount=10**15)).object_reports[0].amount.amount_minor == 10**15


def test_a_payout_sends_the_balance_to_the_bank_less_tax() -> None:
    raw = framed("payout", payout=payout(95_00, tax_amount=80), unexplained_minor=-2_00)
    event = read(raw, delivery("pull"))
    assert isinstance(event, GatewayEvent)
    assert event.subject.kind is SubjectKind.PAYOUT
    payload = {s.object_id: s.amount.amount_minor for s in event.object_reports}
    assert payload == {
        "XISA93DJ": 95_00,
        "XISA93DJ/payout": -95_00,
        "XISA93DJ/tax": -80,
        "XISA93DJ/unexplained": -2_00,
    }


@pytest.mark.parametrize(
    ("totals", "moved_minor", "unexplained"),
    [
        ({}, 95_00, 0),
        ({"tax_amount": 80}, 95_80, 0),
        ({}, 100_00, -5_00),
        ({"opening_debt_balance_amount": 5_00}, 100_00, 0),
        ({"closing_debt_balance_amount": 5_00}, 90_00, 0),
    ],
)
def test_what_a_payouts_transactions_do_not_explain_is_found(
    totals: dict[str, int], moved_minor: int, unexplained: int
) -> None:
    assert unexplained_minor(payout(95_00, **totals), moved_minor) == unexplained
