"""What Kassa makes of Adyen's events, of report lines and of refunds it named itself."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import GatewayRefused, UnreadableEvent
from kassa.core.money import Money
from kassa.core.postings import Account
from kassa.gateways.adyen import money, refunds
from kassa.gateways.adyen import parsing as bodies
from kassa.gateways.adyen.events import read
from kassa.gateways.adyen.notification import label
from kassa.gateways.events import GatewayEvent, Ignored, ObjectKind, Subject, SubjectKind
from kassa.gateways.submissions import RefundSubmission
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT, eur
from tests.support.gateway_payloads.adyen import (
    COLUMNS,
    NOW,
    PAYMENT,
    delivery,
    event,
    item,
    refund,
    webhook,
)

K, A = ObjectKind, Account


def dispute(code: str, value: int = 100_00) -> dict[str, Any]:
    return item(code, value, pspReference="DIS1")


def stand(notified: dict[str, Any], **more: Any) -> list[tuple[str, str, str, int]]:
    return [
        (s.kind.value, s.object_id, s.state, s.amount.amount_minor)
        for s in event(notified, **more).object_reports
    ]


def folded(items: Sequence[dict[str, Any]], **more: Any) -> tuple[SubjectState, dict[Account, int]]:
    """Book items in the order given; return the state and what every account holds."""
    state, held = SubjectState(), dict.fromkeys(Account, 0)
    for notified in items:
        found = read(webhook(notified, **more), delivery())
        if isinstance(found, Ignored):
            continue
        state, facts = book(state, found, CONTEXT)
        for posting in (p for fact in facts for p in fact.data.postings):
            held[posting.source] -= posting.amount.amount_minor
            held[posting.destination] += posting.amount.amount_minor
    return state, {account: amount for account, amount in held.items() if amount}


def test_an_event_is_named_by_its_payment_its_code_and_its_success() -> None:
    found = event(item("AUTHORISATION"))
    assert found.event_id == "PSP1:AUTHORISATION:true"
    assert found.subject == Subject(
        gateway="adyen", account="main", kind=SubjectKind.PAYMENT, subject_id=PAYMENT
    )
    assert found.order_id == "order-1"
    assert found.happened_at == NOW.replace(microsecond=0)


READINGS = [
    (item("AUTHORISATION", paymentMethod="visa"), [("charge", "PSP1", "captured", 100_00)]),
    (item("AUTHORISATION", success="false"), [("charge", "PSP1", "failed", 100_00)]),
    (item("CAPTURE"), [("charge", "PSP1", "captured", 100_00)]),
    (item("CAPTURE_FAILED"), [("charge", "PSP1", "returned", 100_00)]),
    (item("SETTLED_REVERSED"), [("charge", "PSP1", "returned", 100_00)]),
    (
        item("CANCELLATION"),
        [("payment", "PSP1/payment", "voided", 100_00), ("charge", "PSP1", "released", 100_00)],
    ),
    (
        item("EXPIRE"),
        [("payment", "PSP1/payment", "voided", 100_00), ("charge", "PSP1", "released", 100_00)],
    ),
    (refund("REFUND"), [("refund", "REF1", "succeeded", 30_00)]),
    (refund("REFUND", success="false"), [("refund", "REF1", "failed", 30_00)]),
    (refund("REFUND_FAILED"), [("refund", "REF1", "failed", 30_00)]),
    (refund("REFUNDED_REVERSED"), [("refund", "REF1", "failed", 30_00)]),
    (dispute("REQUEST_FOR_INFORMATION"), [("dispute", "DIS1", "inquiry", 100_00)]),
    (dispute("NOTIFICATION_OF_CHARGEBACK"), [("dispute", "DIS1", "open", 100_00)]),
    (dispute("DISPUTE_OPENED_WITH_CHARGEBACK"), [("dispute", "DIS1", "open", 100_00)]),
    (
        dispute("CHARGEBACK"),
        [
            ("dispute", "DIS1", "open", 100_00),
            ("dispute_funds", "DIS1/chargeback", "withdrawn", 100_00),
        ],
    ),
    (
        dispute("CHARGEBACK_REVERSED"),
        [
            ("dispute", "DIS1", "won", 100_00),
            ("dispute_funds", "DIS1/chargeback_reversed", "reinstated", 100_00),
        ],
    ),
    (
        dispute("SECOND_CHARGEBACK"),
        [
            ("dispute", "DIS1/second", "lost", 100_00),
            ("dispute_funds", "DIS1/second_chargeback", "withdrawn", 100_00),
        ],
    ),
    (dispute("PREARBITRATION_OPEN"), [("dispute", "DIS1/second", "open", 100_00)]),
    (dispute("PREARBITRATION_DECLINED"), [("dispute", "DIS1/second", "open", 100_00)]),
    (dispute("SCHEME_ARBITRATION"), [("dispute", "DIS1/second", "open", 100_00)]),
    (dispute("PREARBITRATION_WON"), [("dispute", "DIS1/second", "won", 100_00)]),
    (dispute("PREARBITRATION_ISSUER_WITHDRAWN"), [("dispute", "DIS1/second", "won", 100_00)]),
    (dispute("SCHEME_ARBITRATION_WON"), [("dispute", "DIS1/second", "won", 100_00)]),
    (dispute("PREARBITRATION_LOST"), [("dispute", "DIS1/second", "lost", 100_00)]),
    (dispute("PREARBITRATION_ACCEPTED"), [("dispute", "DIS1/second", "lost", 100_00)]),
    (dispute("SCHEME_ARBITRATION_LOST"), [("dispute", "DIS1/second", "lost", 100_00)]),
    (dispute("ISSUER_RESPONSE_TIMEFRAME_EXPIRED"), [("dispute", "DIS1", "won", 100_00)]),
]


@pytest.mark.parametrize(("notified", "expected"), READINGS, ids=lambda v: str(v)[:60])
def test_what_an_event_code_says(notified: dict[str, Any], expected: list[Any]) -> None:
    assert stand(notified) == expected


IGNORED = [
    item("REPORT_AVAILABLE", 0, pspReference="settlement_detail_report_batch_4.csv"),
    item("NOTIFICATION_OF_FRAUD"),
    item("AUTHORISATION", 0),
    item("CAPTURE", success="false"),
    item("CANCEL_OR_REFUND", success="false"),
    item("SOMETHING_NEW"),
]


@pytest.mark.parametrize("notified", IGNORED, ids=lambda notified: str(notified["eventCode"]))
def test_what_we_do_not_act_on_is_kept_and_ignored(notified: dict[str, Any]) -> None:
    found = read(webhook(notified), delivery())
    assert isinstance(found, Ignored)
    assert found.gateway_type.startswith(notified["eventCode"])


def test_an_event_of_the_other_mode_is_counted_and_never_booked() -> None:
    found = read(webhook(item("AUTHORISATION"), live="false"), delivery())
    assert isinstance(found, Ignored)
    assert found.gateway_type == "AUTHORISATION (not live mode)"
    assert isinstance(
        read(webhook(item("AUTHORISATION"), live="false"), delivery(mode="test")), GatewayEvent
    )


def test_immediate_capture_books_a_payment_once_with_or_without_a_capture_webhook() -> None:
    alone = folded([item("AUTHORISATION")])
    both = folded([item("AUTHORISATION"), item("CAPTURE")])
    turned = folded([item("CAPTURE"), item("AUTHORISATION")])
    assert alone[1] == both[1] == turned[1] == {A.CUSTOMERS: -100_00, A.GATEWAY_CLEARING: 100_00}


def test_a_later_capture_alone_says_what_was_captured_and_several_add_up() -> None:
    first = item("CAPTURE", 60_00, pspReference="CAP1")
    second = item("CAPTURE", 30_00, pspReference="CAP2")
    state, held = folded([item("AUTHORISATION")], captures_later=True)
    assert (state.captured_minor, held) == (0, {})
    state, held = folded([item("AUTHORISATION"), first, second], captures_later=True)
    assert state.captured_minor == 90_00
    assert held[A.GATEWAY_CLEARING] == 90_00


def test_cancel_or_refund_refunds_what_was_captured_and_releases_what_was_not() -> None:
    both = item("CANCEL_OR_REFUND")
    _, held = folded([item("AUTHORISATION"), both])
    assert held == {}
    _, held = folded([both, item("AUTHORISATION")])
    assert held == {}
    state, held = folded([item("AUTHORISATION"), both], captures_later=True)
    assert (held, state.waiting) == ({}, ())


LIFECYCLE = [
    item("AUTHORISATION"),
    refund("REFUND"),
    refund("REFUND_FAILED"),
    refund("REFUND", 20_00, pspReference="REF2"),
    dispute("NOTIFICATION_OF_CHARGEBACK", 40_00),
    dispute("CHARGEBACK", 40_00),
    dispute("CHARGEBACK_REVERSED", 40_00),
    dispute("SECOND_CHARGEBACK", 40_00),
]


def test_a_lifecycle_ends_the_same_in_any_order_and_with_duplicates() -> None:
    expected_state, expected = folded(LIFECYCLE)
    assert expected == {
        A.CUSTOMERS: -80_00,
        A.GATEWAY_CLEARING: 40_00,
        A.CHARGEBACKS: 40_00,
    }
    shuffler = random.Random(20261122)
    for _ in range(60):
        items = shuffler.sample(LIFECYCLE + LIFECYCLE[:3], len(LIFECYCLE) + 3)
        state, held = folded(items)
        assert held == expected
        assert state.headroom_minor == expected_state.headroom_minor == 40_00


def test_funds_taken_a_second_time_are_seen_and_nothing_waits_for_ever() -> None:
    state, held = folded([item("AUTHORISATION"), *LIFECYCLE[4:]])
    assert held[A.CHARGEBACKS] == 40_00
    assert state.waiting == ()
    assert not state.has_open_dispute


def test_a_dispute_comes_back_whether_or_not_adyen_names_it() -> None:
    """Unless it is asked to, Adyen names only the payment when a dispute is reversed."""
    unnamed = {"pspReference": PAYMENT, "originalReference": None}
    back = item("CHARGEBACK_REVERSED", **unnamed)
    assert event(back).subject.subject_id == PAYMENT
    for reversal in (back, dispute("CHARGEBACK_REVERSED")):
        state, held = folded([item("AUTHORISATION"), dispute("CHARGEBACK"), reversal])
        assert held == {A.CUSTOMERS: -100_00, A.GATEWAY_CLEARING: 100_00}
        assert state.headroom_minor == 100_00
        assert state.waiting == ()


def test_only_an_authorisation_names_the_order() -> None:
    assert event(refund("REFUND", merchantReference="rr_1")).order_id is None


# Refunds named by Kassa

SUBMISSION = RefundSubmission(
    payment=Subject(gateway="adyen", account="main", kind=SubjectKind.PAYMENT, subject_id=PAYMENT),
    submission_id="rr_1",
    amount=eur(30_00),
)


def named() -> GatewayEvent:
    found = read(refunds.named_refund(SUBMISSION, "REF1"), delivery("look_up"))
    assert isinstance(found, GatewayEvent)
    return found


def test_a_refund_is_named_before_or_after_its_webhook() -> None:
    events = [event(item("AUTHORISATION")), event(refund("REFUND")), named()]
    states = []
    for ordered in permutations(events):
        state = SubjectState(reservations={"rr_1": 30_00})
        for one in ordered:
            state, _ = book(state, one, CONTEXT)
        assert state.reservations == {}
        states.append(state.objects["REF1"])
    assert {(s.state, s.refund_request_id, s.amount_minor) for s in states} == {
        ("succeeded", "rr_1", 30_00)
    }


def test_a_refund_is_named_by_the_same_event_each_time() -> None:
    assert named().event_id == named().event_id
    assert named().subject.subject_id == PAYMENT


def test_a_webhook_can_not_speak_for_kassa() -> None:
    with pytest.raises(UnreadableEvent):
        read(refunds.named_refund(SUBMISSION, "REF1"), delivery("webhook"))


# Lines of a settlement report


def line(text: str) -> GatewayEvent:
    cells = dict(zip(COLUMNS, text.split(","), strict=True))
    found = read(bodies.line_body(cells, "line-1"), delivery("pull"))
    assert isinstance(found, GatewayEvent)
    return found


SETTLED = (
    "S,PSP1,order-1,visa,2026-11-23 11:26:49,CET,Settled,CAP1,EUR,,5.00,EUR,,4.88,,.04,.01,.07,7"
)


def movement(text: str) -> tuple[str, int, int, Money | None]:
    moved = line(text).object_reports[0].movement
    assert moved
    return moved.moves, moved.gross.amount_minor, moved.fee_minor, moved.exchanged


def test_a_settled_line_moves_its_gross_and_says_every_fee() -> None:
    text = SETTLED.replace(",.", ",0.")
    assert movement(text) == ("charge", 5_00, 12, None)
    found = line(text)
    assert found.event_id == "balance:line-1"
    assert found.subject.subject_id == PAYMENT
    assert found.happened_at == datetime(2026, 11, 23, 10, 26, 49, tzinfo=UTC)


LINES = [
    ("Refunded,REF1,EUR,30.00,,EUR,30.00,,,,,", "refund", -30_00, 0),
    ("Refunded,REF1,EUR,30.00,,EUR,30.10,,0.10,,,", "refund", -30_00, 10),
    ("RefundedReversed,REF1,EUR,,30.00,EUR,,30.00,,,,", "refund_failure", 30_00, 0),
    ("Chargeback,DIS1,EUR,349.99,,EUR,357.49,,7.5,,,", "dispute", -349_99, 7_50),
    ("Chargeback,DIS1,EUR,20.00,,EUR,35.00,,,,,", "dispute", -20_00, 15_00),
    ("ChargebackReversed,DIS1,EUR,,349.99,EUR,,349.99,,,,", "dispute", 349_99, 0),
    ("Fee,Transaction Fees,EUR,,,EUR,1.30,,,,,", "fee", -1_30, 0),
    ("DepositCorrection,,EUR,,,EUR,100.00,,,,,", "DepositCorrection", -100_00, 0),
]


@pytest.mark.parametrize(("text", "moves", "gross", "fee"), LINES)
def test_what_a_line_moves(text: str, moves: str, gross: int, fee: int) -> None:
    assert movement(f"S,PSP1,order-1,visa,2026-11-23 11:26:49,CET,{text},7") == (
        moves,
        gross,
        fee,
        None,
    )


def test_another_currency_is_exchanged_by_what_the_line_says() -> None:
    text = "S,PSP1,o,visa,2026-11-23 11:26:49,CET,Settled,C,USD,,10.00,EUR,,9.00,,0.10,,0.10,7"
    expected = Money(amount_minor=10_00, currency="USD")
    assert movement(text) == ("charge", 9_20, 20, expected)


def test_a_refund_or_chargeback_that_no_webhook_reported_is_reported_by_its_line() -> None:
    start = "S,PSP1,o,visa,2026-11-23 11:26:49,CET"
    refunded = line(f"{start},Refunded,REF1,EUR,30.00,,EUR,30.00,,,,,,7")
    assert [(s.object_id, s.state) for s in refunded.object_reports[1:]] == [("REF1", "succeeded")]
    taken = line(f"{start},Chargeback,DIS1,EUR,40.00,,EUR,47.50,,7.50,,,,7")
    assert [(s.object_id, s.state, s.amount.amount_minor) for s in taken.object_reports[1:]] == [
        ("DIS1", "open", 40_00),
        ("DIS1/chargeback", "withdrawn", 40_00),
    ]


def test_a_webhook_and_a_report_name_one_chargeback_once() -> None:
    start = "S,PSP1,o,visa,2026-11-23 11:26:49,CET"
    state, held = folded([item("AUTHORISATION"), dispute("CHARGEBACK", 40_00)])
    chargeback = line(f"{start},Chargeback,DIS1,EUR,40.00,,EUR,40.00,,,,,,7")
    _, facts = book(state, chargeback, CONTEXT)
    assert held[A.CHARGEBACKS] == 40_00
    assert [type(fact.data).__name__ for fact in facts] == ["BalanceTransactionBooked"]


def test_a_payout_line_is_the_payout_of_its_batch() -> None:
    text = "S,,,,2026-11-24 02:00:00,CET,MerchantPayout,TX1,,,,EUR,95.70,,,,,,7"
    found = line(text)
    assert found.subject.kind is SubjectKind.PAYOUT
    assert movement(text) == ("payout", -95_70, 0, None)
    payout = found.object_reports[1]
    assert (payout.object_id, payout.state) == ("S/batch_7/EUR", "paid")
    assert payout.amount == eur(95_70)


BAD = ["1e3", "1,0", "٣.00", "NaN", "-", "1.234", "1_0"]


@pytest.mark.parametrize("amount", BAD)
def test_an_amount_that_is_no_decimal_of_its_currency_is_not_guessed(amount: str) -> None:
    cells = dict(zip(COLUMNS, SETTLED.split(","), strict=True)) | {"Net Credit (NC)": amount}
    with pytest.raises(UnreadableEvent):
        read(bodies.line_body(cells, "line-1"), delivery("pull"))


# Money

ODD = [("CLP", 100, 1), ("ISK", 500, 5), ("CVE", 7, 7_00), ("IDR", 9, 9_00), ("JPY", 5, 5)]


@pytest.mark.parametrize(("currency", "value", "minor"), ODD)
def test_adyens_minor_units_become_isos_and_back(currency: str, value: int, minor: int) -> None:
    assert money.from_adyen(value, currency) == Money(amount_minor=minor, currency=currency)
    assert money.to_adyen(Money(amount_minor=minor, currency=currency)) == value


def test_a_fraction_that_a_currency_does_not_have_is_never_rounded() -> None:
    with pytest.raises(UnreadableEvent):
        money.from_adyen(101, "CLP")
    with pytest.raises(GatewayRefused, match="invalid_amount"):
        money.to_adyen(Money(amount_minor=7_01, currency="CVE"))


# Malformed

json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def survives(raw: bytes, origin: str) -> None:
    try:
        found = read(raw, delivery(origin))
    except UnreadableEvent:
        return
    assert isinstance(found, GatewayEvent | Ignored)


@given(st.binary(max_size=300), st.sampled_from(["webhook", "pull", "look_up"]))
def test_no_bytes_end_in_anything_but_an_unreadable_event(raw: bytes, origin: str) -> None:
    survives(raw, origin)


@given(st.sampled_from(LIFECYCLE), st.sampled_from([*LIFECYCLE[0], "live"]), json_values)
def test_no_value_in_an_item_ends_in_anything_else(notified: Any, name: str, value: Any) -> None:
    survives(webhook(notified | {name: value}), "webhook")
    survives(webhook(notified, notificationItems=value), "webhook")


@given(st.sampled_from(COLUMNS), json_values, st.sampled_from(["kassa", "object_id", "line"]))
def test_no_value_in_what_kassa_wrote_ends_in_anything_else(
    column: str, value: Any, name: str
) -> None:
    cells = dict(zip(COLUMNS, SETTLED.split(","), strict=True)) | {column: value}
    survives(bodies.line_body(cells, "line-1"), "pull")
    changed = json.loads(bodies.line_body(cells, "line-1")) | {name: value}
    survives(json.dumps(changed).encode(), "pull")
    changed = json.loads(refunds.named_refund(SUBMISSION, "REF1"))
    changed |= {name: value, "amount_minor": value}
    survives(json.dumps(changed).encode(), "look_up")


def test_a_report_line_far_in_the_past_or_future_is_no_reason_to_crash() -> None:
    for written in ("0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-13-01 00:00:00"):
        cells = dict(zip(COLUMNS, SETTLED.split(","), strict=True)) | {"Creation Date": written}
        survives(bodies.line_body(cells, "line-1"), "pull")


def test_what_happened_at_one_second_is_reported_to_the_second() -> None:
    later = delivery(received_at=NOW + timedelta(microseconds=500_000))
    found = read(webhook(item("AUTHORISATION")), later)
    assert found.happened_at == NOW.replace(microsecond=0)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("Not enough balance", "not_enough_balance"),
        ("05 : Do not honor", "raw:05"),
        ("FRAUD-CANCELLED", "fraud_cancelled"),
        ("Jane Doe was here", "refused"),
        (None, "refused"),
        (["?"], "refused"),
    ],
)
def test_a_declined_authorisation_keeps_adyens_reason_and_nothing_else(
    sent: Any, reason: str
) -> None:
    (failed,) = event(item("AUTHORISATION", success="false", reason=sent)).object_reports
    assert (failed.state, failed.reason) == ("failed", reason)


def test_the_reason_of_a_payment_that_was_made_is_left_where_it_was() -> None:
    made = item("AUTHORISATION", reason="063214:1111:03/2030")
    assert event(made) == event(item("AUTHORISATION"))
    assert "reason" not in label(made)
