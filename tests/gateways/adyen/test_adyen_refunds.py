"""A refund's whole way at Adyen: requested through the API, paid, reported, and named by Kassa."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.approve_refund.app import lambda_handler as approve_refund
from functions.pay_refund.app import lambda_handler as pay_refund
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase, RequestedRefund
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context, Stack
from tests.support.fake_clock import FakeClock
from tests.support.gateway_scenes.adyen import AdyenScene
from tests.support.gateway_stage import Stage, on_stage
from tests.support.queue_batches import batch, failed
from tests.support.refund_stage import RULE, SMALL, answered, http_event

ORDER = "order-1"


class AdyenShop:
    """A stage at Adyen with a refund policy, and what is enqueued on the way."""

    def __init__(self, stage: Stage, scene: AdyenScene) -> None:
        self.stage, self.adyen = stage, scene
        policy_text = {"effective_from": stage.clock.at.isoformat(), "otherwise": "escalate"}
        policy = read_policy(policy_text | {"rules": [SMALL]}, "shop", 1, stage.clock.at, "test")
        Policies("shop").save(policy)
        scene.pay(ORDER, 100_00)
        self.deliver()

    def deliver(self) -> None:
        """Book what Adyen sends, and wake what it reports of refunds."""
        self.stage.deliver()
        self.pass_on()

    def watch(self) -> None:
        """Let the clock's function run."""
        self.stage.watch()
        self.drain()

    def pass_on(self) -> None:
        """Do what the bus's rule does."""
        for envelope in self.stage.stack.published():
            if envelope["detail-type"] in RULE:
                self.work(json.dumps(envelope))

    def drain(self) -> None:
        """Work through RefundsQueue."""
        client, queue = aws.client("sqs"), self.stage.stack.refunds_queue
        while found := client.receive_message(QueueUrl=queue).get("Messages"):
            for message in found:
                self.work(message["Body"])
                client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        self.stage.book()
        self.pass_on()

    def work(self, body: str) -> None:
        assert failed(pay_refund(batch(body), Context())) == []

    def request_refund(self, amount_minor: int) -> RefundCase:
        """Ask for a refund through the API; the policy approves it."""
        body: dict[str, Any] = {"gateway": "adyen", "payment_id": self.adyen.payment_of(ORDER)}
        body |= {"reason": "damaged", "amount_minor": amount_minor}
        status, answer = answered(
            approve_refund(http_event("POST /refunds", body, "shop"), Context())
        )
        assert status == 200, answer
        return RequestedRefund.model_validate(answer)

    def state(self, of: RefundCase) -> RequestState:
        """Return how a request stands."""
        return RefundRequests().named(of.request.refund_request_id).lifecycle.state

    def until(self, of: RefundCase, expected: RequestState) -> None:
        """Let days pass, hour by hour, until a request stands so."""
        for _ in range(48):
            if self.state(of) is expected:
                return
            self.stage.clock.at += timedelta(hours=1)
            self.watch()
            self.deliver()
        assert self.state(of) is expected


@pytest.fixture
def shop(
    stack: Stack, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AdyenShop]:
    """Open a shop that sells at Adyen alone, with its refunds."""
    monkeypatch.setenv("MERCHANT_ID", "shop")
    scene = AdyenScene(lambda: fake_clock.now().timestamp(), 1)
    with on_stage(stack, fake_clock, scene, monkeypatch) as stage:
        yield AdyenShop(stage, scene)


def refunds(shop: AdyenShop) -> list[tuple[int, str]]:
    return [(one["amount_minor"], one["state"]) for one in shop.adyen.truth()["refunds"]]


def headroom(shop: AdyenShop, case: RefundCase) -> int:
    return RefundRequests().payment(case.request.payment).available_minor


def test_a_refund_is_submitted_once_made_and_paid(shop: AdyenShop) -> None:
    case = shop.request_refund(30_00)
    shop.drain()
    assert shop.state(case) in (RequestState.ACCEPTED, RequestState.PAID)
    shop.until(case, RequestState.PAID)
    assert refunds(shop) == [(30_00, "refunded")]
    assert headroom(shop, case) == 70_00
    assert shop.stage.ledger()["customers", "EUR"] == -70_00


def test_a_refund_that_adyen_refuses_later_comes_back_to_a_person(shop: AdyenShop) -> None:
    shop.adyen.refund(ORDER, 80_00)  # by hand, and not heard of yet
    case = shop.request_refund(30_00)
    shop.drain()
    shop.until(case, RequestState.ESCALATED)
    assert refunds(shop) == [(80_00, "refunded"), (30_00, "refused")]
    assert headroom(shop, case) == 20_00
    assert shop.stage.ledger()["customers", "EUR"] == -20_00


def test_a_refund_whose_answer_was_lost_is_made_once_and_paid(shop: AdyenShop) -> None:
    case = shop.request_refund(30_00)
    shop.adyen.fake.faults.expect(Fault(Kind.LOST_RESPONSE, "/v72/payments"))
    shop.drain()
    shop.deliver()  # the webhook comes, and nobody knows yet whose refund it is
    shop.until(case, RequestState.PAID)
    shop.watch()  # says whose refund it was
    assert refunds(shop) == [(30_00, "refunded")]
    assert headroom(shop, case) == 70_00
