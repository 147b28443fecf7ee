"""Policies sent through the API, under an idempotency key or not, and requests to try them on."""

import json
from datetime import datetime, timedelta
from typing import Any

from functions.save_policy.app import lambda_handler as policy_handler
from kassa.archive.archive_facts import archive_facts
from kassa.core.money import Money
from kassa.refunds.lifecycle.lifecycle import Change, RefundLifecycle, RequestState, Step
from kassa.refunds.lifecycle.publish import facts_of
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import Outcome
from kassa.refunds.request.request import DecisionReceipt, RefundRequest
from tests.support.aws_stack import NOW, Context
from tests.support.builders import subject
from tests.support.policies import a_rule, a_table
from tests.support.refund_stage import http_event

KEY = "6f0a8c21d94be375"
SMALL = a_rule(1, "approve", amount={"up_to": "50.00 EUR"})


def post(handler: Any, path: str, body: Any) -> tuple[int, Any]:
    """Post as API Gateway does, behind the authorizer; text is sent as it is."""
    event = {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "body": body if isinstance(body, str) else json.dumps(body),
        "requestContext": {
            "http": {"method": "POST", "path": path},
            "stage": "$default",
            "requestId": "request-1",
            "authorizer": {"lambda": {"key_id": KEY}},
        },
        "isBase64Encoded": False,
    }
    answer = handler(event, Context())
    content = json.loads(answer["body"])
    return answer["statusCode"], content.get("error", content)


def dated_policy(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a policy without a date, as a person writes it."""
    document = a_table(*rules, **more)
    return document if "effective_from" in more else document | {"effective_from": days_from_now(0)}


def days_from_now(days: int) -> str:
    return (NOW + timedelta(days=days)).isoformat()


NAMED = {"content-type": "application/json", "Idempotency-Key": "order-17/refund"}


def post_under_key(
    handler: Any, route: str, body: Any, caller: str = "shop", **headers: str
) -> dict[str, Any]:
    event = http_event(route, body, caller) | {"headers": NAMED | headers}
    answer: dict[str, Any] = handler(event, Context())
    content = json.loads(answer["body"])
    return answer | {"content": content.get("error", content)}


def save_policy_under_key(caller: str = "shop", body: Any = None, **headers: str) -> dict[str, Any]:
    return post_under_key(
        policy_handler, "POST /policies", body or dated_policy(SMALL), caller, **headers
    )


def replayed(answer: dict[str, Any]) -> bool:
    return answer["headers"].get("Idempotent-Replayed") == "true"


PERSON = "b27d90e45c13fa86"
DAY = timedelta(days=1)


def requested(
    n: int, at: datetime, amount_minor: int, decision: str = "escalate", by: str = "", **fields: Any
) -> None:
    """Archive the n-th request's facts, with what `by` approved (or, `rejects`, rejected)."""
    amount = Money(amount_minor=amount_minor, currency="EUR")
    inputs = RefundInputs(
        amount=amount,
        payment_age_days=3,
        amount_percent=100,
        reason=Reason.DAMAGED,
        gateway="stripe",
    )
    receipt = DecisionReceipt(
        decision=Outcome(decision),
        why="policy",
        rule_id="otherwise",
        policy_version=3,
        inputs=inputs,
        decided_at=at,
    )
    request = RefundRequest(
        refund_request_id=f"rr_{n}",
        merchant_id=fields.get("merchant_id", "main"),
        payment=subject(f"pi_{n}"),
        claim_id=f"claim-{n}",
        amount=amount,
        reason=Reason.DAMAGED,
        customer_id=f"cus_{n}",
        requested_at=at,
        requested_by="6f0a8c21d94be375",
        receipt=receipt,
    )
    steps = [(Step.REQUESTED, at, "6f0a8c21d94be375")]
    if by:
        step = Step.REJECTED if fields.get("rejects") else Step.APPROVED
        steps.append((step, at + fields.get("after", timedelta(hours=1)), by))
    lifecycle = RefundLifecycle(
        refund_request_id=f"rr_{n}",
        state=RequestState.ESCALATED,
        changes=tuple(
            Change(step=step, at=when, by=who, amount_minor=amount_minor)
            for step, when, who in steps
        ),
    )
    archive_facts(facts_of(request, lifecycle))
