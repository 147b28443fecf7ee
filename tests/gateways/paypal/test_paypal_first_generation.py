"""Objects of PayPal's first generation, which subscriptions still make, are read as others are."""

import pytest

from kassa.gateways.events import GatewayEvent, Ignored
from kassa.gateways.paypal import events as reader
from tests.support.gateway_payloads.paypal import Body, confirmed, delivery, envelope

FIRST = {"total": "50.00", "currency": "EUR"}
OLD: list[tuple[str, Body, tuple[str, str, int]]] = [
    (
        "PAYMENT.CAPTURE.COMPLETED",
        {"id": "C1", "state": "completed", "amount": FIRST, "parent_payment": "PAY-1"},
        ("C1", "captured", 50_00),
    ),
    (
        "PAYMENT.CAPTURE.PENDING",
        {"id": "C1", "state": "pending", "amount": FIRST},
        ("C1", "pending", 50_00),
    ),
    (
        "PAYMENT.CAPTURE.DENIED",
        {"id": "C1", "state": "denied", "amount": FIRST},
        ("C1", "failed", 50_00),
    ),
    (
        "PAYMENT.CAPTURE.REFUNDED",
        {"id": "R1", "state": "completed", "amount": FIRST, "capture_id": "C1"},
        ("R1", "succeeded", 50_00),
    ),
    (
        "PAYMENT.CAPTURE.REVERSED",
        {"id": "R1", "state": "completed", "amount": FIRST, "capture_id": "C1"},
        ("R1", "withdrawn", 50_00),
    ),
    (
        "PAYMENT.SALE.COMPLETED",
        {"id": "S1", "state": "completed", "amount": FIRST},
        ("S1", "captured", 50_00),
    ),
    (
        "PAYMENT.SALE.PENDING",
        {"id": "S1", "state": "pending", "amount": FIRST},
        ("S1", "pending", 50_00),
    ),
    (
        "PAYMENT.SALE.DENIED",
        {"id": "S1", "state": "denied", "amount": FIRST},
        ("S1", "failed", 50_00),
    ),
    (
        "PAYMENT.SALE.REFUNDED",
        {"id": "R1", "state": "completed", "amount": FIRST | {"total": "-50.00"}, "sale_id": "S1"},
        ("R1", "succeeded", 50_00),
    ),
    (
        "PAYMENT.SALE.REVERSED",
        {"id": "R1", "state": "completed", "amount": FIRST | {"total": "-50.00"}, "sale_id": "S1"},
        ("R1", "withdrawn", 50_00),
    ),
]


@pytest.mark.parametrize(("event_type", "resource", "expected"), OLD)
def test_the_first_generation_is_read_in_both_ways_in(
    event_type: str, resource: Body, expected: tuple[str, str, int]
) -> None:
    raw = envelope(event_type, resource)
    pulled = reader.read(raw, delivery("pull"))
    notification = reader.read(raw, delivery())
    answer = resource
    if event_type.endswith("REVERSED"):
        answer = {"disputes": [], "payment_id": "C1", "reversal": resource}
    for event in (pulled, reader.confirmed(notification, answer, delivery())):  # type: ignore[arg-type]
        assert isinstance(event, GatewayEvent)
        first = event.object_reports[0]
        assert (first.object_id, first.state, first.amount.amount_minor) == expected


@pytest.mark.parametrize(
    "event_type", ["PAYMENT.AUTHORIZATION.CREATED", "PAYMENT.ORDER.CREATED", "RISK.DISPUTE.CREATED"]
)
@pytest.mark.parametrize("origin", ["webhook", "pull"])
def test_what_takes_no_money_or_says_nothing_is_counted(event_type: str, origin: str) -> None:
    raw = envelope(event_type, {"id": "A1", "state": "authorized", "amount": FIRST})
    assert isinstance(reader.read(raw, delivery(origin)), Ignored)


def test_a_reversal_of_a_sale_that_it_doesnt_name_is_led_to_it() -> None:
    body = {"id": "R1", "state": "completed", "amount": FIRST | {"total": "-0.49"}}
    event = confirmed("reversal", {"disputes": [], "reversal": body})
    assert (event.charge_reference, event.subject.subject_id) == ("R1", "R1")
    assert event.object_reports[0].amount.amount_minor == 49
