"""BTCPay's events: webhooks only name what is to be read back; the answer decides."""

import itertools
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kassa.core.errors import UnreadableEvent
from kassa.gateways.btcpay.event_types import EVENT_TYPES
from kassa.gateways.btcpay.events import confirmed, read
from kassa.gateways.event_types import Outcome, outcome_of
from kassa.gateways.events import (
    GatewayEvent,
    Ignored,
    ObjectKind,
    SubjectKind,
    UnverifiedNotification,
)
from kassa.gateways.states import RANKS
from kassa.ledger.state import SubjectState, join
from tests.support.gateway_payloads.btcpay import T0, Body, answer, at, delivery, payment


def webhook(event_type: str, **fields: Any) -> Body:
    body: Body = {"deliveryId": "d1", "webhookId": "w1", "originalDeliveryId": "d1"}
    body |= {"isRedelivery": False, "type": event_type, "timestamp": T0 + 900, "storeId": "store"}
    return body | {"invoiceId": "inv1", "metadata": {"orderId": "o-1"}} | fields


def reading(event_type: str, **fields: Any) -> GatewayEvent | Ignored | UnverifiedNotification:
    return read(json.dumps(webhook(event_type, **fields)).encode(), delivery())


def notification(reads: str = "invoice", object_id: str = "inv1") -> UnverifiedNotification:
    return UnverifiedNotification(
        event_id="d1",
        gateway_type="InvoiceSettled",
        happened_at=at(T0 + 900),
        reads=reads,
        object_id=object_id,
        name="d1",
    )


def booked(body: Body) -> GatewayEvent:
    event = confirmed(notification(), body, delivery())
    assert isinstance(event, GatewayEvent)
    return event


def stands(body: Body) -> dict[str, tuple[str, int]]:
    object_reports = booked(body).object_reports
    return {one.kind.value: (one.state, one.amount.amount_minor) for one in object_reports}


INVOICE_TYPES = [
    *("InvoiceReceivedPayment", "InvoicePaymentSettled", "InvoiceProcessing"),
    *("InvoiceSettled", "InvoiceExpired", "InvoiceInvalid"),
]


@pytest.mark.parametrize("event_type", INVOICE_TYPES)
def test_what_an_invoice_notifies_is_read_back_under_its_original_delivery(event_type: str) -> None:
    unverified = reading(event_type, deliveryId="d2", isRedelivery=True)
    assert unverified == notification().model_copy(update={"gateway_type": event_type})


def test_a_redelivery_is_the_same_event_with_the_same_name_and_no_digest_to_differ() -> None:
    first, again = (
        reading("InvoiceSettled"),
        reading("InvoiceSettled", deliveryId="d9", isRedelivery=True),
    )
    assert first == again
    assert isinstance(first, UnverifiedNotification)
    assert first.digest == ""


@pytest.mark.parametrize("event_type", ["PayoutCreated", "PayoutApproved", "PayoutUpdated"])
def test_a_payout_leads_to_its_pull_payment(event_type: str) -> None:
    part = reading(event_type, payoutId="po1", pullPaymentId="pp1", payoutState="AwaitingApproval")
    assert isinstance(part, UnverifiedNotification)
    assert (part.reads, part.object_id, part.name) == ("pull_payment", "pp1", "d1")


@pytest.mark.parametrize(
    ("event_type", "fields"),
    [
        ("InvoiceCreated", {}),
        ("PayoutCreated", {"payoutId": "po1", "pullPaymentId": None}),
        ("PaymentRequestStatusChanged", {"paymentRequestId": "pr1", "status": "Completed"}),
        ("SubscriberCreated", {}),
        ("SomethingNew", {}),
    ],
)
def test_what_moves_no_payment_is_counted_by_type(event_type: str, fields: Body) -> None:
    event = reading(event_type, **fields)
    assert isinstance(event, Ignored)
    assert (event.event_id, event.gateway_type) == ("d1", event_type)
    assert event.subject.subject_id == ("inv1" if event_type == "InvoiceCreated" else "d1")


def test_a_test_from_the_dashboard_is_counted_and_nothing_is_read_back() -> None:
    event = reading(
        "InvoiceSettled", originalDeliveryId="__test__1b-2__test__", invoiceId="__test__3__test__"
    )
    assert isinstance(event, Ignored)
    assert event.gateway_type == "InvoiceSettled (a test)"


