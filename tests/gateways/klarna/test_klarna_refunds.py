"""Refunds made by hand in Klarna's portal, which no webhook reports, are seen before a decision."""

from datetime import timedelta
from typing import Any

import pytest

from functions.approve_refund.app import lambda_handler as approve_handler
from functions.decide_refund.app import lambda_handler as decide_handler
from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.money import Money
from kassa.gateways import dispatch as calls
from kassa.gateways import registry
from kassa.gateways.submissions import RefundSubmission
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.policy.parse import read_policy
from kassa.refunds.policy.store import Policies
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context
from tests.support.gateway_stages.klarna import Klarna, subject
from tests.support.gateway_stages.klarna import klarna as klarna
from tests.support.refund_stage import answered, http_event

RULE = {"id": "R1", "name": "Small", "when": {"amount": {"up_to": "50.00 EUR"}}, "then": "approve"}


def save_policy(shop: Klarna, version: int = 1, **more: Any) -> None:
    usual = {"effective_from": "2026-11-20T00:00:00+00:00", "rules": [RULE]}
    policy = read_policy(usual | more, "main", version, shop.stage.clock.at, "test")
    Policies("main").save(policy)


@pytest.fixture
def shop(klarna: Klarna) -> Klarna:
    """Let 100.00 EUR be paid, and refunds up to 50.00 EUR be approved by themselves."""
    save_policy(klarna)
    klarna.scene.pay("order-1", 100_00)
    klarna.stage.deliver()
    return klarna


def requested(shop: Klarna, amount_minor: int | None, **more: Any) -> tuple[int, dict[str, Any]]:
    body = {"gateway": "klarna", "account": "main", "reason": "damaged"} | more
    body |= {"payment_id": shop.scene.payment_id("order-1")}
    body |= {"amount_minor": amount_minor} if amount_minor else {}
    return answered(approve_handler(http_event("POST /refunds", body, "shop"), Context()))


def approve(answer: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    route = "POST /refunds/{refund_request_id}/{action}"
    named = {"refund_request_id": answer["request"]["refund_request_id"], "action": "approve"}
    return answered(decide_handler(http_event(route, {}, "anna", **named), Context()))


def silence(shop: Klarna) -> None:
    """Let Klarna answer nothing for a while."""
    shop.scene.fake.faults.expect(Fault(Kind.LOST_REQUEST, times=1_000))


def test_only_klarna_reports_no_refunds_and_is_looked_up_first() -> None:
    silent = {name for name, known in registry.GATEWAYS.items() if not known.notifies_refunds}
    assert silent == {"klarna"}


def test_more_than_the_portal_left_is_refused_at_once_with_what_is_left(shop: Klarna) -> None:
    shop.scene.refund("order-1", 60_00)
    status, answer = requested(shop, 50_00)

    assert (status, answer["left_minor"]) == (409, 40_00)
    status, answer = requested(shop, 40_00)
    assert (status, answer["request"]["receipt"]["decision"]) == (200, "approve")


def test_without_an_amount_what_the_portal_left_is_requested(shop: Klarna) -> None:
    shop.scene.refund("order-1", 60_00)

    assert requested(shop, None)[1]["request"]["amount"]["amount_minor"] == 40_00


def test_two_refunds_promised_after_one_by_hand_never_exceed_what_is_left(shop: Klarna) -> None:
    shop.scene.refund("order-1", 60_00)
    answers = [requested(shop, 30_00, claim_id=f"claim-{n}")[0] for n in range(2)]

    assert answers == [200, 409]


def test_what_kassa_promised_itself_and_klarna_has_is_counted_once(shop: Klarna) -> None:
    status, answer = requested(shop, 40_00)
    assert status == 200
    payment = subject(shop.scene.payment_id("order-1"))
    named, amount = (
        answer["request"]["refund_request_id"],
        Money(amount_minor=40_00, currency="EUR"),
    )
    calls.refund(RefundSubmission(payment=payment, submission_id=named, amount=amount))
    assert RefundRequests().payment(payment).reservations  # nobody told of it yet

    assert requested(shop, 50_00, claim_id="b")[0] == 200
    assert requested(shop, 10_01, claim_id="c")[0] == 409


def test_a_silent_klarna_leaves_it_to_a_person_who_waits_for_it_too(shop: Klarna) -> None:
    silence(shop)
    status, answer = requested(shop, 50_00)

    assert (status, answer["lifecycle"]["state"]) == (200, "escalated")
    assert answer["request"]["receipt"]["why"] == "gateway_silent"
    status, problem = approve(answer)
    assert (status, problem["message"].split(":")[0]) == (
        409,
        "the gateway doesn't say now what it refunded",
    )
    shop.scene.fake.faults.clear()
    shop.scene.refund("order-1", 60_00)
    assert approve(answer)[1]["left_minor"] == 40_00


def test_what_nobody_decided_is_approved_only_after_looking(shop: Klarna) -> None:
    save_policy(shop, 2, rules=[], on_expiry="approve")
    status, answer = requested(shop, 50_00)
    assert (status, answer["lifecycle"]["state"]) == (200, "escalated")
    shop.scene.refund("order-1", 60_00)
    shop.stage.clock.at += timedelta(hours=49)
    named = answer["request"]["refund_request_id"]
    pay_refund(named, RefundRequests(), lambda: 60.0)

    assert RefundRequests().named(named).lifecycle.state == "escalated"
    assert shop.state(shop.scene.payment_id("order-1")).reservations == {}
