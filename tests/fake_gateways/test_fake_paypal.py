"""The fake PayPal as its API meets it: limits, memory, money that waits, disputes, reports."""

import base64
import json
import random
from typing import Any

import pytest

from infra.fake_gateways.kit.answers import Answer, Body
from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.paypal.account import DAY_S, HOUR_S
from infra.fake_gateways.paypal.errors import Refusal
from infra.fake_gateways.paypal.model import FakePayPal, Switches
from kassa.core.money import Money, to_decimal

START_S = 1_795_348_800.0
BASIC = {"Authorization": "Basic " + base64.b64encode(b"client:secret").decode()}
ORDERS = "/v2/checkout/orders"


class Caller:
    """A merchant's program with a token, and a clock it can set forward."""

    def __init__(self, **switches: Any) -> None:
        self.now_s = START_S
        self.events: list[Body] = []
        self.fake = FakePayPal(
            lambda: self.now_s,
            random.Random(7),
            Switches(**({"report_lag_s": 0.0} | switches)),
            self.events.append,
        )
        self.token = self.buy().body["access_token"]

    def buy(
        self, headers: Body | None = None, body: bytes = b"grant_type=client_credentials"
    ) -> Any:
        credentials = BASIC if headers is None else headers
        return self.fake.request("POST", "/v1/oauth2/token", "", credentials, body)

    def send(
        self, method: str, path: str, body: Body | None = None, key: str = "", query: str = ""
    ) -> Answer:
        headers = {"authorization": f"Bearer {self.token}", "Prefer": "return=representation"}
        headers |= {"PayPal-Request-Id": key} if key else {}
        raw = json.dumps(body or {}).encode() if method == "POST" else b""
        return self.fake.request(method, path, query, headers, raw)

    def order(
        self, minor: int = 50_00, currency: str = "EUR", key: str = "", **more: Any
    ) -> Answer:
        unit = {"amount": amount(minor, currency)} | more
        return self.send("POST", ORDERS, {"intent": "CAPTURE", "purchase_units": [unit]}, key)

    def paid(self, minor: int = 50_00, currency: str = "EUR") -> str:
        return str(self.fake.sell("order-7", minor, currency)["payment_id"])

    def refund(self, payment_id: str, minor: int | None = None, key: str = "") -> Answer:
        body = {} if minor is None else {"amount": amount(minor, "EUR")}
        return self.send("POST", f"/v2/payments/captures/{payment_id}/refund", body, key)

    def event_types(self) -> list[str]:
        types = [event["event_type"] for event in self.events]
        self.events.clear()
        return types

    def balance(self) -> Any:
        return self.fake.truth()["balance_minor"]


def amount(minor: int, currency: str) -> Body:
    value = to_decimal(Money(amount_minor=minor, currency=currency))
    return {"currency_code": currency, "value": str(value)}


def issue(answer: Answer) -> str:
    return str(answer.body["details"][0]["issue"])


def test_nobody_gets_in_without_a_token_that_counts() -> None:
    caller = Caller()
    payment_id = caller.paid()
    path = f"/v2/payments/captures/{payment_id}"
    assert caller.send("GET", path).status == 200
    assert caller.fake.request("GET", path).status == 401
    assert caller.buy({"Authorization": "Basic !!"}).status == 401
    assert caller.buy(body=b"grant_type=password").status == 400
    caller.now_s += caller.fake.switches.token_lifetime_s
    assert caller.send("GET", path).status == 401


def test_an_order_is_approved_and_captured_once() -> None:
    caller = Caller()
    order = caller.order().body
    path = f"{ORDERS}/{order['id']}"
    assert issue(caller.send("POST", f"{path}/capture")) == "ORDER_NOT_APPROVED"
    caller.fake.finish_checkout(order["id"])
    captured = caller.send("POST", f"{path}/capture")
    assert (captured.status, captured.body["status"]) == (201, "COMPLETED")
    assert issue(caller.send("POST", f"{path}/capture")) == "ORDER_ALREADY_CAPTURED"
    assert caller.event_types() == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]
    assert caller.balance() == {"EUR": 50_00 - 1_75}


