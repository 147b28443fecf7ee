"""The fake BTCPay: what BTCPay documents of invoices, refunds and webhooks, and what it refuses."""

import hmac
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.fake_gateways.btcpay import coins
from infra.fake_gateways.btcpay.model import FakeBtcpay
from infra.fake_gateways.btcpay.server import ServedBtcpay
from infra.fake_gateways.btcpay.store import Switches
from infra.fake_gateways.btcpay.webhooks import Delivery
from infra.fake_gateways.kit.answers import Answer
from infra.fake_gateways.kit.clock import SettableClock
from infra.fake_gateways.kit.faults import Fault, Kind
from infra.fake_gateways.kit.request_router import Incoming

KEY = {"Authorization": "token key"}


class Shop:
    """A store whose webhooks are kept, and a clock that a test moves."""

    def __init__(self, **switches: Any) -> None:
        self.now = 1_795_312_800.0
        self.deliveries: list[Delivery] = []
        self.fake = FakeBtcpay(
            lambda: self.now, random.Random(7), Switches(**switches), self.deliveries.append
        )
        self.fake.webhooks.register("https://kassa.example/", "secret")

    def send(self, method: str, path: str, query: str = "", **body: Any) -> Answer:
        store = f"/api/v1/stores/{self.fake.switches.store_id}"
        full = path if path.startswith("/") else f"{store}/{path}"
        return self.fake.request(method, full, query, KEY, json.dumps(body).encode())

    def invoice(self, amount: str = "10.00", **more: Any) -> str:
        usual = {"amount": amount, "currency": "EUR", "metadata": {"orderId": "o-1"}}
        made = self.send("POST", "invoices", **(usual | more))
        assert made.status == 200, made.body
        return str(made.body["id"])

    def get(self, invoice_id: str) -> tuple[str, str]:
        shown = self.send("GET", f"invoices/{invoice_id}").body
        return shown["status"], shown["additionalStatus"]

    def skip(self, seconds: float) -> None:
        self.now += seconds
        self.fake.run_due()

    def types(self) -> list[str]:
        return [one.event["type"] for one in self.deliveries]

    def settled(self, amount: str = "10.00") -> str:
        invoice_id = self.invoice(amount)
        self.fake.pay(invoice_id, is_confirmed=True)
        return invoice_id


def test_an_invoice_paid_in_time_is_processing_and_settled_once_it_is_confirmed() -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    shop.fake.pay(invoice_id)
    assert shop.get(invoice_id) == ("Processing", "None")
    shop.fake.confirm(invoice_id)
    assert shop.get(invoice_id) == ("Settled", "None")
    assert shop.types() == [
        *("InvoiceCreated", "InvoiceReceivedPayment", "InvoiceProcessing"),
        *("InvoicePaymentSettled", "InvoiceSettled"),
    ]


def test_an_unpaid_invoice_expires_when_its_time_is_over() -> None:
    shop = Shop()
    invoice_id = shop.invoice(checkout={"expirationMinutes": 30})
    shop.skip(1_799)
    assert shop.get(invoice_id) == ("New", "None")
    shop.skip(1)
    assert shop.get(invoice_id) == ("Expired", "None")
    assert shop.deliveries[-1].event["partiallyPaid"] is False


def test_a_part_paid_invoice_expires_as_paid_in_part() -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    shop.fake.pay(invoice_id, 4_00, is_confirmed=True)
    shop.skip(900)
    assert shop.get(invoice_id) == ("Expired", "PaidPartial")
    assert shop.deliveries[-1].event["partiallyPaid"] is True


def test_what_comes_after_the_time_is_late_and_settles_nothing_by_itself() -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    shop.skip(901)
    shop.fake.pay(invoice_id, is_confirmed=True)
    assert shop.get(invoice_id) == ("Expired", "PaidLate")
    assert [one.event["afterExpiration"] for one in shop.deliveries[-2:]] == [True, True]


def test_too_many_coins_are_reported_as_such() -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    shop.fake.pay(invoice_id, 12_00, is_confirmed=True)
    assert shop.get(invoice_id) == ("Settled", "PaidOver")
    assert shop.deliveries[-1].event["overPaid"] is True


def test_coins_that_never_confirm_make_an_invoice_invalid_in_the_end() -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    shop.fake.pay(invoice_id)
    shop.skip(900 + 86_400)
    assert shop.get(invoice_id) == ("Invalid", "None")


def test_a_person_may_mark_what_isnt_settled_and_unmark_only_what_was_marked() -> None:
    shop = Shop()
    marked, paid = shop.invoice(), shop.settled()
    shop.fake.mark_invoice(marked, "Settled")
    assert shop.get(marked) == ("Settled", "Marked")
    assert shop.deliveries[-1].event["manuallyMarked"] is True
    shop.fake.mark_invoice(marked, "Invalid")
    refused = shop.send("POST", f"invoices/{paid}/status", status="Invalid")
    assert (refused.status, refused.body[0]["path"]) == (422, "status")  # type: ignore[index]