TABLE = [
    (answer("New"), {"checkout": ("open", 10_00)}),
    (
        answer("New", "PaidPartial", payment("4.00")),
        {"checkout": ("open", 10_00), "charge": ("pending", 4_00)},
    ),
    (
        answer("Processing", "None", payment("10.00", status="Processing")),
        {"checkout": ("open", 10_00), "charge": ("pending", 10_00)},
    ),
    (
        answer("Settled", "None", payment("10.00")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (
        answer("Settled", "PaidOver", payment("12.34")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 12_34)},
    ),
    (  # BTCPay says that a single cent is too much, so it is no rounding
        answer("Settled", "PaidOver", payment("10.01")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_01)},
    ),
    (
        answer("Settled", "None", payment("10.01")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (
        answer("Settled", "None", payment("9.99")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (  # two cents are no rounding any more
        answer("Settled", "None", payment("10.02")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_02)},
    ),
    (
        answer("Settled", "None", payment("9.98")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 9_98)},
    ),
    (  # spent elsewhere before it was confirmed
        answer("New", "None", payment("10.00", status="Invalid")),
        {"checkout": ("open", 10_00)},
    ),
    (  # what was paid beyond it isn't confirmed yet
        answer("Settled", "PaidOver", payment("10.00"), payment("2.00", status="Processing")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (  # the store tolerates a little less
        answer("Settled", "None", payment("9.90")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 9_90)},
    ),
    (  # the network fee that the customer was asked to add isn't for the order
        answer("Settled", "None", payment("10.50", fee="0.00001000")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (
        answer("Settled", "Marked"),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (
        answer("Settled", "Marked", payment("4.00")),
        {"checkout": ("completed", 10_00), "charge": ("captured", 10_00)},
    ),
    (answer("Expired"), {"checkout": ("expired", 10_00)}),
    (
        answer("Expired", "PaidPartial", payment("4.00")),
        {"checkout": ("expired", 10_00), "charge": ("captured", 4_00)},
    ),
    (
        answer("Expired", "PaidPartial", payment("4.00", status="Processing")),
        {"checkout": ("expired", 10_00), "charge": ("pending", 4_00)},
    ),
    (
        answer("Expired", "PaidLate", payment("10.00", seconds=2_000)),
        {"checkout": ("expired", 10_00), "charge": ("captured", 10_00)},
    ),
    (
        answer("Invalid", "None", payment("10.00", status="Processing")),
        {"checkout": ("expired", 10_00), "charge": ("failed", 10_00)},
    ),
    (
        answer("Invalid", "Marked"),
        {"checkout": ("expired", 10_00), "charge": ("failed", 10_00)},
    ),
    (  # it was given up, but the coins are there
        answer("Invalid", "None", payment("10.00")),
        {"checkout": ("expired", 10_00), "charge": ("captured", 10_00)},
    ),
    (answer("Settled", "None", payment("7.00"), amount="0", type="TopUp"), None),
]


@pytest.mark.parametrize(("body", "expected"), TABLE)
def test_how_an_invoice_stands(body: Body, expected: dict[str, tuple[str, int]] | None) -> None:
    if expected is None:
        expected = {"checkout": ("completed", 0), "charge": ("captured", 7_00)}
    assert stands(body) == expected


def test_an_event_names_payment_order_customer_language_and_method() -> None:
    event = booked(answer("Settled", "None", payment("10.00")))
    assert (event.subject.kind, event.subject.subject_id) == (SubjectKind.PAYMENT, "inv1")
    assert (event.order_id, event.customer_id, event.language) == ("o-1", "c-1", "fi")
    page, charge = event.object_reports
    assert (page.object_id, page.method) == ("inv1/checkout", None)
    assert (charge.object_id, charge.method) == ("inv1", "crypto")


def test_times_are_those_of_the_payments_and_the_checkout_never_of_the_delivery() -> None:
    late = booked(
        answer("Expired", "PaidLate", payment("4.00", seconds=60), payment("6.00", seconds=2_000))
    )
    page, charge = late.object_reports
    assert page.happened_at == at(T0 + 900)
    assert charge.happened_at == late.happened_at == at(T0 + 2_000)
    assert booked(answer("Settled", "Marked")).happened_at == at(T0)


def test_what_a_person_marked_says_so_where_events_are_counted() -> None:
    event = booked(answer("Settled", "Marked"))
    assert event.gateway_type == "InvoiceSettled (marked by hand)"


def test_why_an_invoice_failed_is_reported() -> None:
    by_hand, by_time = (
        booked(answer("Invalid", why)).object_reports[1] for why in ("Marked", "None")
    )
    assert (by_hand.reason, by_time.reason) == ("marked_invalid", "not_confirmed")


@pytest.mark.parametrize("currency", ["BTC", "SATS", "LTC"])
def test_an_invoice_priced_in_coins_is_counted_and_never_booked(currency: str) -> None:
    body = answer("Settled", "None", currency=currency, amount="0.50000000")
    body["methods"].append({"currency": "LTC", "rate": "1", "payments": []})
    event = confirmed(notification(), body, delivery())
    assert isinstance(event, Ignored)
    assert event.gateway_type == "InvoiceSettled (not priced in a currency of ISO 4217)"


def pull_payment(*payouts: Body, **fields: Any) -> Body:
    body: Body = {"id": "pp1", "name": "rr_1", "description": "Refund of invoice inv1"}
    body |= {"currency": "EUR", "amount": "6.00", "archived": False, "startsAt": T0 + 5_000}
    body |= {"viewLink": "https://pay.example/pull-payments/pp1"}
    return answer("Settled", "None") | {"refund": body | fields, "payouts": list(payouts)}


def payout(state: str, amount: str = "6.00", seconds: int = 6_000) -> Body:
    return {"state": state, "date": str(T0 + seconds), "originalAmount": amount}


@pytest.mark.parametrize(
    ("body", "state", "amount_minor"),
    [
        (pull_payment(), "requires_action", 6_00),
        (pull_payment(payout("AwaitingApproval")), "requires_action", 6_00),
        (pull_payment(payout("AwaitingPayment")), "requires_action", 6_00),
        (pull_payment(payout("InProgress")), "requires_action", 6_00),
        (pull_payment(payout("Completed")), "succeeded", 6_00),
        (pull_payment(payout("Cancelled")), "requires_action", 6_00),  # it can be claimed anew
        (pull_payment(payout("Cancelled"), payout("Completed")), "succeeded", 6_00),
        (pull_payment(payout("Completed", "2.50")), "requires_action", 6_00),
        (pull_payment(payout("Completed", "2.50"), payout("Completed", "3.50")), "succeeded", 6_00),
        (pull_payment(archived=True), "canceled", 6_00),
        (pull_payment(payout("Cancelled"), archived=True), "canceled", 6_00),
        (pull_payment(payout("InProgress"), archived=True), "requires_action", 6_00),
        (pull_payment(payout("Completed", "2.50"), archived=True), "succeeded", 2_50),
        (
            pull_payment(payout("Completed", "2.50"), payout("InProgress", "3.50"), archived=True),
            "requires_action",
            6_00,
        ),
    ],
)
def test_how_a_refund_stands(body: Body, state: str, amount_minor: int) -> None:
    (object_report,) = booked(body).object_reports
    assert object_report.kind is ObjectKind.REFUND
    assert (object_report.state, object_report.amount.amount_minor) == (state, amount_minor)


def test_a_refund_stands_on_its_payment_with_our_name_and_the_customers_link() -> None:
    event = booked(pull_payment(payout("Completed")))
    (object_report,) = event.object_reports
    assert (event.subject.subject_id, object_report.object_id) == ("inv1", "pp1")
    assert object_report.refund_request_id == "rr_1"
    assert object_report.reference == "https://pay.example/pull-payments/pp1"
    assert object_report.happened_at == at(T0 + 6_000)


def test_a_refund_made_in_the_dashboard_names_its_invoice_and_none_of_our_requests() -> None:
    body = pull_payment(name="Refund inv1", description=None)
    (object_report,) = booked(body).object_reports
    assert object_report.refund_request_id is None


def test_a_refund_in_coins_counts_by_the_rate_the_payment_had() -> None:
    body = pull_payment(payout("Completed", "0.00012000"), currency="BTC", amount="0.00012000")
    (object_report,) = booked(body).object_reports
    assert (object_report.amount.amount_minor, object_report.amount.currency) == (6_00, "EUR")


def test_a_pull_payment_that_refunds_no_invoice_is_counted() -> None:
    body = pull_payment(name="Salaries", description="November")
    del body["invoice"]
    event = confirmed(notification("pull_payment", "pp1"), body, delivery())
    assert isinstance(event, Ignored)
    assert event.gateway_type == "InvoiceSettled (refunds no invoice)"


def fetched(body: Body) -> bytes:
    return json.dumps(
        {"event_id": "look_up:inv1:1", "type": "kassa.invoice", "answer": body}
    ).encode()


def test_what_kassa_fetched_is_read_like_an_answer() -> None:
    event = read(fetched(answer("Settled", "None", payment("10.00"))), delivery("look_up"))
    assert isinstance(event, GatewayEvent)
    assert event.event_id == "look_up:inv1:1"


def test_a_webhook_cannot_pass_for_what_kassa_fetched() -> None:
    event = read(fetched(answer("Settled", "None", payment("10.00"))), delivery("webhook"))
    assert isinstance(event, Ignored)
    assert event.gateway_type == "kassa.invoice"


def test_the_first_deliverys_id_is_read_as_it_was_spelled_before_1_1_0() -> None:
    body = webhook("InvoiceSettled") | {"orignalDeliveryId": "d0"}
    del body["originalDeliveryId"]
    event = read(json.dumps(body).encode(), delivery())
    assert isinstance(event, UnverifiedNotification)
    assert (event.event_id, event.object_id) == ("d0", "inv1")


@pytest.mark.parametrize("name", [*EVENT_TYPES, "SomethingNew"])
def test_a_type_is_what_its_table_says(name: str) -> None:
    is_booked = outcome_of("btcpay", name) is Outcome.BOOKED
    event = reading(name, pullPaymentId="pp1")
    assert isinstance(event, UnverifiedNotification if is_booked else Ignored)
    if not is_booked:  # what is counted needs no form
        bare = read(json.dumps({"type": name, "timestamp": "soon"}).encode(), delivery())
        assert isinstance(bare, Ignored)


LIFECYCLE = [
    answer("New"),
    answer("New", "PaidPartial", payment("4.00", status="Processing")),
    answer("Expired", "PaidPartial", payment("4.00")),
    answer("Expired", "PaidLate", payment("4.00"), payment("6.00", 2_000, "Processing")),
    answer("Expired", "PaidLate", payment("4.00"), payment("6.00", 2_000)),
    answer("Settled", "Marked", payment("4.00"), payment("6.00", 2_000)),
]


def test_an_invoices_lifecycle_folds_to_the_same_state_in_every_order() -> None:
    events = [booked(body) for body in LIFECYCLE]
    folded = set()
    for order in itertools.permutations(events):
        state = SubjectState()
        for event in order:
            state = join(state, event)
        folded.add(repr(sorted(state.objects.items())))
    assert len(folded) == 1
    assert state.captured_minor == 10_00


TEXTS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just([1]) | st.just({})
)
STATUSES = st.sampled_from(["New", "Processing", "Settled", "Expired", "Invalid", "Other"])


@given(st.binary(max_size=60))
@example(b"[" * 100_000)
@example(b'{"a": ' + b"9" * 5_000 + b"}")
@example(b'{"type": "InvoiceSettled", "originalDeliveryId": "\\ud800", "timestamp": 1}')
def test_no_bytes_raise_anything_but_unreadable(raw: bytes) -> None:
    for origin in ("webhook", "look_up"):
        with pytest.raises(UnreadableEvent):
            read(raw, delivery(origin))


@given(st.sampled_from([*INVOICE_TYPES, "PayoutUpdated", "Other"]), st.data())
def test_a_spoiled_webhook_is_unreadable_or_leads_to_a_notification(
    kind: str, data: st.DataObject
) -> None:
    body = webhook(kind, pullPaymentId="pp1")
    for name in data.draw(st.sets(st.sampled_from(sorted(body)), max_size=3)):
        body[name] = data.draw(TEXTS)
    with suppress(UnreadableEvent):
        assert read(json.dumps(body).encode(), delivery())


@given(st.data(), STATUSES, st.booleans())
def test_a_spoiled_answer_is_unreadable_or_stands_in_a_known_state(
    data: st.DataObject, status: str, is_refund: bool
) -> None:
    body = answer(status, "None", payment("4.00"), payment("6.00", 70))
    if is_refund:
        body |= {key: pull_payment(payout("Completed"))[key] for key in ("refund", "payouts")}
    places = [body, body["invoice"], body["methods"][0], body["methods"][0]["payments"][0]]
    places += [body["refund"], body["payouts"][0]] if is_refund else []
    for place in data.draw(st.lists(st.sampled_from(places), max_size=3)):
        place[data.draw(st.sampled_from(sorted(place)))] = data.draw(TEXTS)
    try:
        event = confirmed(notification(), body, delivery())
    except UnreadableEvent:
        return
    for object_report in event.object_reports if isinstance(event, GatewayEvent) else ():
        assert object_report.state in RANKS[object_report.kind]
        assert object_report.amount.amount_minor >= 0
