"""What went wrong elsewhere, tried here: what people corrected, the trail's edges, keys in a race.

Each test names the public report that it follows.
"""

import json
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from functions.decide_refund.app import lambda_handler as decide
from functions.save_policy.app import lambda_handler as save_policy
from infra.fake_gateways.kit.faults import Kind
from kassa.platform import aws, table
from kassa.recovery import digest_store as book_digests
from kassa.recovery.restore_holds import RestoredHold, restore_holds
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.policy.store import Policies
from tests.support.at_once import at_once
from tests.support.aws_stack import NOW, Context, Stack
from tests.support.console import Console
from tests.support.console import console as console
from tests.support.policy_requests import SMALL, post_under_key, replayed, save_policy_under_key
from tests.support.policy_requests import dated_policy as policy
from tests.support.recovery import differences, rebuild, restored
from tests.support.refund_stage import RefundStage, answered, http_event, outcome_unknown
from tests.support.refund_stage import stage as stage

# github.com/solana-foundation/solana-developer-platform/pull/1857: a replay undid what came later.


def decided(case: RefundCase, action: str, who: str, **body: str) -> None:
    """Let a person do something with a refund request."""
    path = {"refund_request_id": case.request.refund_request_id, "action": action}
    route = "POST /refunds/{refund_request_id}/{action}"
    status, answer = answered(decide(http_event(route, body, who, **path), Context()))
    assert status == 200, answer


def test_what_a_person_resolved_is_neither_a_difference_nor_undone_by_a_rebuild(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = outcome_unknown(stage, Kind.LOST_REQUEST)
    assert stage.payment(case).available_minor == 60_00
    decided(case, "resolve", "anna", outcome="not_paid", note="seen in the dashboard")
    assert stage.payment(case).available_minor == 100_00

    assert differences() == []
    restored(stage.stack, monkeypatch)
    assert rebuild() == []

    assert book_digests.digest("restored") == book_digests.digest("payments")
    assert stage.payment(case).available_minor == 100_00
    assert stage.case(case).lifecycle.is_over


def test_what_is_held_for_a_refund_nobody_knows_of_is_held_after_a_rebuild(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = outcome_unknown(stage, Kind.LOST_REQUEST)

    restored(stage.stack, monkeypatch)
    assert rebuild() == []

    assert list(restore_holds()) == [RestoredHold(case.request.refund_request_id, is_held=True)]
    assert stage.payment(case).available_minor == 60_00
    assert list(restore_holds()) == []


def test_what_has_no_room_any_more_after_a_rebuild_is_named(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = outcome_unknown(stage, Kind.LOST_REQUEST)
    restored(stage.stack, monkeypatch)
    rebuild()
    taken = stage.request_refund(case.request.payment.subject_id, 100_00, claim_id="another")
    decided(taken, "approve", "anna")

    assert list(restore_holds()) == [RestoredHold(case.request.refund_request_id, is_held=False)]


def test_an_approval_that_waits_for_a_second_person_holds_nothing_after_a_rebuild(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = stage.request_refund(stage.pay(900_00), 900_00)
    decided(case, "approve", "anna")
    restored(stage.stack, monkeypatch)
    rebuild()

    assert list(restore_holds()) == []


# github.com/jcagarcia/grape-idempotency/issues/10: two at once were both carried out.


def test_of_the_same_request_many_times_at_once_one_is_carried_out(stack: Stack) -> None:
    together = Barrier(6)

    def sent() -> dict[str, Any]:
        together.wait()
        return save_policy_under_key()  # of the handlers one alone gets as far as its router

    answers = at_once([sent] * 6)

    statuses = [one["statusCode"] for one in answers]
    fresh = [one for one in answers if one["statusCode"] == 201 and not replayed(one)]
    assert len(fresh) == 1
    assert set(statuses) <= {201, 409}
    assert [one.version for one in Policies("main").listed()] == [1]
    assert replayed(save_policy_under_key())


def test_the_same_request_within_itself_is_answered_to_wait(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner: list[dict[str, Any]] = []

    def twice(*args: Any) -> Any:
        monkeypatch.undo()
        inner.append(save_policy_under_key())
        raise RuntimeError

    monkeypatch.setattr("functions.save_policy.app.save_policy.save_policy", twice)

    assert save_policy_under_key()["statusCode"] == 500
    assert inner[0]["content"]["code"] == "in_progress"


# github.com/KanishJebaMathewM/Truxify/pull/2885: one key's answer was another caller's or route's.


def test_a_persons_two_keys_share_an_answer_and_nobody_elses_do(stack: Stack) -> None:
    def as_person(key_id: str, person_id: str) -> dict[str, Any]:
        event = http_event("POST /policies", policy(SMALL), key_id)
        event["requestContext"]["authorizer"]["lambda"]["person_id"] = person_id
        event["headers"]["Idempotency-Key"] = "k" * 255
        answer: dict[str, Any] = save_policy(event, Context())
        return answer

    assert not replayed(as_person("key-1", "person_1"))
    assert replayed(as_person("key-2", "person_1"))
    assert not replayed(as_person("key-2", "person_2"))
    assert not replayed(
        post_under_key(save_policy, "POST /policies", policy(SMALL), "person_1"[:-1])
    )


# github.com/flare19/payment-reconciliation-agent-platform/issues/18: a cut tail was called whole.


def put(console: Console, day: str, number: int) -> None:
    """Put an item into the trail, as nothing of Kassa's does."""
    item = {"PK": f"AUDIT#{day}", "SK": f"{number:08d}", "content": "{}", "hash": "0" * 64}
    aws.client("dynamodb").put_item(TableName=console.made.table, Item=table.typed(item))


@pytest.mark.parametrize("days", [1, 2, 31])
def test_what_is_put_into_a_day_to_come_is_found_before_it_comes(
    console: Console, days: int
) -> None:
    """It would let nobody write an act on that day."""
    console.run("keys", "create", "--system", "shop")
    put(console, str((NOW + timedelta(days=days)).date()), 1)

    found = console.run("audit", "verify", "--json")

    assert (found.exit_code, "put in" in str(json.loads(found.stdout)["what"])) == (1, True)
