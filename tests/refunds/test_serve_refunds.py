"""The routes that read refunds and policies, whole: from the table to what API Gateway gets."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.core.money import Money
from kassa.ledger.state import SubjectState
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import Change, RefundLifecycle, RequestState, Step
from kassa.refunds.policy.inputs import Reason, RefundInputs
from kassa.refunds.policy.model import Outcome, RefundPolicy
from kassa.refunds.policy.store import Policies
from kassa.refunds.request.request import DecisionReceipt, RefundRequest
from kassa.refunds.store import RefundRequests
from tests.support.api_requests import get
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.builders import eur, subject

ID = "rr_0123456789abcdef01234567"


def receipt(amount: Money) -> DecisionReceipt:
    inputs = RefundInputs(
        amount=amount,
        payment_age_days=3,
        amount_percent=60,
        reason=Reason.DAMAGED,
        gateway="stripe",
    )
    return DecisionReceipt(
        decision=Outcome.ESCALATE,
        why="policy",
        rule_id="otherwise",
        policy_version=0,
        inputs=inputs,
        decided_at=NOW,
    )


def requested(comment: str = "") -> None:
    """File an escalated request of 60 euros."""
    request = RefundRequest(
        refund_request_id=ID,
        merchant_id="main",
        payment=subject(),
        claim_id="claim-1",
        amount=eur(60_00),
        reason=Reason.DAMAGED,
        requested_at=NOW,
        requested_by="0123456789abcdef",
        receipt=receipt(eur(60_00)),
    )
    change = Change(step=Step.REQUESTED, at=NOW, by="0123456789abcdef", amount_minor=60_00)
    lifecycle = RefundLifecycle(
        refund_request_id=ID, state=RequestState.ESCALATED, changes=(change,)
    )
    case = RefundCase(request=request, lifecycle=lifecycle, comment=comment)
    RefundRequests().open(case, SubjectState(), [])


def saved(version: int, **changes: Any) -> None:
    """Save a policy that rules from now on."""
    fields = {
        "version": version,
        "merchant_id": "main",
        "rules": (),
        "effective_from": NOW,
        "saved_at": NOW,
        "saved_by": "0123456789abcdef",
    }
    Policies("main").save(RefundPolicy(**{**fields, **changes}))


def test_a_refund_shows_its_request_its_receipt_and_its_lifecycle(stack: Stack) -> None:
    requested(comment="the lid is cracked")

    status, shown = get(f"/refunds/{ID}")

    assert status == 200
    assert shown["request"]["amount"] == {"amount_minor": 60_00, "currency": "EUR"}
    assert shown["request"]["receipt"]["decision"] == "escalate"
    assert shown["lifecycle"]["state"] == "escalated"
    assert [change["step"] for change in shown["lifecycle"]["changes"]] == ["requested"]
    assert shown["comment"] == "the lid is cracked"


def test_an_unknown_refund_is_not_found(stack: Stack) -> None:
    status, problem = get("/refunds/rr_none")

    assert status == 404
    assert "rr_none" in problem["message"]


def test_without_a_policy_none_rules(stack: Stack, fake_clock: FakeClock) -> None:
    assert get("/policies") == (200, {"ruling": 0, "policies": []})


def test_policies_come_newest_first_and_say_which_rules_now(
    stack: Stack, fake_clock: FakeClock
) -> None:
    saved(1)
    saved(2, effective_from=NOW + timedelta(days=1))

    _, today = get("/policies")
    fake_clock.at += timedelta(days=1)
    _, tomorrow = get("/policies")

    assert [policy["version"] for policy in today["policies"]] == [2, 1]
    assert (today["ruling"], tomorrow["ruling"]) == (1, 2)


def test_a_version_comes_as_it_was_saved(stack: Stack) -> None:
    saved(1, note="holiday season")

    status, policy = get("/policies/1")

    assert (status, policy["note"]) == (200, "holiday season")


@pytest.mark.parametrize(("path", "expected"), [("2", 404), ("0", 400), ("newest", 400)])
def test_a_version_that_is_not_there_or_cant_be_is_refused(
    stack: Stack, path: str, expected: int
) -> None:
    status, problem = get(f"/policies/{path}")

    assert status == expected
    assert "version" in problem["message"]
