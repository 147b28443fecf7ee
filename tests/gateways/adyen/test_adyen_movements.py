"""What Adyen's webhooks and report lines come to together, in every order and sent twice."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.postings import Account
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.adyen_movements import (
    AUTHORISED,
    CAPTURED_AT,
    booked,
    disputed,
    in_any_order,
    line,
    unnamed,
    webhook_event,
)
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.adyen import event, refund

A = Account

# Disputes

LINE_OF = {
    "CHARGEBACK": ("Chargeback", -1),
    "CHARGEBACK_REVERSED": ("ChargebackReversed", 1),
    "SECOND_CHARGEBACK": ("SecondChargeback", -1),
}
Reported = tuple[str, int, str]
DISPUTES: dict[str, tuple[list[Reported], int, int]] = {  # what is told, chargebacks, headroom
    "a part is charged back": ([("CHARGEBACK", 400, "DIS1")], 400, 600),
    "a part comes back": (
        [("CHARGEBACK", 1000, "DIS1"), ("CHARGEBACK_REVERSED", 400, "DIS1")],
        600,
        400,
    ),
    "all comes back": (
        [("CHARGEBACK", 1000, "DIS1"), ("CHARGEBACK_REVERSED", 1000, "DIS1")],
        0,
        1000,
    ),
    "taken, given back and taken again": (
        [
            ("CHARGEBACK", 1000, "DIS1"),
            ("CHARGEBACK_REVERSED", 1000, "DIS1"),
            ("SECOND_CHARGEBACK", 700, "DIS1"),
        ],
        700,
        300,
    ),
    "two chargebacks of one payment": (
        [("CHARGEBACK", 300, "DIS1"), ("CHARGEBACK", 500, "DIS2")],
        800,
        200,
    ),
    "two of the same amount, and one comes back": (
        [
            ("CHARGEBACK", 300, "DIS1"),
            ("CHARGEBACK", 300, "DIS2"),
            ("CHARGEBACK_REVERSED", 300, "DIS2"),
        ],
        300,
        700,
    ),
}


@pytest.mark.parametrize("name", DISPUTES)
@pytest.mark.parametrize("reported_by", ["webhooks", "the report", "both"])
def test_disputes_come_to_the_same_ledger_in_any_order_whoever_reports_them(
    name: str, reported_by: str
) -> None:
    moves, charged_back, headroom = DISPUTES[name]
    webhooks = [disputed(code, value, dispute_id) for code, value, dispute_id in moves]
    lines = [
        line(LINE_OF[code][0], LINE_OF[code][1] * value, dispute_id)
        for code, value, dispute_id in moves
    ]
    events = {"webhooks": webhooks, "the report": lines, "both": webhooks + lines}[reported_by]
    state, held = in_any_order([AUTHORISED, *events])
    assert held.get(A.CHARGEBACKS, 0) == charged_back
    assert held[A.CUSTOMERS] == -1000
    assert state.headroom_minor == headroom


def test_a_dispute_whose_reversal_names_its_payment_alone_comes_back_once() -> None:
    webhook_events = [AUTHORISED, disputed("CHARGEBACK"), unnamed("CHARGEBACK_REVERSED")]
    state, held = in_any_order(webhook_events)
    assert (held.get(A.CHARGEBACKS, 0), state.headroom_minor, state.waiting) == (0, 1000, ())
    assert not state.has_open_dispute
    reported = [line("Chargeback", -1000, "DIS1"), line("ChargebackReversed", 1000, "DIS1")]
    state, held = in_any_order([*webhook_events, *reported])
    assert (held.get(A.CHARGEBACKS, 0), state.headroom_minor, state.waiting) == (0, 1000, ())
    assert not state.has_open_dispute


def test_of_two_disputes_the_one_that_fits_an_unnamed_reversal_has_come_back() -> None:
    taken = [disputed("CHARGEBACK", 300), disputed("CHARGEBACK", 500, "DIS2")]
    back = unnamed("CHARGEBACK_REVERSED", 500)
    state, held = in_any_order([AUTHORISED, *taken, back])
    assert (held[A.CHARGEBACKS], state.headroom_minor) == (300, 700)
    assert state.movements().owners["PSP1/chargeback_reversed"] == "DIS2"
    named = line("ChargebackReversed", 500, "DIS2")
    state, held = in_any_order([AUTHORISED, *taken, back, named])
    assert (held[A.CHARGEBACKS], state.headroom_minor, state.waiting) == (300, 700, ())


def test_a_second_chargeback_without_a_name_is_taken_once_though_the_report_names_it() -> None:
    first = [disputed("CHARGEBACK"), disputed("CHARGEBACK_REVERSED")]
    again = [unnamed("SECOND_CHARGEBACK"), line("SecondChargeback", -1000, "DIS1")]
    for webhook_events in (again[:1], again[1:], again):
        state, held = in_any_order([AUTHORISED, *first, *webhook_events])
        assert (held[A.CHARGEBACKS], state.headroom_minor) == (1000, 0)
        assert not state.has_open_dispute


@pytest.mark.parametrize("reference", ["", "PSP1"])
def test_a_dispute_that_nobody_names_is_one_in_webhooks_and_in_the_report(reference: str) -> None:
    webhook_events = [unnamed("CHARGEBACK", 400), unnamed("CHARGEBACK_REVERSED", 100)]
    reported = [
        line("Chargeback", -400, reference),
        line("ChargebackReversed", 100, reference),
    ]
    for events in (webhook_events, reported, webhook_events + reported):
        state, held = in_any_order([AUTHORISED, *events])
        assert (held[A.CHARGEBACKS], state.headroom_minor) == (300, 700)


LOST_AND_WON = {
    "PREARBITRATION_LOST": False,
    "PREARBITRATION_ACCEPTED": False,
    "SCHEME_ARBITRATION_LOST": False,
    "PREARBITRATION_WON": False,
    "PREARBITRATION_ISSUER_WITHDRAWN": False,
    "SCHEME_ARBITRATION_WON": False,
    "PREARBITRATION_OPEN": True,
    "SCHEME_ARBITRATION": True,
}


@pytest.mark.parametrize("code", LOST_AND_WON)
def test_a_ruling_moves_no_money_and_what_is_open_again_is_held(code: str) -> None:
    """The money is reported by SECOND_CHARGEBACK and by the report, never twice."""
    won = [AUTHORISED, disputed("CHARGEBACK"), disputed("CHARGEBACK_REVERSED")]
    state, held = in_any_order([*won, disputed(code)])
    assert A.CHARGEBACKS not in held
    assert state.has_open_dispute is LOST_AND_WON[code]
    assert state.headroom_minor == (0 if LOST_AND_WON[code] else 1000)
    lost = [disputed(code), disputed("SECOND_CHARGEBACK")]
    _, held = in_any_order([*won, *lost])
    assert held[A.CHARGEBACKS] == 1000


def test_a_returned_sepa_debit_is_a_chargeback_with_its_reason() -> None:
    back = webhook_event("CHARGEBACK", pspReference="DIS1", reason="AM04:InsufficientFunds")
    state, held = in_any_order([AUTHORISED, back])
    assert (held[A.CHARGEBACKS], state.headroom_minor) == (1000, 0)


amounts = st.integers(1, 1000)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=3), st.randoms())
def test_whatever_is_taken_and_given_back_adds_up_in_any_order(
    parts: list[tuple[int, int]], shuffler: random.Random
) -> None:
    events = [webhook_event("AUTHORISATION", 3000)]
    for number, (taken, back) in enumerate(parts):
        name, given = f"DIS{number}", min(taken, back)
        events += [disputed("CHARGEBACK", taken, name), line("Chargeback", -taken, name)]
        events += [disputed("CHARGEBACK_REVERSED", given, name)]
    shuffler.shuffle(events)
    state, held = booked(events)
    net = sum(taken - min(taken, back) for taken, back in parts)
    assert held.get(A.CHARGEBACKS, 0) == net
    assert state.headroom_minor == 3000 - net


# Captures


@pytest.mark.parametrize("code", ["CANCELLATION", "TECHNICAL_CANCEL", "EXPIRE"])
def test_what_was_cancelled_was_never_captured(code: str) -> None:
    state, held = in_any_order([AUTHORISED, webhook_event(code)])
    assert (held, state.captured_minor, state.headroom_minor) == ({}, 0, 0)


def test_a_capture_of_less_than_was_authorised_is_what_was_captured() -> None:
    for sure in ([webhook_event("CAPTURE", 600)], [line("Settled", 600)]):
        state, held = in_any_order([AUTHORISED, *sure])
        assert state.captured_minor == state.headroom_minor == 600
        assert held[A.CUSTOMERS] == -600
    state, held = in_any_order([AUTHORISED, webhook_event("CAPTURE", 600), line("Settled", 600)])
    assert (state.captured_minor, held) == (600, {A.CUSTOMERS: -600, A.GATEWAY_BALANCE: 600})


def test_what_expired_of_a_capture_in_part_leaves_the_part() -> None:
    state, held = in_any_order(
        [AUTHORISED, webhook_event("CAPTURE", 600), webhook_event("EXPIRE", 400)]
    )
    assert (state.captured_minor, held[A.CUSTOMERS]) == (600, -600)


def test_a_line_reports_a_capture_that_no_webhook_reported() -> None:
    state, held = booked([line("Settled", 1000)])
    assert held == {A.CUSTOMERS: -1000, A.GATEWAY_BALANCE: 1000}
    assert (state.order_id, state.waiting) == ("order-1", ())
    charge = state.objects["PSP1"]
    assert (charge.method, charge.brand) == ("card", "visa")


def test_lines_and_captures_that_are_reported_on_their_own_are_the_same_ones() -> None:
    authorised = webhook_event("AUTHORISATION", captures_later=True)
    parts = [("CAP1", 600), ("CAP2", 250), ("CAP3", 150)]
    events = [authorised]
    for name, minor in parts:
        events += [webhook_event("CAPTURE", minor, captures_later=True, pspReference=name)]
        events += [line("Settled", minor, name, captures_later=True)]
    state, held = in_any_order(events)
    assert state.captured_minor == 1000
    assert held == {A.CUSTOMERS: -1000, A.GATEWAY_BALANCE: 1000}


def test_cancel_or_refund_gives_back_once_whatever_it_was() -> None:
    both = webhook_event("CANCEL_OR_REFUND", pspReference="MOD1")
    state, held = in_any_order([AUTHORISED, both])
    assert (held, state.headroom_minor) == ({}, 0)
    state, held = in_any_order([AUTHORISED, both, line("Settled", 1000)])
    assert state.headroom_minor == 0
    later = [webhook_event("AUTHORISATION", captures_later=True), both]
    state, held = in_any_order(later)
    assert (held, state.headroom_minor, state.waiting) == ({}, -1000, ())


@pytest.mark.parametrize("captures_later", [False, True])
def test_a_capture_that_failed_is_taken_back_and_not_refunded(captures_later: bool) -> None:
    start = [webhook_event("AUTHORISATION", captures_later=captures_later)]
    start += [webhook_event("CAPTURE", captures_later=captures_later)]
    failed = webhook_event("CAPTURE_FAILED", captures_later=captures_later, pspReference="CAP1")
    state, held = in_any_order([*start, failed])
    assert (held, state.captured_minor, state.refunded_minor) == ({}, 0, 0)


@pytest.mark.parametrize("captures_later", [False, True])
def test_a_capture_that_failed_and_was_repaired_is_booked_once_it_is_settled(
    captures_later: bool,
) -> None:
    """Adyen gives the repaired CAPTURE the same name and identity; its settlement proves it."""
    captured = webhook_event("CAPTURE", captures_later=captures_later)
    failed = webhook_event("CAPTURE_FAILED", captures_later=captures_later, pspReference="CAP1")
    start = [
        webhook_event("AUTHORISATION", captures_later=captures_later),
        captured,
        failed,
        captured,
    ]
    state, held = booked(start)
    assert (state.captured_minor, held) == (0, {})
    settled = line("Settled", 1000, captures_later=captures_later)
    state, held = in_any_order([*start, settled])
    assert state.captured_minor == 1000
    assert held == {A.CUSTOMERS: -1000, A.GATEWAY_BALANCE: 1000}


@pytest.mark.parametrize("captures_later", [False, True])
def test_a_settlement_that_was_reversed_takes_the_capture_back(captures_later: bool) -> None:
    webhook_events = [
        webhook_event("AUTHORISATION", captures_later=captures_later),
        webhook_event("CAPTURE", captures_later=captures_later),
        line("Settled", 1000, captures_later=captures_later),
    ]
    by_report = line("SettledReversed", -1000, captures_later=captures_later)
    state, held = in_any_order([*webhook_events, by_report])
    assert (held, state.captured_minor, state.headroom_minor) == ({}, 0, 0)
    by_webhook = webhook_event(
        "SETTLED_REVERSED", captures_later=captures_later, pspReference="CAP1"
    )
    state, _ = in_any_order([*webhook_events, by_webhook])
    assert state.captured_minor == 0


def test_a_refund_that_came_back_is_refund_and_reversal_whoever_reports_it() -> None:
    webhook_events = [refund("REFUND", 300), refund("REFUNDED_REVERSED", 300)]
    reported = [line("Refunded", -300, "REF1"), line("RefundedReversed", 300, "REF1")]
    webhooks = [event(one) for one in webhook_events]
    for events in (webhooks, reported, webhooks + reported):
        state, held = in_any_order([AUTHORISED, *events])
        assert (held[A.CUSTOMERS], state.headroom_minor) == (-1000, 1000)


# Instants


def test_the_reports_time_is_when_it_was_captured_and_not_when_a_webhook_came() -> None:
    state, _ = in_any_order([AUTHORISED, line("Settled", 1000)])
    assert state.objects["PSP1"].instant == CAPTURED_AT
    assert booked([AUTHORISED])[0].objects["PSP1"].instant == AUTHORISED.happened_at


def test_what_the_report_says_was_captured_since_the_books_were_opened_is_no_opening_balance() -> (
    None
):
    opened = CONTEXT._replace(opened_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    state, facts = book(SubjectState(), line("Settled", 1000), opened)
    accounts = {p.source for fact in facts for p in fact.data.postings}
    assert A.CUSTOMERS in accounts
    assert state.objects["PSP1"].opening_minor == 0
