"""Cases that a refund scene is brought into: unknown outcomes, approvals, orders."""

import json
from typing import Any

import pytest

from functions.decide_refund.app import lambda_handler as decide_handler
from infra.fake_gateways.kit.faults import Lost
from kassa.orders.lifecycle import OrderLifecycle
from kassa.orders.order import Order
from kassa.orders.store import Orders
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.policy.limits import limits_of
from tests.support.aws_stack import Context
from tests.support.refund_scene import RefundScene
from tests.support.refund_scene import scene as scene
from tests.support.refund_stage import answered, http_event
from tests.support.staff import Worker


def silence(scene: RefundScene, acts: bool = False) -> list[str]:
    """Let the gateway lose what it is asked, or its answers; return what it was asked."""
    requests: list[str] = []

    def silent(method: str, path: str) -> None:
        requests.append(f"{method} {path}")
        lost()

    if acts:
        scene.http.after = silent
    else:
        scene.http.before = silent
    return requests


def lost() -> None:
    raise Lost


def speak_again(scene: RefundScene) -> None:
    scene.http.before = scene.http.after = lambda *_: None


def metrics_in(capsys: pytest.CaptureFixture[str], name: str) -> list[dict[str, Any]]:
    """Return what was counted under a name since the last look."""
    lines = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return [line for line in lines if name in line and "_aws" in line]


def outcome_unknown(scene: RefundScene) -> RefundCase:
    """Return a request whose outcome was given up as unknown."""
    case = scene.request_refund(scene.pay(), 60_00)
    silence(scene)
    scene.work()
    speak_again(scene)
    scene.pass_by(hours=21)
    assert scene.lifecycle(case).state is RequestState.ESCALATED
    assert scene.lifecycle(case).changes[-1].why == Why.UNKNOWN
    return case


NOTE = "seen in the dashboard"


def resolve(
    scene: RefundScene, case: RefundCase, outcome: str | None, who: str = "anna", **fields: Any
) -> tuple[int, dict[str, Any]]:
    """Resolve a request through the API, as a person's key."""
    route = "POST /refunds/{refund_request_id}/{action}"
    named = {"refund_request_id": case.request.refund_request_id, "action": "resolve"}
    body = {"outcome": outcome, "note": NOTE} | fields
    return answered(decide_handler(http_event(route, body, who, **named), Context()))


LIMIT = limits_of("EUR").per_refund_minor


def escalated(scene: RefundScene, payment_id: str, amount_minor: int, claim: str) -> RefundCase:
    case = scene.request_refund(payment_id, amount_minor, claim_id=claim)
    assert case.lifecycle.state == "escalated"
    return case


def cases_of(scene: RefundScene, *amounts: int) -> list[RefundCase]:
    """Return requests of one payment, all left to people."""
    payment_id = scene.pay(sum(amounts))
    return [escalated(scene, payment_id, one, f"claim-{n}") for n, one in enumerate(amounts)]


def only_noted(worker: Worker, case: RefundCase) -> bool:
    """Approve; return whether that is only noted for a second person."""
    return worker.approve(case) == "escalated"


AMOUNT = 490_00


def order_sent(order_id: str, customer_id: str | None = "customer-1", **fields: Any) -> Order:
    """Send an order as `POST /orders` keeps it, with nothing asked of a gateway yet."""
    usual: dict[str, Any] = {"amount_minor": AMOUNT, "currency": "EUR"}
    usual |= {"success_url": "https://shop.test/ok", "cancel_url": "https://shop.test/no"}
    order = Order(order_id=order_id, customer_id=customer_id, **usual | fields)
    Orders("main").open(order, OrderLifecycle(order_id=order_id))
    return order
