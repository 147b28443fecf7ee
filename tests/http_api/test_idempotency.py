"""Idempotency-Key: for a day the same request gets the same answer, and nothing is done twice."""

from datetime import timedelta
from typing import Any

import pytest

from functions.approve_refund.app import lambda_handler as approve_handler
from functions.open_checkout.app import lambda_handler as order_handler
from functions.save_policy.app import lambda_handler as policy_handler
from kassa.http_api import idempotency
from kassa.platform import aws
from tests.support.aws_stack import Context, Stack
from tests.support.orders import ORDER_BODY
from tests.support.policy_requests import (
    SMALL,
    dated_policy,
    post_under_key,
    replayed,
    save_policy_under_key,
)
from tests.support.refund_stage import RefundStage, http_event
from tests.support.refund_stage import stage as stage


def test_the_same_request_gets_the_same_answer_and_says_so(stack: Stack) -> None:
    first, again = save_policy_under_key(), save_policy_under_key()

    assert (first["statusCode"], again["statusCode"]) == (201, 201)
    assert (replayed(first), replayed(again)) == (False, True)
    assert first["body"] == again["body"]


def test_the_order_of_fields_is_no_other_request(stack: Stack) -> None:
    save_policy_under_key()
    turned = dict(reversed(dated_policy(SMALL).items()))

    assert replayed(save_policy_under_key(body=turned))


def test_without_the_header_nothing_is_kept(stack: Stack) -> None:
    event = http_event("POST /policies", dated_policy(SMALL), "shop")

    assert policy_handler(event, Context())["statusCode"] == 201
    assert not [one for one in stack.items() if "IDEMPOTENCY" in one["PK"]["S"]]


def test_the_same_key_with_another_body_is_refused_and_nothing_done(stack: Stack) -> None:
    save_policy_under_key()
    other = save_policy_under_key(body=dated_policy(SMALL, name="another"))

    assert (other["statusCode"], other["content"]["code"]) == (409, "idempotency_key_reused")
    assert len([one for one in stack.items() if "POLICY" in one["PK"]["S"]]) == 1


def test_keys_of_two_callers_are_two_keys(stack: Stack) -> None:
    save_policy_under_key()

    assert not replayed(save_policy_under_key("another"))


def test_after_a_day_the_key_is_new(stack: Stack, stage: RefundStage) -> None:
    save_policy_under_key()
    stage.clock.at += timedelta(hours=24, seconds=1)

    answer = save_policy_under_key(body=dated_policy(SMALL))
    assert not replayed(answer)


def test_what_is_being_answered_is_409_until_it_is_or_its_time_is_over(
    stack: Stack, stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crashing:
        crashing.setattr(idempotency, "finish", lambda *_: None)  # the function dies before that
        assert save_policy_under_key()["statusCode"] == 201

    waiting = save_policy_under_key()
    assert (waiting["statusCode"], waiting["content"]["code"]) == (409, "in_progress")
    assert waiting["headers"]["Retry-After"] == "1"
    stage.clock.at += timedelta(seconds=31)
    assert (
        save_policy_under_key()["content"]["is_new"] is False
    )  # done before, by its own version: not twice
    assert replayed(save_policy_under_key())


def test_a_refusal_is_not_kept_and_the_key_may_say_something_else(stack: Stack) -> None:
    refused = save_policy_under_key(body={"rules": 1})
    assert refused["statusCode"] == 400

    assert save_policy_under_key()["statusCode"] == 201


def test_a_failure_of_ours_is_not_kept(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr("functions.save_policy.app.save_policy", _broken)
        assert save_policy_under_key()["statusCode"] == 500

    assert save_policy_under_key()["statusCode"] == 201


def _broken(*_: Any) -> None:
    raise RuntimeError


def test_a_refund_requested_under_a_key_is_answered_once_and_made_once(stage: RefundStage) -> None:
    body = {"payment_id": stage.pay(), "amount_minor": 10_00, "reason": "damaged"}
    first, again = (post_under_key(approve_handler, "POST /refunds", body) for _ in range(2))

    assert first["body"] == again["body"]
    assert (first["content"]["repeated"], replayed(again)) == (False, True)


def test_a_refund_is_made_once_though_the_record_is_lost(stage: RefundStage) -> None:
    body = {"payment_id": stage.pay(), "amount_minor": 10_00, "reason": "damaged"}
    first = post_under_key(approve_handler, "POST /refunds", body)
    for item in stage.stack.items():
        if "IDEMPOTENCY" in item["PK"]["S"]:
            key = {"PK": item["PK"], "SK": item["SK"]}
            aws.client("dynamodb").delete_item(TableName=stage.stack.table, Key=key)

    again = post_under_key(approve_handler, "POST /refunds", body)

    assert (replayed(again), again["content"]["repeated"]) == (False, True)
    assert again["content"]["request"] == first["content"]["request"]


def test_the_table_holds_neither_the_key_nor_the_customers_comment(stage: RefundStage) -> None:
    body = {"payment_id": stage.pay(), "reason": "damaged", "words": "my grandmother's vase"}
    post_under_key(approve_handler, "POST /refunds", body)
    [kept] = [one for one in stage.stack.items() if "IDEMPOTENCY" in one["PK"]["S"]]

    assert "order-17" not in str(kept)
    assert "vase" not in str(kept)
    assert "rr_" not in str(kept)


def test_the_table_forgets_it_after_a_day(stage: RefundStage) -> None:
    save_policy_under_key()
    [kept] = [one for one in stage.stack.items() if "IDEMPOTENCY" in one["PK"]["S"]]

    ends_at = int((stage.clock.at + timedelta(hours=24)).timestamp())
    assert int(kept["expires_at"]["N"]) == ends_at


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\nb"])
def test_a_key_that_is_none_is_refused_by_name(stack: Stack, key: str) -> None:
    answer = save_policy_under_key(**{"Idempotency-Key": key})

    assert (answer["statusCode"], answer["content"]["param"]) == (400, "Idempotency-Key")


def test_a_key_of_another_route_is_not_the_same_request(stage: RefundStage) -> None:
    save_policy_under_key()
    other = post_under_key(order_handler, "POST /orders", ORDER_BODY)

    assert other["content"]["code"] == "idempotency_key_reused"
