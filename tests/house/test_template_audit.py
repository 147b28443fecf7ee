"""What the template promises of the audit trail, closed reports and who may re-enter events."""

import re
from typing import Any

import pytest

from tests.support.template import ALLOWED, listed, resources, template

TABLE = resources("DynamoDB::Table")["PaymentsTable"]
DENIALS = TABLE["ResourcePolicy"]["PolicyDocument"]["Statement"]
REWRITING = {"UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"}
ACTS = {
    *("DecideRefundFunction", "SavePolicyFunction", "OpenCheckoutFunction"),
    *("DecideInvoiceFunction", "EnterPaymentFunction", "ServeDeliveriesFunction"),
    "ServeWebhooksFunction",
    "ServeCustomersFunction",
    "ServeRemindersFunction",
    *("ServeConsoleFunction", "AnswerDisputeFunction"),
}
VOIDS = {"PayRefundFunction"}  # what a person approved who may not any more
GIVES_UP = {"SendWebhookFunction"}  # an endpoint that is gone, or failed for days


def leading_keys(statement: dict[str, Any]) -> list[str]:
    """Return the keys that a right is limited to; none where it isn't."""
    limits = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    found: list[str] = limits.get("dynamodb:LeadingKeys", [])
    return found


def test_nobody_in_the_account_may_rewrite_or_delete_an_audit_item() -> None:
    denied = {action.partition(":")[2] for one in DENIALS for action in listed(one["Action"])}

    assert denied == REWRITING
    for one in DENIALS:
        assert (one["Effect"], one["Principal"]) == ("Deny", "*")
        assert re.search(r"LeadingKeys': \['AUDIT#\*'\]", str(one["Condition"]))


def test_an_act_that_changes_other_items_in_one_transaction_is_let_through() -> None:
    (of_writes,) = (one for one in DENIALS if "dynamodb:UpdateItem" in one["Action"])

    assert list(of_writes["Condition"]) == ["ForAllValues:StringLike", "Null"]
    assert of_writes["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}


def test_only_those_that_people_act_by_put_audit_items_and_none_updates_them() -> None:
    writers = {
        (holder, action)
        for holder, statement in ALLOWED
        for action in listed(statement["Action"])
        if "AUDIT#*" in leading_keys(statement) and not re.search(":(Get|Query|Batch)", action)
    }

    assert writers == {(holder, "dynamodb:PutItem") for holder in ACTS | VOIDS | GIVES_UP}


def test_who_may_write_any_other_item_may_write_none_of_the_trail() -> None:
    unlimited = {
        holder
        for holder, one in ALLOWED
        if "dynamodb:PutItem" in listed(one["Action"]) and not one.get("Condition")
    }
    denied = {
        name
        for name, function in resources("Serverless::Function").items()
        for one in function["Policies"][0]["Statement"]
        if one["Effect"] == "Deny" and "AUDIT*" in str(one["Condition"])
        if {"dynamodb:PutItem", "dynamodb:UpdateItem"} == set(one["Action"])
    }

    assert unlimited == denied == {"BookEventFunction", "GenerateInvoiceFunction"}


def test_the_clock_moves_the_head_and_writes_no_item() -> None:
    put = [
        key
        for holder, one in ALLOWED
        if holder == "WatchGatewaysFunction" and "dynamodb:PutItem" in listed(one["Action"])
        for key in leading_keys(one)
    ]

    assert "AUDITHEAD" in put
    assert "AUDIT#*" not in put


@pytest.mark.parametrize("prefix", ["facts", "handovers", "invoices", "reports"])
def test_nobody_may_delete_what_closed_reports_are_made_of(prefix: str) -> None:
    policy = resources("S3::BucketPolicy")["KassaBucketPolicy"]["PolicyDocument"]["Statement"]
    (deny,) = (one for one in policy if "s3:DeleteObjectVersion" in listed(one["Action"]))

    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert set(deny["Action"]) == {"s3:DeleteObject", "s3:DeleteObjectVersion"}
    assert "Condition" not in deny
    assert {"Fn::Sub": f"${{KassaBucket.Arn}}/{prefix}/*"} in deny["Resource"]


def test_who_re_enters_events_has_shown_a_second_factor() -> None:
    trust = resources("IAM::Role")["ResendRole"]["AssumeRolePolicyDocument"]["Statement"]
    with_mfa, other = trust

    assert with_mfa["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    condition, allowed, nothing = other["Fn::If"]
    assert (condition, nothing) == ("HasResendPrincipal", {"Ref": "AWS::NoValue"})
    assert allowed["Condition"] == {"ArnLike": {"aws:PrincipalArn": {"Ref": "ResendPrincipal"}}}


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("", True),
        ("arn:aws:iam::123456789012:role/ci-redrive", True),
        ("arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Ops_*", True),
        ("*", False),
        ("arn:aws:sts::123456789012:assumed-role/x/y", False),
    ],
)
def test_nobody_may_without_it_unless_one_role_is_named(given: str, is_taken: bool) -> None:
    parameter = template()["Parameters"]["ResendPrincipal"]

    assert parameter["Default"] == ""
    assert bool(re.fullmatch(parameter["AllowedPattern"], given)) is is_taken
