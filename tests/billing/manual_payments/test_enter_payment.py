"""Payments that people enter, whole: from the API over EventsQueue into books, orders, invoices."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.watch_gateways.app import lambda_handler as watch_gateways
from kassa.audit import store as audit_trail
from kassa.audit.trail import Act
from kassa.billing.manual_payments.acts import EnteredBy, EntryResult
from kassa.billing.manual_payments.bodies import PaymentBody
from kassa.billing.manual_payments.enter_payment import enter_payment
from kassa.billing.manual_payments.entry_store import Entries, KeptEntry
from kassa.core.errors import Conflict, StaleWrite
from kassa.orders.lifecycle import OrderStatus
from kassa.platform import aws
from kassa.platform.settings import settings
from tests.support.api_requests import get, place
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context
from tests.support.builders import OPERATOR
from tests.support.manual_payments import CASH, ManualPayments
from tests.support.manual_payments import manual as manual


def acts() -> list[dict[str, Any]]:
    return [json.loads(one.content) for one in audit_trail.items(NOW.date())]


def enter(**fields: Any) -> EntryResult:
    body = PaymentBody.model_validate(CASH | fields)
    return enter_payment(body, EnteredBy(OPERATOR), Entries("main"), lambda: 29.0)


def names(facts: list[dict[str, Any]]) -> list[str]:
    return [one["data"]["fact"] for one in facts]


def test_cash_is_booked_as_any_gateways_capture(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    facts = manual.book()

    assert names(facts) == ["PaymentCaptured"]
    assert facts[0]["metadata"]["gateway"] == "manual"
    assert facts[0]["metadata"]["account"] == "till-1"
    assert facts[0]["data"]["method"] == "cash"
    assert manual.state(payment_id).captured_minor == 12_90
    assert manual.ledger() == {("customers", "EUR"): -12_90, ("gateway_clearing", "EUR"): 12_90}


@pytest.mark.parametrize(
    ("method", "paid_with"),
    [
        ("cash", ("cash", None)),
        ("till", ("other", "till")),
        ("transfer", ("bank_transfer", None)),
        ("cheque", ("other", "cheque")),
        ("other", ("other", None)),
    ],
)
def test_a_way_of_paying_is_said_in_the_words_of_all_gateways(
    manual: ManualPayments, method: str, paid_with: tuple[str, str | None]
) -> None:
    manual.entered(method=method)
    (fact,) = manual.book()
    assert (fact["data"]["method"], fact["data"].get("brand")) == paid_with


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 1290), ("EUR", 12_90), ("KWD", 12_900)])
def test_an_amount_is_booked_in_its_currencys_own_minor_units(
    manual: ManualPayments, currency: str, minor: int
) -> None:
    manual.entered(currency=currency, amount_minor=minor)
    manual.book()
    assert manual.ledger()["gateway_clearing", currency] == minor


def test_who_entered_it_is_in_the_audit_trail(manual: ManualPayments) -> None:
    payment_id = manual.entered()
    (act,) = acts()
    assert act["operation"] == "payment.enter"
    assert act["object_id"] == f"payment/manual/till-1/{payment_id}"
    assert act["by"] == {"key_id": "0123456789abcdef"}


def test_the_same_key_enters_one_payment(manual: ManualPayments) -> None:
    payment_id = manual.entered("key-1")
    assert manual.enter("key-1")[1]["payment_id"] == payment_id
    assert len(manual.queued()) == 1
    assert len(acts()) == 1


def test_the_same_key_is_one_payment_long_after_its_answer_was_forgotten(
    manual: ManualPayments,
) -> None:
    payment_id = manual.entered("key-1", received_on="2026-11-20")
    manual.clock.at += timedelta(days=3)
    status, answer = manual.enter("key-1", received_on="2026-11-20")
    assert (status, answer["payment_id"]) == (200, payment_id)


def test_the_same_name_is_one_payment_whoever_enters_it(manual: ManualPayments) -> None:
    payment_id = manual.entered("key-1", entry_id="till-1/2026-11-21/7")
    status, answer = manual.enter("key-2", entry_id="till-1/2026-11-21/7")
    assert (status, answer["payment_id"]) == (200, payment_id)


def test_a_name_that_has_another_payment_is_refused(manual: ManualPayments) -> None:
    manual.entered(entry_id="slip/7")
    status, error = manual.enter(entry_id="slip/7", amount_minor=13_00)
    assert (status, error["param"]) == (409, "entry_id")


def test_one_that_is_alike_is_refused_unless_it_is_said_to_be_another(
    manual: ManualPayments,
) -> None:
    first = manual.entered()
    status, error = manual.enter()
    assert (status, error["code"], error["param"]) == (409, "conflict", "is_repeat")
    assert first in error["message"]

    second = manual.entered(is_repeat=True)
    third = manual.entered(is_repeat=True)
    assert len({first, second, third}) == 3
    manual.book()
    assert manual.ledger()["gateway_clearing", "EUR"] == 3 * 12_90


def test_what_was_entered_by_mistake_can_be_entered_again(manual: ManualPayments) -> None:
    manual.reverse(manual.entered(), "mistake")
    manual.entered()
    manual.book()
    assert manual.ledger()["gateway_clearing", "EUR"] == 12_90


@pytest.mark.parametrize(
    "other",
    [
        {"account": "till-2"},
        {"reference": "slip-2"},
        {"amount_minor": 12_91},
        {"currency": "USD"},
        {"received_on": "2026-11-20"},
    ],
)
def test_what_differs_is_no_duplicate(manual: ManualPayments, other: dict[str, Any]) -> None:
    assert manual.entered() != manual.entered(**other)


def test_of_two_at_once_under_one_key_one_payment_is_booked(manual: ManualPayments) -> None:
    results = at_once([partial(enter, entry_id="slip/7")] * 4)

    assert [one.is_new for one in results].count(True) == 1
    assert len({one.entry.payment_id for one in results}) == 1
    manual.book()
    assert manual.ledger()["gateway_clearing", "EUR"] == 12_90


def test_of_two_alike_at_once_one_is_refused(manual: ManualPayments) -> None:
    results = at_once([enter] * 4)

    refused = [one for one in results if isinstance(one, Conflict)]
    assert (len(refused), len(results)) == (3, 4)
    manual.book()
    assert manual.ledger()["gateway_clearing", "EUR"] == 12_90


def test_what_the_queue_didnt_take_is_queued_by_the_clock(
    manual: ManualPayments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "Down", "Message": ""}}, "SendMessageBatch")

    with monkeypatch.context() as patch:
        patch.setattr(aws.client("sqs"), "send_message_batch", refuse)
        payment_id = manual.entered()
    assert manual.queued() == []

    manual.clock.at += timedelta(minutes=2)
    watch_gateways({}, Context())
    manual.book()
    assert manual.state(payment_id).captured_minor == 12_90
    watch_gateways({}, Context())
    assert manual.queued() == []


def test_a_likely_duplicate_finishes_what_was_cut_off(
    manual: ManualPayments, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "Down", "Message": ""}}, "SendMessageBatch")

    with monkeypatch.context() as patch:
        patch.setattr(aws.client("sqs"), "send_message_batch", refuse)
        manual.entered()
    assert manual.enter()[0] == 409
    assert len(manual.queued()) == 1


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": -5}, "amount_minor"),
        ({"amount_minor": 12.9}, "amount_minor"),
        ({"amount_minor": "1290"}, "amount_minor"),
        ({"amount_minor": True}, "amount_minor"),
        ({"amount_minor": 10**13}, "amount_minor"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "XAU"}, "currency"),
        ({"method": "card"}, "method"),
        ({"account": "till 1"}, "account"),
        ({"account": "till#1"}, "account"),
        ({"account": ""}, "account"),
        ({"reference": "Mr. Somebody"}, "reference"),
        ({"reference": "someone@example.com"}, "reference"),
        ({"reference": "x" * 65}, "reference"),
        ({"received_on": "2026-11-22"}, "received_on"),
        ({"received_on": "2024-11-01"}, "received_on"),
        ({"received_on": "yesterday"}, "received_on"),
        ({"received_on": "9999-12-31"}, "received_on"),
        ({"received_on": "0001-01-01"}, "received_on"),
        ({"received_at": "9999-12-31T23:59:59-14:00"}, "received_at"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at"),
        ({"received_at": "2026-11-21T09:00:01Z"}, "received_at"),
        ({"received_at": "2026-11-21T08:00:00"}, "received_at"),
        ({"invoice_number": "17"}, "invoice_number"),
        ({"comment": "for Mr. Somebody"}, "comment"),
    ],
)
def test_what_cant_be_is_refused_by_its_field(
    manual: ManualPayments, fields: dict[str, Any], param: str
) -> None:
    status, error = manual.enter(**fields)
    assert (status, error["param"]) == (400, param), error
    assert (manual.queued(), acts()) == ([], [])


@pytest.mark.parametrize(
    "both",
    [
        {"order_id": "order-1", "invoice_number": "2026-00000001"},
        {"received_on": "2026-11-20", "received_at": "2026-11-20T08:00:00Z"},
    ],
)
def test_two_names_for_one_thing_are_refused(manual: ManualPayments, both: dict[str, Any]) -> None:
    assert manual.enter(**both)[0] == 400


def test_a_day_alone_is_the_merchants_day(
    manual: ManualPayments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_TIME_ZONE", "Asia/Tokyo")
    settings.cache_clear()
    status, answer = manual.enter(received_on="2026-11-20")
    assert (status, answer["received_at"]) == (201, "2026-11-19T15:00:00Z")


@pytest.mark.parametrize("named", [{"order_id": "nobodys"}, {"invoice_number": "2026-00000099"}])
def test_what_nobody_sent_or_issued_is_refused(
    manual: ManualPayments, named: dict[str, str]
) -> None:
    assert manual.enter(**named)[0] == 404


def test_an_order_that_is_paid_in_cash_is_paid_and_invoiced(manual: ManualPayments) -> None:
    place(1, manual.clock, customer_id="c-1")
    payment_id = manual.entered(order_id="order-1", amount_minor=100_00)
    manual.follow()

    assert manual.lifecycle().status is OrderStatus.PAID
    assert manual.lifecycle().paid_by is not None
    assert manual.state(payment_id).customer_id == "c-1"
    assert get("/invoices")[1]["invoices"][0]["payment_id"] == payment_id


def test_less_and_more_than_an_order_costs_are_its_discrepancy(manual: ManualPayments) -> None:
    place(1, manual.clock)
    manual.entered(order_id="order-1", amount_minor=60_00)
    manual.follow()
    assert manual.lifecycle().status is OrderStatus.PART_PAID

    manual.entered(order_id="order-1", amount_minor=50_00)
    manual.follow()
    assert manual.lifecycle().status is OrderStatus.DISCREPANCY


def test_another_currency_than_the_orders_is_refused(manual: ManualPayments) -> None:
    place(1, manual.clock)
    status, error = manual.enter(order_id="order-1", currency="USD")
    assert (status, error["param"]) == (400, "currency")


def test_an_order_that_is_paid_twice_is_a_persons_to_give_back(manual: ManualPayments) -> None:
    place(1, manual.clock)
    manual.entered(order_id="order-1", amount_minor=100_00)
    manual.follow()
    second = manual.entered(order_id="order-1", amount_minor=100_00, reference="slip-2")
    manual.follow()

    published = manual.stack.published()
    (found,) = (one for one in published if one["detail-type"].startswith("Duplicate"))
    assert found["detail"]["data"]["fact"] == "DuplicatePaymentFound"
    assert found["detail"]["data"].get("refund_request_id") is None
    assert [one.payment_id for one in manual.lifecycle().duplicate_payments] == [second]

    assert manual.give_back(second)[0] == 201
    manual.follow()
    assert manual.state(second).headroom_minor == 0
    assert manual.lifecycle().status is OrderStatus.PAID


def test_a_payment_for_an_invoice_carries_its_number_and_its_order(manual: ManualPayments) -> None:
    place(1, manual.clock)
    manual.entered(order_id="order-1", amount_minor=100_00)
    manual.follow()
    number = get("/invoices")[1]["invoices"][0]["number"]

    manual.entered(invoice_number=number, amount_minor=5_00)
    (fact,) = [one for one in manual.book() if one["data"]["fact"] == "PaymentCaptured"]
    assert fact["data"]["invoice_number"] == number
    assert fact["data"]["order_id"] == "order-1"


def test_entered_payments_stand_in_every_list(manual: ManualPayments) -> None:
    place(1, manual.clock)
    payment_id = manual.entered(order_id="order-1")
    manual.book()

    for query in (
        {"payment_id": payment_id},
        {"order_id": "order-1"},
        {"day": "2026-11-21"},
        {"order_id": "order-1", "gateway": "manual"},
        {"payment_id": payment_id, "gateway": "manual", "account": "till-1"},
    ):
        status, page = get("/payments", **query)
        assert (status, [one["payment_id"] for one in page["payments"]]) == (200, [payment_id])
    status, payment = get(f"/payments/manual/till-1/{payment_id}")
    assert (status, payment["state"]["captured"]["amount_minor"]) == (200, 12_90)


def test_what_is_entered_again_after_its_entry_was_lost_is_the_same_payment(
    manual: ManualPayments,
) -> None:
    named, nameless = manual.entered(entry_id="slip/7"), manual.entered(reference="slip-8")
    manual.book()
    client = aws.client("dynamodb")
    for item in manual.stack.items():
        if item["PK"]["S"].startswith("MANUAL#"):
            client.delete_item(TableName=manual.stack.table, Key={n: item[n] for n in ("PK", "SK")})
    assert manual.reverse(named)[0] == 404

    assert manual.entered(entry_id="slip/7") == named
    assert manual.entered(reference="slip-8") == nameless
    manual.book()
    assert manual.ledger()["gateway_clearing", "EUR"] == 2 * 12_90
    assert manual.reverse(named)[0] == 201


def test_who_counted_payments_that_are_alike_before_another_came_counts_again(
    manual: ManualPayments,
) -> None:
    first = manual.entered()
    entries = Entries("main")
    kept = entries.named(first)
    digest = next(
        item["PK"]["S"].rpartition("#")[2]
        for item in manual.stack.items()
        if item["SK"]["S"] == "LIKENESS"
    )
    counted = entries.alike(digest)
    manual.entered(is_repeat=True)

    other = kept.entry.model_copy(update={"payment_id": "mp_other"})
    act = Act(operation="payment.enter", object_id="payment/mp_other", by=OPERATOR)
    with pytest.raises(StaleWrite):
        entries.enter(KeptEntry(other, kept.digest), counted, act)
    assert (counted.times, entries.alike(digest).times) == (1, 2)