def offered(shop: Shop, invoice_id: str, **more: Any) -> Answer:
    usual = {"refundVariant": "Custom", "customAmount": "6.00", "customCurrency": "EUR"}
    return shop.send("POST", f"invoices/{invoice_id}/refund", **(usual | more))


def test_a_refund_is_an_offer_that_is_claimed_approved_and_paid() -> None:
    shop = Shop()
    invoice_id = shop.settled()
    refund_id = offered(shop, invoice_id, name="rr_1").body["id"]
    payout = shop.fake.claim_refund(refund_id)
    assert payout["state"] == "AwaitingApproval"
    assert shop.send("POST", f"payouts/{payout['id']}").body["state"] == "AwaitingPayment"
    assert shop.send("POST", f"payouts/{payout['id']}/mark-paid").status == 200
    assert shop.types()[-3:] == ["PayoutCreated", "PayoutApproved", "PayoutUpdated"]
    assert shop.fake.truth()["payments"][invoice_id]["refunded_minor"] == 6_00


def test_nothing_keeps_two_refunds_of_one_name_apart() -> None:
    shop = Shop()
    invoice_id = shop.settled()
    first, second = (offered(shop, invoice_id, name="rr_1").body["id"] for _ in range(2))
    listed = shop.send("GET", "pull-payments").body
    assert first != second
    assert [one["name"] for one in listed] == ["rr_1", "rr_1"]  # type: ignore[index]


def test_an_archived_pull_payment_cannot_be_claimed_and_its_claims_are_called_off() -> None:
    shop = Shop()
    refund_id = offered(shop, shop.settled()).body["id"]
    shop.fake.claim_refund(refund_id, 2_00)
    shop.fake.archive_refund(refund_id)
    path = f"/api/v1/pull-payments/{refund_id}/payouts"
    assert not shop.send("GET", path).body
    cancelled = shop.send("GET", path, "includeCancelled=true").body
    assert [one["state"] for one in cancelled] == ["Cancelled"]  # type: ignore[index]
    assert shop.send("POST", path, destination="bc1q").body["code"] == "archived"


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ({"customAmount": "0"}, 422, "customAmount"),
        ({"customAmount": "-1"}, 422, "customAmount"),
        ({"customCurrency": ""}, 422, "customCurrency"),
        ({"refundVariant": None}, 422, "customAmount"),
        (
            {"refundVariant": "OverpaidAmount", "customAmount": None, "customCurrency": None},
            422,
            "refundVariant",
        ),
    ],
)
def test_a_refund_with_wrong_params_is_refused(body: Any, status: int, where: str) -> None:
    shop = Shop()
    refused = offered(shop, shop.settled(), **body)
    assert (refused.status, refused.body[0]["path"]) == (status, where)  # type: ignore[index]


@pytest.mark.parametrize(
    ("variant", "currency", "amount"),
    [
        ("RateThen", "BTC", "0.00018636"),
        ("CurrentRate", "BTC", "0.00009318"),  # the rate has doubled
        ("Fiat", "EUR", "12.00"),
        ("OverpaidAmount", "BTC", "0.00003106"),
    ],
)
def test_a_refund_is_of_what_was_paid_in_coins_or_in_the_invoices_currency(
    variant: str, currency: str, amount: str
) -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    shop.fake.pay(invoice_id, 12_00, is_confirmed=True)
    shop.fake.switches.rate = "128784.46"
    plain = {"customAmount": None, "customCurrency": None}
    made = offered(shop, invoice_id, refundVariant=variant, **plain).body
    assert (made["currency"], made["amount"]) == (currency, amount)
    assert made["autoApproveClaims"] is (currency == "BTC")
    assert made["name"] == f"Refund {invoice_id}"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"currency": "EURO"}, "currency"),
        ({"checkout": {"expirationMinutes": 0.1}}, "checkout.expirationMinutes"),
        ({"checkout": {"defaultLanguage": "xx"}}, "checkout.defaultLanguage"),
    ],
)
def test_an_invoice_with_wrong_params_is_refused(body: Any, path: str) -> None:
    shop = Shop()
    refused = shop.send("POST", "invoices", **({"amount": "1", "currency": "EUR"} | body))
    assert (refused.status, refused.body[0]["path"]) == (422, path)  # type: ignore[index]
    assert not shop.fake.store.invoices


def test_more_than_what_was_offered_cannot_be_claimed() -> None:
    shop = Shop()
    refund_id = offered(shop, shop.settled()).body["id"]
    path = f"/api/v1/pull-payments/{refund_id}/payouts"
    assert shop.send("POST", path, destination="bc1q", amount="6.01").body["code"] == "overdraft"
    assert shop.send("POST", path, destination="bc1q", amount="6.00").status == 200
    assert shop.send("POST", path, destination="bc1q").body["code"] == "amount-too-low"