def test_the_same_request_id_is_the_same_answer_until_it_is_forgotten() -> None:
    caller = Caller()
    first = caller.order(key="a")
    assert caller.order(key="a").body["id"] == first.body["id"]
    assert caller.order(key="b").body["id"] != first.body["id"]
    caller.now_s += 6 * HOUR_S
    assert caller.order(key="a").body["id"] != first.body["id"]


def test_a_refunds_request_id_is_remembered_for_45_days() -> None:
    caller = Caller(token_lifetime_s=100.0 * DAY_S)
    payment_id = caller.paid()
    first = caller.refund(payment_id, 10_00, "r")
    caller.now_s += 44 * DAY_S
    assert caller.refund(payment_id, 10_00, "r").body["id"] == first.body["id"]
    caller.now_s += 2 * DAY_S
    assert caller.refund(payment_id, 10_00, "r").body["id"] != first.body["id"]


def test_a_no_isnt_remembered() -> None:
    caller = Caller()
    order = caller.order().body
    path = f"{ORDERS}/{order['id']}/capture"
    caller.fake.finish_checkout(order["id"], "declined")
    assert issue(caller.send("POST", path, key="c")) == "INSTRUMENT_DECLINED"
    caller.fake.finish_checkout(order["id"], "paid")
    assert caller.send("POST", path, key="c").status == 201


def test_one_invoice_is_paid_once() -> None:
    caller = Caller()
    first = caller.order(invoice_id="order-7.1").body["id"]
    assert caller.order(invoice_id="order-7.1").status == 201  # while nothing is paid
    caller.fake.finish_checkout(first)
    caller.send("POST", f"{ORDERS}/{first}/capture")
    assert issue(caller.order(invoice_id="order-7.1")) == "DUPLICATE_INVOICE_ID"


def test_a_checkout_nobody_approved_is_forgotten() -> None:
    caller = Caller()
    order_id = caller.order().body["id"]
    left = caller.order().body["id"]
    caller.fake.finish_checkout(left, "expired")
    assert caller.send("GET", f"{ORDERS}/{left}").status == 404
    caller.now_s += 3 * HOUR_S
    caller.fake.run_due()
    assert caller.send("GET", f"{ORDERS}/{order_id}").status == 404
    with pytest.raises(Refusal):
        caller.fake.finish_checkout(order_id)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"intent": "AUTHORIZE", "purchase_units": []}, 400),
        ({"intent": "CAPTURE", "purchase_units": []}, 400),
        ({"intent": "CAPTURE", "purchase_units": [{}]}, 400),
        ({"intent": "CAPTURE", "purchase_units": [{"amount": amount(0, "EUR")}]}, 422),
    ],
)
def test_orders_that_paypal_refuses(body: Body, status: int) -> None:
    assert Caller().send("POST", ORDERS, body).status == status


def test_decimals_are_as_many_as_the_currency_has() -> None:
    caller = Caller()
    assert caller.order(500, "JPY").status == 201
    unit = {"amount": {"currency_code": "JPY", "value": "5.00"}}
    body = {"intent": "CAPTURE", "purchase_units": [unit]}
    assert issue(caller.send("POST", ORDERS, body)) == "DECIMALS_NOT_SUPPORTED"
    unit["amount"] = {"currency_code": "EUR", "value": "5.001"}
    assert issue(caller.send("POST", ORDERS, body)) == "DECIMAL_PRECISION"


