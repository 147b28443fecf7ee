"""What PayPal's events say in our words, and what is only an unverified notification until PayPal
confirms it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kassa.core.errors import UnreadableEvent
from kassa.core.money import Money
from kassa.gateways.events import (
    GatewayEvent,
    Ignored,
    ObjectKind,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.paypal import events
from kassa.gateways.paypal import events as reader
from kassa.gateways.paypal.event_types import EVENT_TYPES
from kassa.gateways.paypal.money import from_paypal
from kassa.gateways.paypal.parsing import happened_at
from tests.support.gateway_payloads.paypal import (
    JSON,
    NOW,
    TRANSMISSION,
    Body,
    capture,
    confirmed,
    delivery,
    dispute,
    envelope,
    movement,
    order,
    refund,
    row,
    unit,
)

K = ObjectKind
MADE = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def stands(event: Any) -> dict[str, tuple[str, str, int]]:
    """Return how objects stand: kind, state and amount by id."""
    assert isinstance(event, GatewayEvent), event
    return {s.object_id: (s.kind, s.state, s.amount.amount_minor) for s in event.object_reports}


def test_a_webhook_is_only_a_notification_named_by_its_transmission() -> None:
    raw = envelope("PAYMENT.CAPTURE.COMPLETED", capture())
    notification = reader.read(raw, delivery())
    assert isinstance(notification, UnverifiedNotification)
    assert (notification.reads, notification.object_id, notification.name) == (
        "capture",
        "CAP1",
        TRANSMISSION,
    )
    assert notification.event_id == "WH-1-2/PAYMENT.CAPTURE.COMPLETED"
    assert notification.happened_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert reader.read(raw + b" ", delivery()).digest != notification.digest  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("event_type", "resource", "reads", "object_id"),
    [
        ("PAYMENT.CAPTURE.DECLINED", capture(), "capture", "CAP1"),
        ("PAYMENT.CAPTURE.PENDING", capture(), "capture", "CAP1"),
        ("PAYMENT.CAPTURE.REFUNDED", refund(), "refund", "REF1"),
        ("PAYMENT.CAPTURE.REVERSED", refund(), "reversal", "REF1"),
        ("PAYMENT.REFUND.FAILED", refund(), "refund", "REF1"),
        ("PAYMENT.SALE.COMPLETED", {"id": "S1", "state": "completed"}, "sale", "S1"),
        ("PAYMENT.SALE.REFUNDED", {"id": "R1", "state": "completed"}, "sale_refund", "R1"),
        ("PAYMENT.SALE.REVERSED", {"id": "R1", "sale_id": "S1"}, "reversal", "R1"),
        ("PAYMENT.CAPTURE.PENDING", {"id": "C1", "state": "pending"}, "sale", "C1"),
        ("CUSTOMER.DISPUTE.CREATED", dispute(), "dispute", "PP-D-1"),
        ("CHECKOUT.ORDER.APPROVED", {"id": "ORD1"}, "order", "ORD1"),
        ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", {"order_id": "ORD1"}, "order", "ORD1"),
    ],
)
def test_each_event_says_what_is_read_back(
    event_type: str, resource: Body, reads: str, object_id: str
) -> None:
    notification = reader.read(envelope(event_type, resource), delivery())
    assert isinstance(notification, UnverifiedNotification)
    assert (notification.reads, notification.object_id) == (reads, object_id)


def test_what_kassa_doesnt_act_on_is_kept_and_counted() -> None:
    found = reader.read(envelope("BILLING.PLAN.CREATED", {"id": "P-1"}), delivery())
    assert isinstance(found, Ignored)
    assert (found.gateway_type, found.subject.kind) == ("BILLING.PLAN.CREATED", SubjectKind.OBJECT)


def test_one_event_id_of_two_types_is_two_events() -> None:
    found = [
        reader.read(envelope(one, capture()), delivery())
        for one in ("PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.COMPLETED")
    ]
    assert len({one.event_id for one in found}) == 2


def test_the_sandbox_is_not_live() -> None:
    raw = envelope("PAYMENT.CAPTURE.COMPLETED", capture())
    found = reader.read(raw, delivery(mode="live"))
    assert isinstance(found, Ignored)
    assert found.gateway_type == "PAYMENT.CAPTURE.COMPLETED (not live mode)"


def test_nobody_but_kassa_sends_kassas_own_events() -> None:
    """Forged into a webhook, what Kassa would believe of itself is nothing."""
    row = {"transaction_id": "T1", "transaction_event_code": "T0400", "transaction_status": "S"}
    raw = envelope("kassa.balance_transaction", row, resource_type="transaction")
    for origin in ("webhook", "resend"):
        assert isinstance(reader.read(raw, delivery(origin)), Ignored)


def test_what_was_pulled_is_believed_as_it_stands() -> None:
    for origin in ("pull", "look_up"):
        event = reader.read(envelope("PAYMENT.CAPTURE.COMPLETED", capture()), delivery(origin))
        assert stands(event)["CAP1"] == (K.CHARGE, "captured", 50_00)


def test_an_approved_order_is_read_back_wherever_it_comes_from() -> None:
    """Reading it back is what captures it."""
    notification = reader.read(
        envelope("CHECKOUT.ORDER.APPROVED", {"id": "ORD1"}), delivery("pull")
    )
    assert isinstance(notification, UnverifiedNotification)
    assert notification.name is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("COMPLETED", "captured"),
        ("PARTIALLY_REFUNDED", "captured"),
        ("REFUNDED", "captured"),
        ("PENDING", "pending"),
        ("DECLINED", "failed"),
        ("FAILED", "failed"),
    ],
)
def test_a_capture_is_its_own_payment(status: str, state: str) -> None:
    event = confirmed("capture", capture(status=status))
    assert event.subject.subject_id == "CAP1"
    assert event.order_id == "order-7"
    assert stands(event)["CAP1"] == (K.CHARGE, state, 50_00)
    page = "completed" if state == "captured" else "open"
    assert stands(event)["ORD1"] == (K.CHECKOUT, page, 50_00)
    assert event.object_reports[0].happened_at == MADE


def test_amount_and_time_come_from_the_capture_and_not_from_the_webhook() -> None:
    answer = capture(amount={"currency_code": "JPY", "value": "500"})
    event = confirmed("capture", answer)
    assert event.object_reports[0].amount == Money(amount_minor=500, currency="JPY")
    assert event.happened_at == MADE


def test_platform_fees_are_nobodys_payment() -> None:
    fees = {"platform_fees": [{"amount": {"currency_code": "USD", "value": "2.00"}}]}
    event = confirmed("capture", capture(seller_receivable_breakdown=fees))
    assert len(stands(event)) == 2


@pytest.mark.parametrize("value", ["10.00", "-10.00", "10", "010.00"])
def test_a_refund_counts_the_same_with_and_without_a_minus(value: str) -> None:
    event = confirmed("refund", refund(amount={"currency_code": "EUR", "value": value}))
    assert event.subject.subject_id == "CAP1"
    assert stands(event)["REF1"] == (K.REFUND, "succeeded", 10_00)
    assert event.object_reports[0].refund_request_id == "rr_1"


def test_the_cumulative_total_is_a_total_and_no_refund() -> None:
    event = confirmed("refund", refund())
    assert stands(event)["CAP1/refunded"] == (K.REFUNDED_TOTAL, "reported", 30_00)
    assert [s.kind for s in event.object_reports] == [K.REFUND, K.REFUNDED_TOTAL]


@pytest.mark.parametrize(
    ("status", "state"),
    [("PENDING", "pending"), ("FAILED", "failed"), ("CANCELLED", "canceled")],
)
def test_a_refund_may_wait_fail_or_be_called_off(status: str, state: str) -> None:
    assert stands(confirmed("refund", refund(status=status)))["REF1"][1] == state


def test_a_refund_made_by_hand_carries_no_name_of_ours() -> None:
    event = confirmed("refund", refund(custom_id="order-7"))
    assert event.object_reports[0].refund_request_id is None


def test_a_refund_that_names_no_capture_is_led_to_its_payment() -> None:
    event = confirmed("refund", refund(links=[]))
    assert (event.charge_reference, len(event.object_reports)) == ("REF1", 1)


def test_a_sales_refund_of_the_first_generation() -> None:
    answer = {
        "id": "R1",
        "state": "completed",
        "amount": {"total": "-0.01", "currency": "USD"},
        "sale_id": "S1",
        "create_time": "2026-11-20T01:30:00-07:00",
    }
    event = confirmed("sale_refund", answer)
    assert stands(event) == {"R1": (K.REFUND, "succeeded", 1)}
    assert event.subject.subject_id == "S1"
    assert event.object_reports[0].happened_at == MADE


def test_a_sale_of_the_first_generation() -> None:
    answer = {
        "id": "S1",
        "state": "partially_refunded",
        "amount": {"total": "0.48", "currency": "USD"},
        "custom": "order-7",
        "create_time": "2026-11-20T08:30:00Z",
    }
    event = confirmed("sale", answer)
    assert stands(event) == {"S1": (K.CHARGE, "captured", 48)}
    assert event.order_id == "order-7"


DISPUTES: list[tuple[Body, str, str | None]] = [
    ({"dispute_life_cycle_stage": "INQUIRY"}, "inquiry", None),
    ({}, "open", None),
    ({"status": "WAITING_FOR_SELLER_RESPONSE"}, "open", None),
    ({"money_movements": [movement("DEBIT")]}, "open", "withdrawn"),
    ({"money_movements": [movement("DEBIT", reason="CHARGEBACK_FEE")]}, "open", None),
    ({"money_movements": [movement("DEBIT", affected_party="BUYER")]}, "open", None),
]
ENDED: list[tuple[str, Body, str, str | None]] = [
    ("RESOLVED_BUYER_FAVOUR", {}, "lost", "withdrawn"),
    ("ACCEPTED", {}, "lost", "withdrawn"),
    ("RESOLVED_SELLER_FAVOUR", {}, "won", None),
    ("DENIED", {}, "won", None),
    ("CANCELED_BY_BUYER", {}, "won", None),
    ("RESOLVED_WITH_PAYOUT", {}, "won", None),
    ("NONE", {}, "won", None),
    ("RESOLVED_SELLER_FAVOUR", {"money_movements": [movement("DEBIT")]}, "won", "withdrawn"),
    (
        "RESOLVED_SELLER_FAVOUR",
        {"money_movements": [movement("DEBIT"), movement("CREDIT")]},
        "won",
        "reinstated",
    ),
    ("CANCELED_BY_BUYER", {"dispute_life_cycle_stage": "INQUIRY"}, "inquiry_closed", None),
    ("RESOLVED_BUYER_FAVOUR", {"dispute_life_cycle_stage": "INQUIRY"}, "inquiry_closed", None),
    (
        "RESOLVED_BUYER_FAVOUR",
        {"dispute_life_cycle_stage": "INQUIRY", "money_movements": [movement("DEBIT")]},
        "lost",
        "withdrawn",
    ),
]


@pytest.mark.parametrize(("fields", "state", "funds"), DISPUTES)
def test_an_open_dispute_takes_money_only_where_paypal_says_so(
    fields: Body, state: str, funds: str | None
) -> None:
    expect(dispute(**fields), state, funds)


@pytest.mark.parametrize(("outcome", "fields", "state", "funds"), ENDED)
def test_a_dispute_ends_as_paypal_decided(
    outcome: str, fields: Body, state: str, funds: str | None
) -> None:
    ended = {"status": "RESOLVED", "dispute_outcome": {"outcome_code": outcome}}
    expect(dispute(**(ended | fields)), state, funds)


def expect(answer: Body, state: str, funds: str | None) -> None:
    event = confirmed("dispute", answer)
    assert event.subject.subject_id == "CAP1"
    assert stands(event)["PP-D-1"] == (K.DISPUTE, state, 50_00)
    moved = [one for one in stands(event).values() if one[0] is K.DISPUTE_FUNDS]
    way = ["withdrawn", "reinstated"] if funds == "reinstated" else [funds] if funds else []
    assert moved == [(K.DISPUTE_FUNDS, one, 50_00) for one in way]


def test_a_lost_part_of_a_payment_takes_only_that_part() -> None:
    outcome = {
        "outcome_code": "RESOLVED_BUYER_FAVOUR",
        "amount_refunded": {"currency_code": "EUR", "value": "20.00"},
    }
    event = confirmed("dispute", dispute(status="RESOLVED", dispute_outcome=outcome))
    assert stands(event)["PP-D-1/funds"] == (K.DISPUTE_FUNDS, "withdrawn", 20_00)
    assert event.object_reports[-1].is_assumed


def test_a_reversal_is_reported_by_itself_and_by_the_disputes_of_its_payment() -> None:
    answer = {"payment_id": "CAP1", "disputes": [dispute()], "reversal": refund()}
    event = confirmed("reversal", answer)
    assert stands(event)["REF1"] == (K.DISPUTE_FUNDS, "withdrawn", 10_00)
    assert stands(event)["PP-D-1"] == (K.DISPUTE, "open", 50_00)
    assert (event.object_reports[0].belongs_to, event.object_reports[0].is_assumed) == (
        "CAP1",
        True,
    )
    assert isinstance(confirmed("reversal", {"payment_id": "CAP1", "disputes": []}), Ignored)


def test_a_captured_order_is_its_capture_and_a_completed_checkout() -> None:
    paid = unit(payments={"captures": [capture(id="CAP0", status="DECLINED"), capture()]})
    event = confirmed("order", order("COMPLETED", paid))
    assert event.subject.subject_id == "CAP1"
    assert (event.order_id, event.customer_id) == ("order-7", "PAYER1")
    assert stands(event) == {
        "CAP1": (K.CHARGE, "captured", 50_00),
        "ORD1": (K.CHECKOUT, "completed", 50_00),
    }


def test_a_declined_capture_is_a_failed_attempt_in_a_checkout_still_open() -> None:
    event = confirmed("order", order("APPROVED", declined={"issue": "INSTRUMENT_DECLINED"}))
    assert stands(event) == {
        "ORD1/declined": (K.CHARGE, "failed", 50_00),
        "ORD1": (K.CHECKOUT, "open", 50_00),
    }
    assert event.object_reports[0].reason == "INSTRUMENT_DECLINED"


def test_a_voided_order_is_an_expired_checkout() -> None:
    assert stands(confirmed("order", order("VOIDED"))) == {"ORD1": (K.CHECKOUT, "expired", 50_00)}


@pytest.mark.parametrize("status", ["CREATED", "APPROVED", "PAYER_ACTION_REQUIRED"])
def test_an_order_nothing_came_of_is_nothing_to_book(status: str) -> None:
    assert isinstance(confirmed("order", order(status)), Ignored)


@pytest.mark.parametrize(
    ("code", "value", "moves", "kind", "subject_id"),
    [
        ("T0006", "50.00", "charge", SubjectKind.PAYMENT, "TXN1"),
        ("T0006", "-50.00", "T0006", SubjectKind.OBJECT, "TXN1"),
        ("T0107", "-1.00", "fee", SubjectKind.PAYMENT, "CAP1"),
        ("T1107", "-10.00", "refund", SubjectKind.PAYMENT, "CAP1"),
        ("T1100", "10.00", "refund_failure", SubjectKind.PAYMENT, "CAP1"),
        ("T1201", "-50.00", "dispute", SubjectKind.PAYMENT, "CAP1"),
        ("T1202", "50.00", "dispute", SubjectKind.PAYMENT, "CAP1"),
        ("T1106", "-50.00", "dispute", SubjectKind.PAYMENT, "CAP1"),
        ("T0400", "-99.00", "payout", SubjectKind.PAYOUT, "TXN1"),
        ("T0200", "-99.00", "T0200", SubjectKind.OBJECT, "TXN1"),
        ("T2106", "-99.00", "T2106", SubjectKind.OBJECT, "TXN1"),
    ],
)
def test_a_row_of_the_report_moves_the_balance(
    code: str, value: str, moves: str, kind: SubjectKind, subject_id: str
) -> None:
    raw = envelope("kassa.balance_transaction", row(code, value), resource_type="transaction")
    event = reader.read(raw, delivery("pull"))
    assert isinstance(event, GatewayEvent)
    moved = event.object_reports[0].movement
    assert moved is not None
    assert (moved.moves, moved.gross.amount_minor) == (moves, round(float(value) * 100))
    assert (event.subject.kind, event.subject.subject_id) == (kind, subject_id)
    assert event.event_id == "WH-1-2"
    assert event.object_reports[0].object_id == f"TXN1/{code}"


def test_a_row_reports_a_payment_or_refund_that_no_webhook_did() -> None:
    line = row("T0006", "50.00", custom_field="order-7")
    raw = envelope("kassa.balance_transaction", line, resource_type="transaction")
    event = reader.read(raw, delivery("pull"))
    assert stands(event)["TXN1"] == (K.CHARGE, "captured", 50_00)
    assert event.order_id == "order-7"  # type: ignore[union-attr]
    line = row("T1107", "-10.00", custom_field="rr_1")
    raw = envelope("kassa.balance_transaction", line, resource_type="transaction")
    event = reader.read(raw, delivery("pull"))
    assert stands(event)["TXN1"] == (K.REFUND, "succeeded", 10_00)
    assert event.object_reports[1].refund_request_id == "rr_1"  # type: ignore[union-attr]


@pytest.mark.parametrize(("fee", "minor"), [("-1.75", 1_75), ("1.75", -1_75), ("0.00", 0)])
def test_a_fee_that_paypal_takes_is_positive_for_us(fee: str, minor: int) -> None:
    line = row("T0006", "50.00", fee_amount={"currency_code": "EUR", "value": fee})
    raw = envelope("kassa.balance_transaction", line, resource_type="transaction")
    event = reader.read(raw, delivery("pull"))
    assert isinstance(event, GatewayEvent)
    assert event.object_reports[0].movement is not None
    assert event.object_reports[0].movement.fee_minor == minor


def test_a_withdrawal_is_a_payout_and_its_return_fails_it() -> None:
    raw = envelope("kassa.balance_transaction", row("T0400", "-99.00"), resource_type="transaction")
    assert stands(reader.read(raw, delivery("pull")))["TXN1"] == (K.PAYOUT, "paid", 99_00)
    raw = envelope("kassa.balance_transaction", row("T1101", "99.00"), resource_type="transaction")
    assert stands(reader.read(raw, delivery("pull")))["CAP1"] == (K.PAYOUT, "failed", 99_00)


TIMES = [
    ({"create_time": "2026-11-20T01:30:00-07:00"}, MADE),
    ({"create_time": "2018-19-12T22:20:32.000Z", "update_time": "2026-11-20T08:30:00Z"}, MADE),
    ({"create_time": None, "status_update_time": "2026-11-20T08:30:00Z"}, MADE),
    ({"create_time": "2026-11-20T08:30:00", "update_time": ""}, NOW),  # whose hour is unknown
    ({"create_time": "0001-01-01T00:00:00+14:00"}, NOW),
    ({"create_time": 1795348800}, NOW),
    ({}, NOW),
]


@pytest.mark.parametrize(("body", "expected"), TIMES)
def test_a_time_that_is_none_gives_way_to_another(body: Body, expected: datetime) -> None:
    assert happened_at(body, NOW) == expected


def test_month_nineteen_neither_crashes_nor_moves_a_payment() -> None:
    month_19 = "2018-19-12T22:20:32.000Z"
    raw = envelope("PAYMENT.CAPTURE.COMPLETED", capture(), create_time=month_19)
    notification = reader.read(raw, delivery())
    assert notification.happened_at == MADE  # the object's own time
    answer = capture(create_time=month_19, update_time="2026-11-20T08:30:00Z")
    assert confirmed("capture", answer).object_reports[0].happened_at == MADE


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ({"currency_code": "EUR", "value": "1"}, Money(amount_minor=1_00, currency="EUR")),
        ({"currency_code": "EUR", "value": "1.5"}, Money(amount_minor=1_50, currency="EUR")),
        ({"currency_code": "EUR", "value": "1.500"}, Money(amount_minor=1_50, currency="EUR")),
        ({"currency_code": "EUR", "value": ".50"}, Money(amount_minor=50, currency="EUR")),
        ({"currency_code": "JPY", "value": "100.00"}, Money(amount_minor=100, currency="JPY")),
        ({"currency_code": "HUF", "value": "100"}, Money(amount_minor=100_00, currency="HUF")),
        ({"currency": "USD", "total": "-0.01"}, Money(amount_minor=-1, currency="USD")),
    ],
)
def test_amounts_are_exact(amount: Body, expected: Money) -> None:
    assert from_paypal(amount) == expected


@pytest.mark.parametrize(
    "amount",
    [
        None,
        {},
        {"currency_code": "EUR", "value": 1.5},
        {"currency_code": "EUR", "value": "1.005"},
        {"currency_code": "JPY", "value": "0.5"},
        {"currency_code": "EUR", "value": "1e5"},
        {"currency_code": "EUR", "value": "NaN"},
        {"currency_code": "EUR", "value": "１２"},
        {"currency_code": "EUR", "value": " 1"},
        {"currency_code": "EUR", "value": "1,00"},
        {"currency_code": "EUR", "value": "9" * 99},
        {"currency_code": "eur", "value": "1"},
        {"currency_code": "EURO", "value": "1"},
    ],
)
def test_what_is_no_amount_is_not_guessed(amount: Any) -> None:
    with pytest.raises(UnreadableEvent):
        from_paypal(amount)


BROKEN: list[tuple[str, Body]] = [
    ("capture", capture(status="SOMETHING_NEW")),
    ("capture", capture(amount={"currency_code": "EUR", "value": "-1.00"})),
    ("capture", capture(id="../../oauth2/token")),
    ("refund", refund(status="SOMETHING_NEW")),
    ("dispute", dispute(status="SOMETHING_NEW")),
    ("dispute", dispute(status="RESOLVED", dispute_outcome={"outcome_code": "NEW"})),
    ("transaction", row("T0006", "1.00", transaction_status="P")),
]


@pytest.mark.parametrize(("reads", "answer"), BROKEN)
def test_an_answer_we_dont_understand_reaches_a_person(reads: str, answer: Body) -> None:
    with pytest.raises(UnreadableEvent):
        confirmed(reads, answer)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"null", b'"x"', b'{"id":"WH-1"}', b'{"event_type":"X"}', b"\xff"]
)
def test_bytes_that_are_no_event_reach_the_dead_letters(raw: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        reader.read(raw, delivery())


def test_an_object_without_an_id_of_paypals_is_never_looked_up() -> None:
    for object_id in ("../oauth2/token", "a/b", "", None, 7, "x" * 65, "CAP1?x"):
        with pytest.raises(UnreadableEvent):
            reader.read(envelope("PAYMENT.CAPTURE.COMPLETED", {"id": object_id}), delivery())


def test_without_a_name_the_same_answer_is_one_event_and_another_is_another() -> None:
    first, again = (confirmed("capture", capture(), name=None).event_id for _ in range(2))
    assert first == again
    assert confirmed("capture", capture(status="PENDING"), name=None).event_id != first


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, Body]:
    """Draw one of PayPal's objects with a part of it replaced by anything."""
    reads, body = draw(
        st.sampled_from(
            [
                ("capture", capture()),
                ("refund", refund()),
                ("dispute", dispute(money_movements=[movement("DEBIT")])),
                ("order", order("COMPLETED", unit(payments={"captures": [capture()]}))),
                (
                    "sale",
                    {"id": "S1", "state": "completed", "amount": {"total": "1", "currency": "EUR"}},
                ),
                ("transaction", row("T1107", "-1.00")),
                (
                    "reversal",
                    {"payment_id": "CAP1", "disputes": [dispute()], "reversal": refund()},
                ),
            ]
        )
    )
    path = draw(st.lists(st.integers(0, 6), min_size=1, max_size=4))
    return reads, replaced(body, path, draw(JSON))