def test_what_was_never_paid_cannot_be_refunded() -> None:
    shop = Shop()
    refused = offered(shop, shop.invoice())
    assert (refused.status, refused.body["code"]) == (400, "non-refundable")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "invoices/nothing", 404, "invoice-not-found"),
        ("GET", "/api/v1/pull-payments/nothing", 404, "pullpayment-not-found"),
        ("GET", "/api/v1/stores/other/invoices", 404, "store-not-found"),
        ("GET", "/api/v1/server/info", 404, "route-not-found"),
    ],
)
def test_what_isnt_there_is_refused(method: str, path: str, status: int, code: str) -> None:
    refused = Shop().send(method, path)
    assert (refused.status, refused.body["code"]) == (status, code)


def test_only_a_key_opens_the_store() -> None:
    shop = Shop(api_key="key")
    path = f"/api/v1/stores/{shop.fake.switches.store_id}/invoices"
    assert shop.send("GET", path).status == 200
    for headers in ({}, {"Authorization": "Bearer key"}, {"Authorization": "token other"}):
        assert shop.fake.request("GET", path, "", headers).status == 401


def test_invoices_are_listed_by_order_time_and_page_the_newest_first() -> None:
    shop = Shop()
    first = shop.invoice()
    shop.skip(100)
    others = [shop.invoice(metadata={"orderId": "o-2"}) for _ in range(3)]

    def ids(query: str) -> list[str]:
        return [one["id"] for one in shop.send("GET", "invoices", query).body]  # type: ignore[index]

    assert ids("orderId=o-1") == [first]
    assert ids(f"startDate={int(shop.now)}") == others[::-1]
    assert ids("skip=1&take=2") == [others[1], others[0]]


def test_a_webhook_is_signed_over_its_exact_bytes_and_a_redelivery_names_the_original() -> None:
    shop = Shop()
    shop.invoice()
    (first,) = shop.deliveries
    expected = hmac.new(b"secret", first.body, "sha256").hexdigest()
    assert first.headers == {"BTCPay-Sig": f"sha256={expected}"}
    again = shop.fake.redeliver(first.event["deliveryId"])
    assert shop.deliveries[-1].event["deliveryId"] == again != first.event["deliveryId"]
    assert shop.deliveries[-1].event["originalDeliveryId"] == first.event["originalDeliveryId"]
    assert shop.deliveries[-1].event["isRedelivery"] is True


@pytest.mark.parametrize(
    ("control", "params"),
    [
        ("fail_refund", {"refund_id": "x"}),
        ("open_dispute", {"payment_id": "x"}),
        ("close_dispute", {"dispute_id": "x", "outcome": "won"}),
        ("pay_out_all", {}),
    ],
)
def test_what_btcpay_cannot_do_is_refused_in_plain_words(control: str, params: Any) -> None:
    clock = SettableClock(lambda: 1.0)
    router = ServedBtcpay(FakeBtcpay(clock, random.Random(1)), 1).router(clock)
    answer = router.answer(
        Incoming("POST", f"/_fake/{control}", "", {}, json.dumps(params).encode())
    )
    assert answer.status == 400
    assert answer.body["error"].startswith("BTCPay")


def test_a_fault_before_does_nothing_and_one_after_does_all() -> None:
    shop = Shop()
    for kind, made in [(Kind.ERROR_BEFORE, 0), (Kind.UNAVAILABLE, 0), (Kind.ERROR_AFTER, 1)]:
        shop.fake.faults.expect(Fault(kind, method="POST"))
        assert shop.send("POST", "invoices", amount="1", currency="EUR").status >= 500
        assert len(shop.fake.store.invoices) == made


ACTS: dict[str, Callable[[Shop, str, int], object]] = {
    "pay": lambda shop, paid, number: shop.fake.pay(paid, number),
    "confirm": lambda shop, paid, number: shop.fake.confirm(paid),
    "lose": lambda shop, paid, number: shop.fake.lose_payments(paid),
    "skip": lambda shop, paid, number: shop.skip(number),
    "refund": lambda shop, paid, number: shop.fake.refund_in_dashboard(paid, number, False),
    "claim": lambda shop, paid, number: shop.fake.pay_refund_out(any_refund(shop, number)),
    "archive": lambda shop, paid, number: shop.fake.archive_refund(any_refund(shop, number)),
}


def any_refund(shop: Shop, number: int) -> str:
    refunds = list(shop.fake.store.pull_payments)
    return refunds[number % len(refunds)] if refunds else "none"


@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, 2_000)), max_size=12))
@settings(max_examples=60)
def test_no_order_of_acts_pays_out_more_than_was_offered(acts: list[tuple[str, int]]) -> None:
    shop = Shop()
    invoice_id = shop.invoice()
    for act, number in acts:
        with suppress(ValueError):  # BTCPay refuses it as things stand
            ACTS[act](shop, invoice_id, number)
    for refund in shop.fake.truth()["refunds"]:
        assert coins.read(refund["paid"], "paid") <= coins.read(refund["amount"], "amount")