def test_refunds_end_where_the_capture_does() -> None:
    caller = Caller()
    payment_id = caller.paid()
    assert issue(caller.refund(payment_id, 50_01)) == "REFUND_AMOUNT_EXCEEDED"
    assert caller.refund(payment_id, 20_00).status == 201
    assert issue(caller.refund(payment_id, 30_01)) == "REFUND_AMOUNT_EXCEEDED"
    last = caller.refund(payment_id)
    total = last.body["seller_payable_breakdown"]["total_refunded_amount"]
    assert (last.body["amount"]["value"], total["value"]) == ("30.00", "50.00")
    assert issue(caller.refund(payment_id)) == "CAPTURE_FULLY_REFUNDED"
    assert caller.balance() == {"EUR": -1_75}  # the fee stays with PayPal


def test_a_refund_that_waits_leaves_or_comes_back() -> None:
    caller = Caller(refunds_begin="PENDING")
    payment_id = caller.paid()
    refund_id = caller.refund(payment_id, 10_00).body["id"]
    assert caller.balance() == {"EUR": 48_25}
    caller.fake.settle_refund(refund_id, "COMPLETED")
    assert caller.balance() == {"EUR": 38_25}
    caller.fake.fail_refund(refund_id)
    assert caller.balance() == {"EUR": 48_25}
    assert caller.event_types()[-3:] == [
        *("PAYMENT.REFUND.PENDING", "PAYMENT.CAPTURE.REFUNDED", "PAYMENT.REFUND.FAILED")
    ]
    assert caller.send("GET", f"/v2/payments/captures/{payment_id}").body["status"] == "COMPLETED"
    with pytest.raises(ValueError, match="FAILED"):
        caller.fake.settle_refund(refund_id, "COMPLETED")


def test_what_waits_settles_by_itself_where_the_switches_say_so() -> None:
    caller = Caller(refunds_begin="PENDING", captures_begin="PENDING", settle_after_s=60.0)
    payment_id = caller.paid()
    assert issue(caller.refund(payment_id)) == "PENDING_CAPTURE"
    caller.now_s += 60
    caller.fake.run_due()
    caller.refund(payment_id, 10_00)
    caller.now_s += 60
    caller.fake.run_due()
    assert caller.event_types()[-4:] == [
        *("PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.COMPLETED"),
        *("PAYMENT.REFUND.PENDING", "PAYMENT.CAPTURE.REFUNDED"),
    ]


def test_a_dispute_takes_the_money_when_paypal_takes_it_over() -> None:
    caller = Caller(dispute_fee=16_00)
    payment_id = caller.paid()
    dispute_id = caller.fake.open_dispute(payment_id, stage="INQUIRY")["dispute_id"]
    assert caller.balance() == {"EUR": 48_25}
    caller.fake.escalate_dispute(dispute_id)
    assert caller.balance() == {"EUR": 48_25 - 50_00 - 16_00}
    caller.fake.close_dispute(dispute_id, "won")
    assert caller.balance() == {"EUR": 48_25 - 16_00}
    with pytest.raises(ValueError, match="RESOLVED"):
        caller.fake.close_dispute(dispute_id, "lost")
    with pytest.raises(Refusal):
        caller.fake.escalate_dispute(dispute_id)


def test_only_what_is_left_can_be_disputed() -> None:
    caller = Caller(dispute_fee=0)
    payment_id = caller.paid()
    caller.refund(payment_id, 20_00)
    dispute_id = caller.fake.open_dispute(payment_id)["dispute_id"]
    path = f"/v1/customer/disputes/{dispute_id}"
    assert caller.send("GET", path).body["dispute_amount"]["value"] == "30.00"


def test_the_reports_lag_and_say_so() -> None:
    caller = Caller(report_lag_s=3.0 * HOUR_S)
    caller.paid()
    query = "start_date=2026-11-20T00:00:00Z&end_date=2026-11-30T00:00:00Z"
    path = "/v1/reporting/transactions"
    assert caller.send("GET", path, query=query).body["transaction_details"] == []
    caller.now_s += 3 * HOUR_S
    answer = caller.send("GET", path, query=query).body
    assert len(answer["transaction_details"]) == 1
    assert answer["end_date"] == answer["last_refreshed_datetime"] == "2026-11-22T12:00:00Z"
    too_long = "start_date=2026-10-01T00:00:00Z&end_date=2026-11-30T00:00:00Z"
    assert caller.send("GET", path, query=too_long).status == 400
    assert caller.send("GET", path, query="start_date=yesterday").status == 400