def replaced(body: Any, path: list[int], by: Any) -> Any:
    if not path or not isinstance(body, dict | list) or not body:
        return by
    if isinstance(body, list):
        place = path[0] % len(body)
        return [replaced(v, path[1:], by) if n == place else v for n, v in enumerate(body)]
    name = sorted(body)[path[0] % len(body)]
    return body | {name: replaced(body[name], path[1:], by)}


@settings(max_examples=400, deadline=None)
@given(spoiled())
def test_no_answer_crashes_the_reader(case: tuple[str, Body]) -> None:
    reads, answer = case
    try:
        found = confirmed(reads, answer)
    except UnreadableEvent:
        return
    assert isinstance(found, GatewayEvent | Ignored)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from([*EVENT_TYPES, *events.OWN_TYPES, "OTHER"]), st.booleans())
def test_no_event_crashes_the_reader(resource: Any, event_type: str, is_pulled: bool) -> None:
    raw = envelope(event_type, resource, resource_type="capture")
    try:
        found = reader.read(raw, delivery("pull" if is_pulled else "webhook"))
    except UnreadableEvent:
        return
    assert is_pulled or not isinstance(found, GatewayEvent)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(raw: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        reader.read(raw, delivery())


def test_times_of_the_far_past_dont_reach_the_books() -> None:
    assert happened_at({"create_time": "1969-12-31T23:59:59Z"}, NOW) == NOW
    assert timedelta(0) == NOW - happened_at({"create_time": "9999-12-31T23:59:59-14:00"}, NOW)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"processor_response": {"response_code": "5120"}}, "5120"),
        ({"processor_response": {"avs_code": "Y"}, "status_details": {"reason": "OTHER"}}, "OTHER"),
        ({"status_details": {"reason": "BUYER_COMPLAINT"}}, "BUYER_COMPLAINT"),
        ({}, None),
    ],
)
def test_a_declined_capture_keeps_its_processors_code(line: Body, reason: str | None) -> None:
    failed = confirmed("capture", capture(status="DECLINED", **line)).object_reports[0]
    assert (failed.state, failed.reason) == ("failed", reason)
