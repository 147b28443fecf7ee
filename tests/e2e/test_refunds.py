"""Refunds on the embedded stack, roles enforced: their courses, their keys, a lost ring."""

from typing import Any

import pytest

from infra.local import clockwork, observed
from infra.local.expected_refunds import refund_problems
from infra.local.office import Client, person, system
from infra.local.orders import Course, Sale
from infra.local.outcome import Asked, Outcome
from infra.local.refund_courses import payments_held
from infra.stack import Stack
from infra.stack_clients import connect
from kassa.core.callers import READING
from kassa.people.persons import Role
from kassa.refunds.lifecycle.lifecycle import RequestState

PATIENCE_S = 120


def sale_of(outcome: Outcome, order_id: str) -> Sale:
    return next(sale for sale in outcome.sales if sale.order.order_id == order_id)


def asked(outcome: Outcome, course: Course) -> Asked:
    assert outcome.refunds
    return next(one for one in outcome.refunds.asked if one.plan.course is course)


def request_body(
    outcome: Outcome, order_id: str, claim_id: str, amount_minor: int
) -> dict[str, Any]:
    payment_id = sale_of(outcome, order_id).payment_id
    words = {"payment_id": payment_id, "claim_id": claim_id, "reason": "goodwill"}
    return words | {"amount_minor": amount_minor}


@pytest.fixture
def asker(stack: Stack) -> Client:
    """Somebody who may ask for refunds and decide others'."""
    connect(stack)
    return person(stack, "Asker", Role.SUPPORT, Role.APPROVER)


def test_every_refund_takes_its_course_and_the_gateway_has_each_at_most_once(
    outcome: Outcome,
) -> None:
    assert outcome.refunds
    assert {one.plan.course for one in outcome.refunds.asked} == set(Course)
    assert list(refund_problems(outcome.refunds)) == []


def test_a_receipt_says_what_would_have_flipped_the_decision(outcome: Outcome) -> None:
    case = asked(outcome, Course.SMALL).case
    assert case
    receipt = case.request.receipt
    assert (receipt.rule_id, receipt.policy_version) == ("small-eur", 1)
    assert any("50.00 EUR" in one.says for one in receipt.counterfactuals)


def test_a_key_may_do_no_more_than_its_scopes_say(stack: Stack, outcome: Outcome) -> None:
    connect(stack)
    reader = system(stack, "reader", *READING)
    refund_request_id = str(asked(outcome, Course.DISPUTED).refund_request_id)

    assert reader.get(f"/refunds/{refund_request_id}")[0] == 200
    assert (
        reader.post("/refunds", request_body(outcome, "order-1002", "by-a-reader", 1_00))[0] == 403
    )
    assert reader.decide(refund_request_id, "approve")[0] == 403
    assert reader.post("/policies", {})[0] == 403


def test_nobody_approves_what_they_asked_for_themselves(asker: Client, outcome: Outcome) -> None:
    status, said = asker.post("/refunds", request_body(outcome, "order-1004", "own", 1_000))
    assert (status, said["lifecycle"]["state"]) == (200, "escalated")

    status, said = asker.decide(said["request"]["refund_request_id"], "approve")

    assert (status, said["message"][:37]) == (409, "nobody approves what they requested t"[:37])


def test_an_approved_refund_whose_ring_was_lost_is_found_by_watch_gateways(
    stack: Stack, asker: Client, outcome: Outcome
) -> None:
    with payments_held(stack):
        status, said = asker.post("/refunds", request_body(outcome, "order-1007", "unheard", 3_00))
        assert (status, said["lifecycle"]["state"]) == (200, "approved")
        stack.client("sqs").purge_queue(QueueUrl=stack.queues["RefundsQueue"])
    refund_request_id = said["request"]["refund_request_id"]
    assert observed.wait_until(lambda: observed.is_at_rest(stack), PATIENCE_S)
    assert asker.refund(refund_request_id).lifecycle.state is RequestState.APPROVED

    clockwork.watch_gateways(stack)

    def is_paid() -> bool:
        return asker.refund(refund_request_id).lifecycle.state is RequestState.PAID

    assert observed.wait_until(is_paid, PATIENCE_S)