def test_events_are_listed_newest_first_in_pages() -> None:
    caller = Caller()
    for _ in range(3):
        caller.paid()
    path = "/v1/notifications/webhooks-events"
    first = caller.send("GET", path, query="page_size=4").body
    assert first["count"] == 4
    rest = next(link["href"] for link in first["links"] if link["rel"] == "next")
    second = caller.send("GET", path, query=rest.partition("?")[2]).body
    ids = [event["id"] for event in first["events"] + second["events"]]
    assert ids == [event["id"] for event in reversed(caller.fake.account.events)]
    count = len(caller.events)
    assert caller.send("POST", f"{path}/{ids[0]}/resend").status == 202
    assert len(caller.events) == count + 1


@pytest.mark.parametrize(
    ("kind", "status", "made"),
    [
        (Kind.ERROR_BEFORE, 500, 0),
        (Kind.ERROR_AFTER, 500, 1),
        (Kind.RATE_LIMITED, 429, 0),
        (Kind.UNAVAILABLE, 503, 0),
    ],
)
def test_what_goes_wrong_on_demand(kind: Kind, status: int, made: int) -> None:
    caller = Caller()
    payment_id = caller.paid()
    caller.fake.faults.expect(Fault(kind, "/v2/payments", "POST"))
    assert caller.refund(payment_id, 10_00, "r").status == status
    assert len(caller.fake.account.refunds) == made
    assert caller.refund(payment_id, 10_00, "r").status == 201
    assert len(caller.fake.account.refunds) == 1


def test_the_same_seed_and_requests_give_the_same_account() -> None:
    def lifecycle() -> list[Body]:
        caller = Caller()
        payment_id = caller.paid()
        caller.refund(payment_id, 10_00)
        caller.fake.open_dispute(payment_id)
        return caller.fake.account.events

    assert lifecycle() == lifecycle()


@pytest.mark.parametrize("is_live", [True, False])
def test_links_and_certificate_are_of_the_accounts_mode(is_live: bool) -> None:
    caller = Caller(livemode=is_live)
    payment_id = caller.paid()
    text = json.dumps(caller.events) + caller.fake.signer.url
    text += json.dumps(caller.send("GET", f"/v2/payments/captures/{payment_id}").body)
    assert ("sandbox" in text) is not is_live


def test_a_minimal_answer_says_no_more_than_id_status_and_links() -> None:
    caller = Caller()
    headers = {"authorization": f"Bearer {caller.token}"}
    unit = {"amount": amount(50_00, "EUR")}
    body = json.dumps({"intent": "CAPTURE", "purchase_units": [unit]}).encode()
    assert caller.fake.request("POST", ORDERS, "", headers, body).body.keys() == {
        *("id", "status", "links")
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b"null"])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    caller = Caller()
    headers = {"authorization": f"Bearer {caller.token}"}
    assert caller.fake.request("POST", ORDERS, "", headers, body).status == 400


def test_the_truth_is_what_happened() -> None:
    caller = Caller()
    payment_id = caller.paid()
    caller.refund(payment_id, 10_00)
    assert caller.fake.truth()["payments"][payment_id] == {
        "order_id": "order-7",
        "amount_minor": 50_00,
        "currency": "EUR",
        "captured_minor": 50_00,
        "refunded_minor": 10_00,
    }
    caller.fake.pay_out_all()
    assert caller.balance() == {"EUR": 0}
    assert caller.fake.pay_out_all() == {"payout_id": None}
