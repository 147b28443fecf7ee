"""Refunds on the embedded stack, roles enforced: their flows, their keys, a lost wake-up."""

from typing import Any

import pytest

from infra.demo import clockwork
from infra.demo.actors.people import Client, person, system
from infra.demo.checks.refunds import refund_problems
from infra.demo.refunds import payments_held
from infra.demo.result import OrderResult, Result
from infra.demo.scenario import Flow
from infra.local import observed
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.callers import READING
from kassa.people.persons import Role
from kassa.refunds.lifecycle.lifecycle import RequestState

PATIENCE_S = 120


def result_of(result: Result, flow: Flow) -> OrderResult:
    return next(one for one in result.orders if one.order.has_flow(flow))


def request_body(result: Result, order_id: str, claim_id: str, amount_minor: int) -> dict[str, Any]:
    payment_id = str(result.of(order_id).payment_id)
    body = {"payment_id": payment_id, "claim_id": claim_id, "reason": "goodwill"}
    return body | {"amount_minor": amount_minor}


@pytest.fixture
def asker(stack: Stack) -> Client:
    """Somebody who may ask for refunds and decide others'."""
    connect(stack)
    return person(stack, "Asker", Role.SUPPORT, Role.APPROVER)


def test_every_refund_takes_its_flow_and_the_gateway_has_each_at_most_once(result: Result) -> None:
    assert {one.order.refund.flow for one in result.orders if one.order.refund} == set(Flow)
    assert list(refund_problems(result)) == []


def test_a_receipt_says_what_would_have_flipped_the_decision(result: Result) -> None:
    case = result_of(result, Flow.SMALL).case
    assert case
    receipt = case.request.receipt
    assert (receipt.rule_id, receipt.policy_version) == ("small-eur", 1)
    assert any("50.00 EUR" in one.text for one in receipt.counterfactuals)


def test_a_key_may_do_no_more_than_its_scopes_say(stack: Stack, result: Result) -> None:
    connect(stack)
    reader = system(stack, "reader", *READING)
    refund_request_id = str(result_of(result, Flow.DISPUTED).refund_request_id)

    assert reader.get(f"/refunds/{refund_request_id}")[0] == 200
    assert (
        reader.post("/refunds", request_body(result, "order-1002", "by-a-reader", 1_00))[0] == 403
    )
    assert reader.decide(refund_request_id, "approve")[0] == 403
    assert reader.post("/policies", {})[0] == 403


def test_nobody_approves_what_they_requested_themselves(asker: Client, result: Result) -> None:
    status, answer = asker.post("/refunds", request_body(result, "order-1004", "own", 1_000))
    assert (status, answer["lifecycle"]["state"]) == (200, "escalated")

    status, answer = asker.decide(answer["request"]["refund_request_id"], "approve")

    assert (status, answer["message"][:37]) == (409, "nobody approves what they requested t"[:37])


def test_an_approved_refund_whose_wake_up_was_lost_is_found_by_watch_gateways(
    stack: Stack, asker: Client, result: Result
) -> None:
    with payments_held(stack):
        status, answer = asker.post("/refunds", request_body(result, "order-1007", "unheard", 3_00))
        assert (status, answer["lifecycle"]["state"]) == (200, "approved")
        stack.client("sqs").purge_queue(QueueUrl=stack.queues["RefundsQueue"])
    refund_request_id = answer["request"]["refund_request_id"]
    assert observed.wait_until(lambda: observed.is_at_rest(stack), PATIENCE_S)
    assert asker.refund(refund_request_id).lifecycle.state is RequestState.APPROVED

    clockwork.watch_gateways(stack)

    def is_paid() -> bool:
        return asker.refund(refund_request_id).lifecycle.state is RequestState.PAID

    assert observed.wait_until(is_paid, PATIENCE_S)
