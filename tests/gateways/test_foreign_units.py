"""Orders and refunds in currencies that a gateway counts otherwise, through the handlers."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from functions.approve_refund.app import lambda_handler as approve_refund
from functions.decide_refund.app import lambda_handler as decide_refund
from functions.open_checkout.app import lambda_handler as open_checkout
from functions.pay_refund.app import lambda_handler as pay_refund
from functions.track_order.app import lambda_handler as track_order
from kassa.orders.store import Orders
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase, RequestedRefund
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests
from tests.support.approvers import let_approve
from tests.support.aws_stack import Context, Stack
from tests.support.every_gateway import scene_class
from tests.support.fake_clock import FakeClock
from tests.support.gateway_stage import Stage, on_stage
from tests.support.order_requests import TRACKED, method_of
from tests.support.orders import ORDER_BODY
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import RULE, answered, http_event

MERCHANT = "shop"
DECIDE = "POST /refunds/{refund_request_id}/{action}"


class Case(NamedTuple):
    """An order and a refund in ISO 4217's minor units, and as they are sent to the gateway."""

    gateway: str
    currency: str
    minor: int
    sent: Any
    refunded_minor: int
    refunded: Any


CASES = [
    Case("stripe", "ISK", 50_000, 5_000_000, 20_000, 2_000_000),
    Case("stripe", "UGX", 50_000, 5_000_000, 20_000, 2_000_000),
    Case("stripe", "MGA", 50_000_00, 50_000, 20_000_00, 20_000),
    Case("stripe", "KWD", 12_340, 12_340, 5_670, 5_670),
    Case("stripe", "JPY", 50_000, 50_000, 20_000, 20_000),
    Case("stripe", "HUF", 50_000_50, 50_000_50, 20_000_25, 20_000_25),
    Case("adyen", "ISK", 50_000, 5_000_000, 20_000, 2_000_000),
    Case("adyen", "CLP", 50_000, 5_000_000, 20_000, 2_000_000),
    Case("adyen", "IDR", 50_000_00, 50_000, 20_000_00, 20_000),
    Case("adyen", "UGX", 50_000, 50_000, 20_000, 20_000),
    Case("adyen", "KWD", 12_345, 12_345, 5_678, 5_678),
    Case("adyen", "JPY", 50_000, 50_000, 20_000, 20_000),
    Case("paypal", "JPY", 50_000, "50000", 20_000, "20000"),
    Case("paypal", "HUF", 50_000_00, "50000", 20_000_00, "20000"),
    Case("klarna", "HUF", 50_000_50, 50_000_50, 20_000_25, 20_000_25),
    Case("btcpay", "ISK", 50_000, "50000", 20_000, "20000"),
    Case("btcpay", "UGX", 50_000, "50000", 20_000, "20000"),
    Case("btcpay", "MGA", 50_000_50, "50000.50", 20_000_25, "20000.25"),
    Case("btcpay", "KWD", 12_345, "12.345", 5_678, "5.678"),
    Case("btcpay", "JPY", 50_000, "50000", 20_000, "20000"),
]

PAGES: dict[str, Callable[[Any], list[Any]]] = {
    "stripe": lambda fake: [
        one["amount_total"] for one in fake.account.kinds["checkout.session"].values()
    ],
    "adyen": lambda fake: [one["amount"]["value"] for one in fake.account.links.values()],
    "paypal": lambda fake: [
        one["purchase_units"][0]["amount"]["value"] for one in fake.account.orders.values()
    ],
    "klarna": lambda fake: [one["order_amount"] for one in fake.account.sessions.values()],
    "btcpay": lambda fake: [f"{one.price:f}" for one in fake.store.invoices.values()],
}
REFUNDS: dict[str, Callable[[Any], list[Any]]] = {
    "stripe": lambda fake: [one["amount"] for one in fake.account.kinds["refund"].values()],
    "adyen": lambda fake: [one["value"] for one in fake.account.refunds.values()],
    "paypal": lambda fake: [one["amount"]["value"] for one in fake.account.refunds.values()],
    "klarna": lambda fake: [
        one["refunded_amount"] for order in fake.account.orders.values() for one in order["refunds"]
    ],
    "btcpay": lambda fake: [f"{one.amount:f}" for one in fake.store.pull_payments.values()],
}


