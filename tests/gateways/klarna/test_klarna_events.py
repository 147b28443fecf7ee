"""What Klarna says, in our words: signed webhooks, notifications, orders and disputes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.errors import UnreadableEvent
from kassa.gateways.events import (
    GatewayEvent,
    Ignored,
    ObjectKind,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.klarna.disputes import dispute_essence
from kassa.gateways.klarna.events import confirmed, read
from kassa.gateways.klarna.parsing import framed
from kassa.gateways.klarna.payments import order_essence
from kassa.ledger.booking import book
from kassa.ledger.state import SubjectState
from tests.support.builders import CONTEXT
from tests.support.gateway_payloads.klarna import (
    KRN,
    capture,
    delivery,
    dispute,
    looked_up,
    order,
    payout,
    refund,
    transaction,
    webhook,
)

K = ObjectKind
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def states(event: object) -> dict[str, str]:
    assert isinstance(event, GatewayEvent)
    return {f"{s.kind} {s.object_id}": s.state for s in event.object_reports}


def test_an_order_is_a_payment_whose_captures_are_charges() -> None:
    event = looked_up(order(captures=[capture(60_00), capture(40_00, "c-2")]))
    assert states(event) == {"charge c-1": "captured", "charge c-2": "captured"}
    assert event.subject.kind is SubjectKind.PAYMENT
    assert (event.subject.subject_id, event.order_id, event.language) == ("o-1", "order-1", "fi-FI")
    assert {(s.method, s.brand) for s in event.object_reports} == {("pay_later", "klarna")}
    assert event.object_reports[0].amount.currency == "EUR"
    assert event.object_reports[0].country == "FI"


def test_a_refund_carries_our_name_where_it_is_ours() -> None:
    ours, theirs = refund(30_00, "rr_1"), refund(10_00)
    event = looked_up(order(captures=[capture()], refunds=[ours, theirs], refunded_amount=40_00))
    named = {s.object_id: s.refund_request_id for s in event.object_reports if s.kind is K.REFUND}
    assert named == {"r-3000": "rr_1", "r-1000": None}


@pytest.mark.parametrize(
    ("status", "fraud", "state"),
    [
        ("AUTHORIZED", "ACCEPTED", "authorized"),
        ("AUTHORIZED", "PENDING", "processing"),
        ("AUTHORIZED", "REJECTED", "voided"),
        ("CANCELLED", "ACCEPTED", "voided"),
        ("EXPIRED", "ACCEPTED", "voided"),
        ("CLOSED", "ACCEPTED", "voided"),
        ("CAPTURED", "ACCEPTED", "captured"),
    ],
)
def test_what_is_not_captured_is_authorized_or_let_go(status: str, fraud: str, state: str) -> None:
    assert states(looked_up(order(status, fraud_status=fraud))) == {"payment o-1": state}


def test_what_was_captured_is_never_voided_by_what_comes_after() -> None:
    assert states(looked_up(order("CANCELLED", captures=[capture()]))) == {"charge c-1": "captured"}


def test_refunds_that_are_only_summed_up_hold_headroom_back() -> None:
    event = looked_up(order(captures=[capture()], refunded_amount=25_00))
    state, _ = book(SubjectState(), event, CONTEXT)
    assert state.headroom_minor == 75_00


def test_the_same_state_is_one_event_however_often_it_is_read() -> None:
    body = order(captures=[capture()])
    first, again = looked_up(body), looked_up(body | {"remaining_authorized_amount": 0})
    later = looked_up(body | {"refunds": [refund(1_00)]})
    assert first.event_id == again.event_id != later.event_id


def test_a_callback_is_a_notification_to_read_its_checkout_or_its_order() -> None:
    raw = framed("callback", session_id="s-1", order_id="o-9")
    notification = read(raw, delivery(is_unverified=True))
    assert isinstance(notification, UnverifiedNotification)
    assert (notification.reads, notification.object_id, notification.name) == (
        "session",
        "s-1",
        None,
    )
    event = confirmed(notification, order(captures=[capture()]), delivery(is_unverified=True))
    assert states(event) == {"charge c-1": "captured"}
    assert event.event_id.startswith("order:o-1:")
    notification = read(framed("callback", order_id="o-9"), delivery(is_unverified=True))
    assert isinstance(notification, UnverifiedNotification)
    assert (notification.reads, notification.object_id) == ("order", "o-9")


def test_a_checkout_that_is_not_paid_is_ignored() -> None:
    notification = read(framed("callback", session_id="s-1"), delivery(is_unverified=True))
    assert isinstance(notification, UnverifiedNotification)
    event = confirmed(notification, {"session_id": "s-1", "status": "IN_PROGRESS"}, delivery())
    assert isinstance(event, Ignored)
    assert event.event_id == "session:s-1:in_progress"


@pytest.mark.parametrize("kind", ["order", "dispute", "transaction", "payout"])
def test_a_webhook_that_looks_like_our_own_frame_is_not_believed(kind: str) -> None:
    raw = framed(kind, **{kind: order(captures=[capture()])})
    for seen in (delivery(), delivery(is_unverified=True)):
        with pytest.raises(UnreadableEvent):
            read(raw, seen)


def test_a_dispute_that_says_its_amount_is_read_at_once() -> None:
    event = read(webhook("payment.dispute.state-change.initiated", dispute()), delivery())
    assert states(event) == {"dispute 5169": "open"}
    assert isinstance(event, GatewayEvent)
    assert event.subject.subject_id == "o-1"
    assert event.object_reports[0].reason == "GOODS_NOT_RECEIVED"
    assert event.object_reports[0].happened_at == datetime(2026, 11, 22, 6, 31, tzinfo=UTC)


def test_a_dispute_that_says_no_amount_is_read_back() -> None:
    payload = dispute("CLOSED", dispute_outcome="LOST", closed_at="2026-11-22T08:00:00Z")
    del payload["dispute_details"]
    notification = read(webhook("payment.dispute.state-change.closed", payload), delivery())
    assert isinstance(notification, UnverifiedNotification)
    assert (notification.reads, notification.object_id) == ("dispute", KRN)
    answer = dispute("CLOSED", dispute_outcome="LOST", closed_at="2026-11-22T08:00:00Z")
    event = confirmed(notification, answer, delivery())
    assert states(event) == {"dispute 5169": "lost", "dispute_funds 5169/funds": "withdrawn"}


@pytest.mark.parametrize(
    "missing", [("order_id",), ("state",), ("created_at", "updated_at"), ("dispute_details",)]
)
def test_a_dispute_that_says_too_little_is_read_back(missing: tuple[str, ...]) -> None:
    payload = {name: value for name, value in dispute().items() if name not in missing}
    notification = read(webhook("payment.dispute.state-change.initiated", payload), delivery())
    assert isinstance(notification, UnverifiedNotification)
    assert notification.reads == "dispute"


def test_a_dispute_won_says_nothing_of_funds() -> None:
    answer = dispute("CLOSED", dispute_outcome="WON")
    event = read(framed("dispute", dispute=answer), delivery("look_up"))
    assert states(event) == {"dispute 5169": "won"}


def test_a_dispute_without_an_order_is_led_there_by_its_capture() -> None:
    event = read(framed("dispute", dispute=dispute(order_id=None)), delivery("look_up"))
    assert isinstance(event, GatewayEvent)
    assert event.charge_reference == "c-1"


def test_events_that_share_one_id_are_distinguished_by_type_and_object() -> None:
    payload = [
        webhook("payment.dispute.state-change.initiated", dispute()),
        webhook("payment.dispute.updated", dispute()),
        webhook("payment.dispute.updated", dispute(payment_dispute_id=KRN + "0")),
        webhook("payment.request.state-change.submitted", {"payment_request_id": "p-1"}),
        webhook("payment.request.state-change.submitted", {"payment_request_id": "p-2"}),
    ]
    assert len({read(raw, delivery()).event_id for raw in payload}) == len(payload)


def test_an_event_of_an_order_reads_the_order_back() -> None:
    notification = read(webhook("payment.transaction.captured", {"order_id": "o-1"}), delivery())
    assert isinstance(notification, UnverifiedNotification)
    assert (notification.reads, notification.object_id) == ("order", "o-1")


def test_what_is_reported_of_the_other_mode_is_ignored() -> None:
    event = read(webhook("payment.dispute.updated", dispute(), live=False), delivery())
    assert isinstance(event, Ignored)
    assert event.gateway_type.endswith("(not live mode)")
    event = read(webhook("payment.dispute.updated", dispute()), delivery(mode="test"))
    assert isinstance(event, Ignored)


def test_what_we_do_not_act_on_is_ignored() -> None:
    event = read(webhook("customer.updated", {"order_id": "o-1"}), delivery())
    assert isinstance(event, Ignored)


def test_what_is_kept_of_an_order_reads_the_same_and_names_nobody() -> None:
    whole = order(
        captures=[capture() | {"billing_address": {"email": "a@b.test"}}],
        refunds=[refund(5_00, "rr_1") | {"description": "for Ann"}],
        refunded_amount=7_00,
        billing_address={"given_name": "Ann", "email": "a@b.test", "country": "se"},
        shipping_address={"given_name": "Ann"},
        customer={"date_of_birth": "1990-01-01"},
        merchant_data='{"customer_id": "customer-1"}',
    )
    kept = order_essence(whole)
    assert looked_up(kept) == looked_up(whole)
    assert looked_up(kept).customer_id == "customer-1"
    for name in ("Ann", "a@b.test", "1990"):
        assert name not in json.dumps(kept)
    payload = dispute("CLOSED", dispute_outcome="LOST", partner_evidence={"additional": "Ann"})
    seen = [
        read(framed("dispute", dispute=one), delivery("look_up"))
        for one in (payload, dispute_essence(payload))
    ]
    assert seen[0] == seen[1]
    assert "Ann" not in json.dumps(dispute_essence(payload))


@given(st.binary(max_size=300) | JSON.map(lambda payload: json.dumps(payload).encode()))
def test_whatever_bytes_come_they_are_read_or_unreadable(raw: bytes) -> None:
    for origin in ("webhook", "pull"):
        try:
            read(raw, delivery(origin))
        except UnreadableEvent:
            continue


def spoilt(body: dict[str, Any], path: list[int], value: Any) -> dict[str, Any]:
    """Put a value at some place of a body, by the numbers of its keys."""
    copied: Any = json.loads(json.dumps(body))
    inner = copied
    for step in path:
        keys = list(inner) if isinstance(inner, dict) else range(len(inner))
        key = keys[step % len(keys)] if len(keys) else None
        if key is None:
            break
        if not isinstance(inner[key], dict | list) or step == path[-1]:
            inner[key] = value
            break
        inner = inner[key]
    return dict(copied)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), JSON, st.integers(0, 3))
def test_a_spoilt_body_of_any_kind_is_read_or_unreadable(
    path: list[int], value: Any, kind: int
) -> None:
    bodies = [
        ("order", order(captures=[capture()], refunds=[refund(1_00)], merchant_data="{}")),
        ("dispute", dispute("CLOSED", dispute_outcome="LOST")),
        ("transaction", transaction("RETURN", 1_00, refund_id="r-1")),
        ("payout", payout(95_00, tax_amount=80)),
    ]
    name, body = bodies[kind]
    fields = {name: spoilt(body, path, value), "id": "P/1", "unexplained_minor": 0}
    try:
        read(framed(name, **fields), delivery("pull"))
    except UnreadableEvent:
        return
