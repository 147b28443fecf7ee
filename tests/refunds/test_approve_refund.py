"""POST /refunds: who asks for what is decided at once, with a receipt, and once for each claim."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RequestedRefund
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.policy.limits import limits_of
from tests.support.refund_stage import SMALL, RefundStage
from tests.support.refund_stage import stage as stage

ALL = SMALL | {"when": {"payment_age_days": {"up_to": 10_000}}}


def test_a_small_refund_is_approved_and_reserved_at_once(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)

    assert case.lifecycle.state is RequestState.APPROVED
    assert (case.request.receipt.rule_id, case.request.receipt.policy_version) == ("R1", 1)
    assert case.request.receipt.inputs.amount_percent == 40
    assert stage.payment(case).reservations == {case.request.refund_request_id: 40_00}
    assert stage.payment(case).available_minor == 60_00


def test_the_receipt_says_what_would_have_flipped_the_decision(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)

    assert "would have been escalated above 50.00 EUR" in [
        one.text for one in case.request.receipt.counterfactuals
    ]


def test_a_large_refund_waits_for_a_person_and_reserves_nothing(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 60_00)

    assert case.lifecycle.state is RequestState.ESCALATED
    assert case.request.receipt.rule_id == "otherwise"
    assert case.lifecycle.decide_by == stage.clock.at + timedelta(hours=48)
    assert stage.payment(case).reservations == {}


def test_the_policy_may_reject(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 60_00, reason="goodwill")

    assert case.lifecycle.state is RequestState.REJECTED
    assert case.request.receipt.rule_id == "R2"


def test_without_an_amount_all_that_is_left_is_requested(stage: RefundStage) -> None:
    payment_id = stage.pay(45_00)
    stage.request_refund(payment_id, 20_00, claim_id="first")

    assert stage.request_refund(payment_id, claim_id="rest").request.amount.amount_minor == 25_00


def test_line_items_name_the_amount_and_the_category(stage: RefundStage) -> None:
    lines = [
        {"sku": "a", "amount_minor": 10_00, "category": "books"},
        {"sku": "b", "amount_minor": 5_00, "category": "books"},
    ]
    case = stage.request_refund(stage.pay(), line_items=lines)

    assert case.request.amount.amount_minor == 15_00
    assert case.request.receipt.inputs.category == "books"


@pytest.mark.parametrize("by", ["order", "charge"])
def test_a_payment_is_found_by_its_order_and_by_its_charge(stage: RefundStage, by: str) -> None:
    payment_id = stage.pay()
    charge_id = stage.client.v1.payment_intents.retrieve(payment_id).latest_charge
    named = {"order_id": "order-1"} if by == "order" else {"payment_id": charge_id}
    status, answer = stage.post(named | {"reason": "damaged", "amount_minor": 1_00})

    assert status == 200
    assert answer["request"]["payment"]["subject_id"] == payment_id


def test_of_an_order_with_two_payments_one_must_be_named(stage: RefundStage) -> None:
    payment_ids = sorted([stage.pay(), stage.pay()])
    status, answer = stage.post({"order_id": "order-1", "reason": "damaged"})

    assert status == 409
    assert ", ".join(payment_ids) in answer["message"]


@pytest.mark.parametrize("named", [{"payment_id": "pi_none"}, {"order_id": "none"}])
def test_an_unknown_payment_is_not_found(stage: RefundStage, named: dict[str, Any]) -> None:
    assert stage.post(named | {"reason": "damaged"})[0] == 404


def test_more_than_is_left_is_refused_with_what_is_left(stage: RefundStage) -> None:
    payment_id = stage.pay()
    stage.request_refund(payment_id, 40_00)
    status, answer = stage.post(
        {"payment_id": payment_id, "reason": "damaged", "amount_minor": 60_01}
    )

    assert (status, answer["left_minor"]) == (409, 60_00)


def test_an_uncaptured_payment_has_nothing_to_refund(stage: RefundStage) -> None:
    payment_id = stage.pay(capture_method="manual")
    status, answer = stage.post({"payment_id": payment_id, "reason": "damaged"})

    assert (status, answer["left_minor"]) == (409, 0)


OFF: list[tuple[dict[str, Any], str]] = [
    ({"amount_minor": 0}, "amount_minor"),
    ({"amount_minor": -1}, "amount_minor"),
    ({"amount_minor": 1.5}, "amount_minor"),
    ({"amount_minor": "100"}, "amount_minor"),
    ({"amount_minor": True}, "amount_minor"),
    ({"currency": "eur"}, "currency"),
    ({"currency": "USD"}, "currency"),
    ({"reason": "because"}, "reason"),
    ({"reason": None}, "reason"),
    ({"comment": "x" * 1001}, "comment"),
    ({"claim_id": ""}, "claim_id"),
    ({"claim_id": "a claim"}, "claim_id"),
    ({"ip_hash": "192.0.2.1"}, "ip_hash"),
    ({"address_hash": "Main Street 1"}, "address_hash"),
    ({"line_items": [{"sku": ""}]}, "line_items.0.sku"),
    ({"line_items": [{"sku": "a", "amount_minor": 5}], "amount_minor": 6}, "amount_minor"),
    ({"order_id": "order-1"}, "payment_id"),
    ({"payment_id": None}, "payment_id"),
    ({"surprise": 1}, "surprise"),
]


@pytest.mark.parametrize(("bad", "field"), OFF)
def test_a_malformed_request_body_is_refused_naming_the_field(
    stage: RefundStage, bad: dict[str, Any], field: str
) -> None:
    request_body = {"payment_id": stage.pay(), "reason": "damaged"} | bad
    status, answer = stage.post(request_body)

    assert status == 400, answer
    assert field in answer["message"]
    assert stage.stack.published() == []


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "\u0000"])
def test_what_is_no_object_is_refused(stage: RefundStage, body: str) -> None:
    assert stage.post(body)[0] == 400  # type: ignore[arg-type]


def test_a_claim_made_again_is_answered_with_what_was_decided(stage: RefundStage) -> None:
    payment_id = stage.pay()
    first = stage.request_refund(payment_id, 40_00, claim_id="claim-1")
    stage.clock.at += timedelta(days=2)

    again = first.model_copy(update={"repeated": True})
    assert not first.repeated
    assert stage.request_refund(payment_id, 40_00, claim_id="claim-1") == again
    assert stage.request_refund(payment_id, claim_id="claim-1") == again
    assert stage.payment(first).available_minor == 60_00


@pytest.mark.parametrize("other", [{"amount_minor": 30_00}, {"reason": "not_received"}])
def test_a_claim_with_other_fields_is_refused(stage: RefundStage, other: dict[str, Any]) -> None:
    payment_id = stage.pay()
    first = stage.request_refund(payment_id, 40_00, claim_id="claim-1")
    request_body = {"payment_id": payment_id, "reason": "damaged", "amount_minor": 40_00}
    status, answer = stage.post(request_body | {"claim_id": "claim-1"} | other)

    assert status == 409
    assert first.request.refund_request_id in answer["message"]


def test_without_a_claim_id_the_same_amount_is_the_same_claim_with_whatever_comment(
    stage: RefundStage,
) -> None:
    payment_id = stage.pay()
    first = stage.request_refund(payment_id, 10_00, comment="broken")

    again = stage.request_refund(payment_id, 10_00, comment="it is broken", reason="other")
    assert again == first.model_copy(update={"repeated": True})
    assert stage.request_refund(payment_id, 10_01, comment="broken").request != first.request
    assert stage.request_refund(payment_id, 10_00, claim_id="another").request != first.request


def test_the_hard_limit_of_one_refund_stands_above_any_policy(stage: RefundStage) -> None:
    stage.save_policy(rules=[ALL])
    limit = limits_of("EUR").per_refund_minor
    payment_id = stage.pay(3 * limit)

    assert (
        stage.request_refund(payment_id, limit, claim_id="a").lifecycle.state
        is RequestState.APPROVED
    )
    above = stage.request_refund(payment_id, limit + 1, claim_id="b")
    assert above.lifecycle.state is RequestState.ESCALATED
    assert above.request.receipt.why == "hard_limit"


def test_the_days_limit_of_a_customer_stands_above_any_policy(stage: RefundStage) -> None:
    stage.save_policy(rules=[ALL])
    limit = limits_of("EUR").per_refund_minor
    customer = stage.client.v1.customers.create({}).id
    payment_id = stage.pay(9 * limit, customer=customer)
    states = [stage.request_refund(payment_id, limit, claim_id=f"claim-{n}") for n in range(3)]

    assert [case.request.receipt.why for case in states] == [
        "policy",
        "policy",
        "customer_day_limit",
    ]
    stage.clock.at += timedelta(days=1)
    assert (
        stage.request_refund(payment_id, limit, claim_id="tomorrow").request.receipt.why == "policy"
    )


def test_the_merchants_day_has_a_limit_over_all_customers(stage: RefundStage) -> None:
    stage.save_policy(rules=[ALL])
    spent = limits_of("EUR").per_merchant_day_minor
    key = {"PK": {"S": "LIMIT#main#2026-11-21#EUR"}, "SK": {"S": "MERCHANT"}}
    item = key | {"approved_minor": {"N": str(spent - 10_00)}}
    aws.client("dynamodb").put_item(TableName=stage.stack.table, Item=item)

    payment_id = stage.pay()
    assert (
        stage.request_refund(payment_id, 10_01, claim_id="a").request.receipt.why
        == "merchant_day_limit"
    )
    assert stage.request_refund(payment_id, 10_00, claim_id="b").request.receipt.why == "policy"


def test_a_currency_without_limits_is_never_automatic(stage: RefundStage) -> None:
    stage.save_policy(rules=[ALL])
    case = stage.request_refund(stage.pay(currency="xof", amount=500), 100)

    assert case.request.receipt.why == "hard_limit"


def test_a_payment_that_is_too_old_goes_to_a_person(stage: RefundStage) -> None:
    stage.save_policy(rules=[ALL])
    payment_id = stage.pay()
    stage.clock.at += timedelta(days=366)

    assert stage.request_refund(payment_id, 1_00).request.receipt.why == "payment_age"


def test_a_disputed_payment_goes_to_a_person(stage: RefundStage) -> None:
    payment_id = stage.pay()
    charge_id = stage.client.v1.payment_intents.retrieve(payment_id).latest_charge
    stage.fake.open_dispute(str(charge_id), 30_00)
    stage.deliver()

    case = stage.request_refund(payment_id, 1_00)
    assert case.request.receipt.why == "open_dispute"
    assert case.request.receipt.inputs.has_open_dispute


def test_the_customers_comment_is_kept_and_published_to_nobody(
    stage: RefundStage, capsys: pytest.CaptureFixture[str]
) -> None:
    case = stage.request_refund(stage.pay(), 1_00, comment="the red lamp came in two pieces")
    stage.drain()

    assert stage.case(case).comment == "the red lamp came in two pieces"
    assert "red lamp" not in str(stage.facts)
    assert "red lamp" not in capsys.readouterr().out


def test_a_request_counts_into_the_next_ones_velocity(stage: RefundStage) -> None:
    payment_id = stage.pay()
    bad = {"ip_hash": "ab" * 16, "address_hash": "cd" * 16}
    first = stage.request_refund(payment_id, 1_00, claim_id="a", **bad)
    second = stage.request_refund(payment_id, 1_00, claim_id="b", **bad)

    counted = [case.request.receipt.inputs.requests_ip_day for case in (first, second)]
    assert counted == [0, 1]
    assert second.request.receipt.inputs.requests_card_day == 1
    assert second.request.receipt.score_parts


def test_a_receipt_says_who_requested(stage: RefundStage) -> None:
    status, answer = stage.post({"payment_id": stage.pay(), "reason": "damaged"}, caller="key-7")

    assert status == 200
    assert RequestedRefund.model_validate(answer).request.requested_by == "key-7"
