"""What people do through the API is written with its audit item, or not at all."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kassa.audit import store as audit_trail
from kassa.audit.trail import GENESIS, Act, Actor, AuditItem
from kassa.core.errors import StaleWrite
from kassa.ledger.state import SubjectState
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState
from kassa.refunds.request.holds import Taking
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import NOW, Stack
from tests.support.builders import OPERATOR
from tests.support.refund_stage import ANNA, BERT, SMALL, RefundStage, decide, escalated
from tests.support.refund_stage import stage as stage

TODAY = NOW.date()


def written(day: date = TODAY) -> list[AuditItem]:
    return [AuditItem.model_validate_json(item.content) for item in audit_trail.items(day)]


def of(case: RefundCase) -> list[tuple[str, str | None]]:
    """Return what was done to a refund request, and by whom."""
    about = f"refund_request/{case.request.refund_request_id}"
    return [(one.operation, one.by.key_id) for one in written() if one.object_id == about]


def test_every_verdict_on_a_refund_leaves_one_item_with_who_and_the_versions(
    stage: RefundStage,
) -> None:
    case = escalated(stage)
    for action, more in (
        ("claim", {}),
        ("ask", {"question": "photo"}),
        ("approve", {}),
        ("undo", {}),
        ("reject", {"reason": "not_entitled"}),
    ):
        status, answer = decide(case, action, ANNA, **more)
        assert status == 200, answer

    done = [f"refund.{one}" for one in ("claim", "ask", "approve", "undo", "reject")]
    assert of(case) == [(one, ANNA) for one in done]
    items = [one for one in written() if one.operation in done]
    assert all(int(one.after or 0) == int(one.before or 0) + 1 for one in items)
    assert [one.reason for one in items] == [None, "photo", None, None, "not_entitled"]


def test_the_same_verdict_again_is_no_second_act(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "approve")
    decide(case, "approve")

    assert of(case) == [("refund.approve", ANNA)]


def test_what_is_refused_is_no_act(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "claim", ANNA)

    assert decide(case, "approve", BERT)[0] == 409
    assert of(case) == [("refund.claim", ANNA)]


def test_a_policys_rule_is_nobodys_act(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)

    assert case.lifecycle.state is RequestState.APPROVED
    assert of(case) == []


def test_a_saved_policy_is_an_act_with_its_version(stage: RefundStage) -> None:
    stage.save_policy(rules=[SMALL])
    first, second = (one for one in written() if one.operation == "policy.save")

    assert (first.before, first.after, first.previous) == (None, "1", GENESIS)
    assert (second.before, second.after) == ("1", "2")
    assert second.object_id == "policy/main"


def test_items_follow_from_each_other(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "claim")
    decide(case, "hand-back")
    items = list(audit_trail.items(TODAY))
    written = [AuditItem.model_validate_json(item.content) for item in items]

    assert [one.number for one in written] == [1, 2, 3]
    assert [one.previous for one in written] == [GENESIS, *(item.hash for item in items[:-1])]


def overtake(monkeypatch: pytest.MonkeyPatch, times: int, act: Callable[[], Any]) -> list[int]:
    """Let others act between what is read of the chain and what is written."""
    client, calls = aws.client("dynamodb"), [0]
    write = client.transact_write_items

    def later(**fields: Any) -> Any:
        calls[0] += 1
        if calls[0] <= times:
            monkeypatch.setattr(client, "transact_write_items", write)
            act()
            monkeypatch.setattr(client, "transact_write_items", later)
        return write(**fields)

    monkeypatch.setattr(client, "transact_write_items", later)
    return calls


AN_ACT = Act(operation="key.create", object_id="api_key/1", by=OPERATOR)


def test_two_who_act_at_once_both_leave_an_item(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = escalated(stage)
    calls = overtake(monkeypatch, 3, lambda: audit_trail.append(AN_ACT))

    assert decide(case, "approve")[0] == 200

    assert calls == [4]
    assert [one.operation for one in written()][-4:] == ["key.create"] * 3 + ["refund.approve"]
    assert stage.case(case).lifecycle.state is RequestState.APPROVED


def test_an_act_whose_own_write_is_refused_leaves_no_item(stage: RefundStage) -> None:
    case = escalated(stage)
    before = stage.case(case).lifecycle
    decide(case, "claim", BERT)
    count = len(written())

    with pytest.raises(StaleWrite):
        RefundRequests().keep_decided(
            case.model_copy(update={"lifecycle": before}),
            before.model_copy(update={"version": 99}),
            SubjectState(),
            Taking(None, None, AN_ACT),
        )

    assert len(written()) == count


def test_who_never_gets_a_turn_gives_up_without_having_acted(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = AN_ACT.model_copy(update={"object_id": "api_key/2"})
    overtake(monkeypatch, 99, lambda: audit_trail.append(AN_ACT))

    with pytest.raises(StaleWrite, match="audit trail"):
        audit_trail.append(act)

    assert {one.object_id for one in written()} == {"api_key/1"}


def test_an_item_that_stands_is_never_written_over(stack: Stack) -> None:
    audit_trail.append(AN_ACT)
    item = aws.client("dynamodb").get_item(
        TableName=stack.table, Key={"PK": {"S": "AUDITHEAD"}, "SK": {"S": "AUDITHEAD"}}
    )["Item"]
    back = item | {"number": {"N": "0"}}
    aws.client("dynamodb").put_item(TableName=stack.table, Item=back)
    (first,) = written()

    with pytest.raises((StaleWrite, ClientError)):
        audit_trail.append(Act(operation="key.create", object_id="api_key/9", by=Actor()))

    assert written() == [first]


def test_no_comment_of_a_customer_stands_in_the_trail(stage: RefundStage) -> None:
    case = escalated(stage, comment="my name is Kaisa Virtanen")
    decide(case, "approve")

    assert of(case) == [("refund.approve", ANNA)]
    assert not [item for item in audit_trail.items(TODAY) if "aisa" in item.content]
