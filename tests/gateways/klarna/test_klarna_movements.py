"""Klarna's settlement rows of disputes: each is a movement, and they add up in any order."""

import random
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.postings import Account, balances
from kassa.gateways.events import GatewayEvent
from kassa.gateways.klarna.events import read
from kassa.gateways.klarna.parsing import framed
from kassa.ledger.booking import book
from kassa.ledger.facts import LedgerFact
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.klarna import (
    capture,
    delivery,
    dispute,
    looked_up,
    order,
    refund,
    transaction,
    webhook,
)

SETTLED = "krn:klarna:eu1:dispute:goods_not_received:"  # as a settlement writes a dispute's name
FIRST, SECOND = "5169", "6170"
SOLD = looked_up(order(captures=[capture()]))


def row(kind: str, minor: int, number: str | None, name: str, detailed: str = "") -> GatewayEvent:
    fields = {"reversal_reference": SETTLED + number} if number else {}
    body = transaction(kind, minor, detailed_type=detailed or kind, **fields)
    event = read(framed("transaction", transaction=body, id=name), delivery("pull"))
    assert isinstance(event, GatewayEvent)
    return event


def closed(outcome: str, minor: int, number: str = FIRST) -> GatewayEvent:
    """Return a closed dispute as its webhook reports it, with its amount."""
    body = dispute(
        "CLOSED",
        dispute_outcome=outcome,
        payment_dispute_id=f"krn:network:eu1:live:payment:dispute:{number}",
        dispute_details={"dispute_amount": minor, "currency": "EUR"},
    )
    event_type = "payment.dispute.state-change.closed"
    event = read(webhook(event_type, body, event_id=f"e-{number}"), delivery())
    assert isinstance(event, GatewayEvent)
    return event


def settled(minor: int = 100_00) -> GatewayEvent:
    body = transaction("SALE", minor, capture_id="c-1", detailed_type="PURCHASE")
    event = read(framed("transaction", transaction=body, id="P/sale"), delivery("pull"))
    assert isinstance(event, GatewayEvent)
    return event


SCENARIOS: dict[str, tuple[list[GatewayEvent], int]] = {
    "taken and a part corrected": (
        [row("REVERSAL", 100_00, FIRST, "P/1"), row("CORRECTION", 40_00, FIRST, "Q/1")],
        60_00,
    ),
    "corrected twice by the same amount": (
        [
            row("REVERSAL", 100_00, FIRST, "P/1"),
            row("CREDIT", 25_00, FIRST, "Q/1", "CORRECTION_DISPUTE"),
            row("CREDIT", 25_00, FIRST, "Q/2", "CORRECTION_DISPUTE"),
        ],
        50_00,
    ),
    "given back and taken again": (
        [
            row("REVERSAL", 100_00, FIRST, "P/1"),
            row("CORRECTION", 100_00, FIRST, "Q/1", "CORRECTION_DISPUTE"),
            row("CORRECTION", -100_00, FIRST, "R/1", "CORRECTION_DISPUTE"),
        ],
        100_00,
    ),
    "two disputes, one of them corrected": (
        [
            row("REVERSAL", 20_00, FIRST, "P/1"),
            row("REVERSAL", 30_00, SECOND, "P/2"),
            row("CORRECTION", 30_00, SECOND, "Q/1"),
        ],
        20_00,
    ),
    "no dispute is named": (
        [
            row("REVERSAL", 30_00, None, "P/1"),
            row("CREDIT", 10_00, None, "Q/1", "CORRECTION_DISPUTE"),
        ],
        20_00,
    ),
    "lost, and settled for less": (
        [closed("LOST", 100_00), row("REVERSAL", 70_00, FIRST, "P/1")],
        70_00,
    ),
    "lost and not settled yet": ([closed("LOST", 100_00)], 100_00),
    "two are lost, one is settled": (
        [
            closed("LOST", 20_00),
            closed("LOST", 30_00, SECOND),
            row("REVERSAL", 25_00, SECOND, "P/1"),
        ],
        45_00,
    ),
    "won, with a part of it back": (
        [
            closed("WON", 100_00),
            row("REVERSAL", 100_00, FIRST, "P/1"),
            row("CORRECTION", 80_00, FIRST, "Q/1"),
        ],
        20_00,
    ),
    "protected by Klarna": (
        [
            row("REVERSAL", 40_00, FIRST, "P/1"),
            row("REVERSAL_MERCHANT_PROTECTION", 40_00, FIRST, "P/2"),
        ],
        0,
    ),
}


def folded(events: Sequence[GatewayEvent]) -> tuple[SubjectState, dict[Account, int]]:
    state, facts = SubjectState(), list[LedgerFact]()
    for event in events:
        state, made = book(state, event, CONTEXT)
        facts.extend(made)
    posted = balances(p for fact in facts for p in fact.data.postings)
    return state, {account: minor for (account, _), minor in posted.items() if minor}


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_charged_back_is_what_klarna_took_less_what_it_gave_back(name: str) -> None:
    events, charged_back = SCENARIOS[name]
    gross = sum(
        one.movement.gross.amount_minor
        for event in (settled(), *events)
        for one in event.object_reports
        if one.movement
    )
    for order_of_events in permutations([SOLD, settled(), *events]):
        state, sums = folded([*order_of_events, order_of_events[0]])

        assert sums.get(Account.CHARGEBACKS, 0) == charged_back
        assert sums[Account.CUSTOMERS] == -100_00
        assert sums.get(Account.GATEWAY_BALANCE, 0) == gross
        assert state.headroom_minor == 100_00 - charged_back


def test_a_dispute_of_what_a_refund_left_leaves_nothing() -> None:
    returned = looked_up(order(captures=[capture()], refunds=[refund(30_00)]))
    taken = row("REVERSAL", 70_00, FIRST, "P/1")
    for events in permutations([SOLD, returned, taken, closed("LOST", 70_00)]):
        state, sums = folded(events)
        assert sums[Account.CHARGEBACKS] == 70_00
        assert (state.headroom_minor, state.excess_minor) == (0, 0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["REVERSAL", "CORRECTION", "CREDIT", "CHARGE"]),
            st.integers(1, 30_00),
            st.sampled_from([FIRST, SECOND]),
        ),
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_any_rows_add_up_in_any_order(rows: list[Any], source: random.Random) -> None:
    taken = [row("REVERSAL", 30_00, number, f"P/{number}") for number in (FIRST, SECOND)]
    events = [
        row(kind, minor, number, f"Q/{index}", "CORRECTION_DISPUTE" if kind == "CREDIT" else kind)
        for index, (kind, minor, number) in enumerate(rows)
    ]
    signed = [minor if kind in ("CORRECTION", "CREDIT") else -minor for kind, minor, _ in rows]
    events = [SOLD, *taken, *events]
    events += source.choices(events, k=3)
    source.shuffle(events)
    _, sums = folded(events)
    assert sums.get(Account.CHARGEBACKS, 0) == 60_00 - sum(signed)


def test_a_dispute_fee_is_a_fee_though_it_names_its_dispute() -> None:
    fee = row("CHARGE", 15_00, FIRST, "P/1", "DISPUTE_FEE")
    state, sums = folded([SOLD, fee])
    assert sums[Account.GATEWAY_FEES] == 15_00
    assert Account.CHARGEBACKS not in sums
    assert state.headroom_minor == 100_00


def test_a_correction_of_no_dispute_is_an_adjustment() -> None:
    _, sums = folded([SOLD, row("CORRECTION", -5_00, None, "P/1")])
    assert sums[Account.GATEWAY_ADJUSTMENTS] == 5_00
    assert Account.CHARGEBACKS not in sums