class Shop:
    """A shop at one gateway: its orders, its refunds, and what its people decide."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.scene = stage, stage.scene
        self.fake: Any = stage.scene.fake  # type: ignore[attr-defined]
        fields = {"effective_from": stage.clock.at.isoformat(), "otherwise": "escalate"}
        fields |= {"rules": []}
        Policies(MERCHANT).save(read_policy(fields, MERCHANT, 1, stage.clock.at, "test"))
        let_approve("anna", "bert")

    def order(self, currency: str, minor: int) -> tuple[int, dict[str, Any]]:
        """Send an order through the API."""
        line = {"name": "Lamp", "quantity": 1, "amount_minor": minor}
        method = method_of(self.scene.gateway)
        fields = {"currency": currency, "amount_minor": minor, "lines": [line], "method": method}
        event = http_event("POST /orders", ORDER_BODY | fields, "shop")
        return answered(open_checkout(event, Context()))

    def pay(self) -> None:
        """Let the customer pay in the newest checkout, and receive its events."""
        lifecycle = Orders(MERCHANT).named("order-1").lifecycle
        self.scene.finish(str(lifecycle.attempts[-1].checkout_id), "paid")
        self.deliver()

    def deliver(self) -> None:
        """Book what the gateway reports, and pass on what is published of orders and refunds."""
        self.scene.pass_time()
        self.stage.deliver()
        for fact in self.stage.stack.published():
            if fact["detail-type"] in TRACKED:
                assert failed(track_order(batch(json.dumps(fact)), Context())) == []
            if fact["detail-type"] in RULE:
                self.work(json.dumps(fact))
        assert self.stage.failures == []

    def request_refund(self, payment_id: str, minor: int) -> RefundCase:
        """Ask for a refund through the API; people approve it."""
        body = {"gateway": self.scene.gateway, "payment_id": payment_id, "reason": "damaged"}
        event = http_event("POST /refunds", body | {"amount_minor": minor}, "shop")
        status, answer = answered(approve_refund(event, Context()))
        assert status == 200, answer
        case = RequestedRefund.model_validate(answer)
        path = {"refund_request_id": case.request.refund_request_id, "action": "approve"}
        for person in ("anna", "bert"):  # a currency without limits of ours needs both
            if self.state(case) is RequestState.ESCALATED:
                event = http_event(DECIDE, {}, person, **path)
                status, answer = answered(decide_refund(event, Context()))  # type: ignore[arg-type]
                assert status == 200, answer
        self.stage.clock.at += timedelta(hours=1)  # an approval may be undone for a while
        self.work(json.dumps({"refund_request_id": case.request.refund_request_id}))
        return case

    def work(self, body: str) -> None:
        """Hand one message to pay_refund."""
        assert failed(pay_refund(batch(body), Context())) == []

    def state(self, of: RefundCase) -> RequestState:
        """Return how a request stands."""
        return RefundRequests().named(of.request.refund_request_id).lifecycle.state

    def until_paid(self, case: RefundCase) -> None:
        """Let hours pass until a refund is paid; coins must be claimed."""
        for _ in range(30):
            if self.scene.gateway == "btcpay":
                for one in [*self.fake.store.pull_payments]:
                    self.fake.pay_refund_out(one)
            self.deliver()
            if self.state(case) is RequestState.PAID:
                return
            self.stage.clock.at += timedelta(hours=1)
            self.stage.watch()
            self.work(json.dumps({"refund_request_id": case.request.refund_request_id}))
        raise AssertionError(f"the refund is {self.state(case)}")


@pytest.fixture
def shop_at(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Shop]]:
    """Open a shop at a gateway."""
    monkeypatch.setenv("MERCHANT_ID", MERCHANT)
    closing: list[Any] = []

    def opened(gateway: str) -> Shop:
        scene: Any = scene_class(gateway)(lambda: fake_clock.now().timestamp(), 1)
        if gateway == "standard":  # a gateway that counts hundredths of a króna
            scene.fake.switches.decimals = {"ISK": 2}
            scene.mapping = scene.mapping.model_copy(update={"decimals": {"ISK": 2}})
        secrets = {
            name: answer | {"merchant_id": MERCHANT} for name, answer in scene.secrets().items()
        }
        monkeypatch.setattr(scene, "secrets", lambda: secrets)
        stage = on_stage(stack, fake_clock, scene, monkeypatch)
        closing.append(stage)
        shop = Shop(stage.__enter__())
        aws.install({})
        return shop

    yield opened
    for stage in closing:
        stage.__exit__(None, None, None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.gateway}-{case.currency}")
def test_an_order_and_its_refund_are_submitted_in_the_gateways_units_and_booked_in_ours(
    shop_at: Callable[[str], Shop], case: Case
) -> None:
    shop = shop_at(case.gateway)
    status, answer = shop.order(case.currency, case.minor)
    assert (status, answer.get("status")) == (200, "open"), answer
    assert PAGES[case.gateway](shop.fake) == [case.sent]
    shop.pay()
    lifecycle = Orders(MERCHANT).named("order-1").lifecycle
    assert (lifecycle.status, lifecycle.part_payments) == ("paid", ())
    assert lifecycle.paid_by is not None
    assert lifecycle.paid_by.amount.model_dump() == {
        **{"amount_minor": case.minor, "currency": case.currency}
    }

    requested = shop.request_refund(lifecycle.paid_by.payment_id, case.refunded_minor)
    assert REFUNDS[case.gateway](shop.fake) == [case.refunded]
    shop.until_paid(requested)
    (paid,) = shop.fake.truth()["payments"].values()
    assert (paid["captured_minor"], paid["refunded_minor"]) == (case.minor, case.refunded_minor)
    left = case.refunded_minor - case.minor
    assert shop.stage.ledger()["customers", case.currency] == left
    assert RefundRequests().payment(requested.request.payment).available_minor == -left


@pytest.mark.parametrize(
    ("gateway", "currency", "unit"),
    [
        *(("stripe", code, unit) for code, unit in (("ISK", 1), ("UGX", 1), ("MGA", 100))),
        *(("adyen", code, unit) for code, unit in (("ISK", 1), ("CLP", 1), ("IDR", 100))),
        *(("paypal", "HUF", 100), ("paypal", "JPY", 1), ("klarna", "HUF", 1)),
        *(("btcpay", "KWD", 1), ("btcpay", "ISK", 1), ("standard", "ISK", 1)),
    ],
)
def test_what_is_paid_and_refunded_by_hand_in_a_foreign_unit_is_booked_in_ours(
    shop_at: Callable[[str], Shop], gateway: str, currency: str, unit: int
) -> None:
    shop = shop_at(gateway)
    shop.scene.currency = currency
    paid, refunded = 50_000 * unit, 20_000 * unit
    shop.scene.pay("order-1", paid)
    shop.scene.refund("order-1", refunded)
    for _ in range(3):
        shop.deliver()
        shop.stage.clock.at += timedelta(hours=1)
        shop.stage.watch()
        if "payout" in shop.scene.can:
            shop.scene.pay_out()

    ledger = shop.stage.ledger()
    assert ledger["customers", currency] == refunded - paid
    assert shop.stage.failures == []
    if "payout" in shop.scene.can:  # all of it was settled, whatever it was exchanged into
        assert "gateway_clearing" not in {account for account, _ in ledger}


@pytest.mark.parametrize(
    ("gateway", "currency", "minor", "reason"),
    [
        ("stripe", "KWD", 12_345, "amount_not_taken"),
        ("stripe", "LYD", 12_340, "currency_not_taken"),
        ("adyen", "IDR", 50_000_50, "invalid_amount"),
        ("paypal", "HUF", 50_000_50, "currency_not_supported"),
        ("paypal", "ISK", 50_000, "currency_not_supported"),
        ("klarna", "ISK", 50_000, "currency_unsupported"),
    ],
)
def test_an_order_that_cannot_be_submitted_to_a_gateway_is_left_to_the_next_gateway(
    shop_at: Callable[[str], Shop], gateway: str, currency: str, minor: int, reason: str
) -> None:
    shop = shop_at(gateway)
    shop.order(currency, minor)
    (attempt,) = Orders(MERCHANT).named("order-1").lifecycle.attempts
    assert (attempt.state, attempt.reason, attempt.is_retryable) == ("refused", reason, True)
    assert PAGES[gateway](shop.fake) == []


def test_a_refund_that_cannot_be_submitted_to_a_gateway_comes_back_to_a_person_with_its_reason(
    shop_at: Callable[[str], Shop],
) -> None:
    shop = shop_at("stripe")
    shop.order("KWD", 12_340)
    shop.pay()
    paid_by = Orders(MERCHANT).named("order-1").lifecycle.paid_by
    assert paid_by is not None
    case = shop.request_refund(paid_by.payment_id, 5_001)

    assert REFUNDS["stripe"](shop.fake) == []
    lifecycle = RefundRequests().named(case.request.refund_request_id).lifecycle
    assert lifecycle.state is RequestState.ESCALATED
    assert "amount_not_taken" in str(lifecycle.changes[-1])
    assert RefundRequests().payment(case.request.payment).available_minor == 12_340
