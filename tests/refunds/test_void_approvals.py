"""An approval counts as long as who gave it may approve: what nobody stands for isn't paid."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.pay_refund.app import lambda_handler as pay_refund
from infra.fake_gateways.kit.faults import Lost
from kassa.audit import store as audit_trail
from kassa.people.api_key_store import ApiKeys
from kassa.people.api_keys import read
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform import clock
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context
from tests.support.queue_batches import batch, failed
from tests.support.refund_scene import RefundScene
from tests.support.refund_scene import scene as scene
from tests.support.staff import OPERATOR, Worker, person

LIMIT = limits_of("EUR").per_refund_minor
UNDO = timedelta(minutes=5)  # so long an approval can be undone


def requested(scene: RefundScene, amount_minor: int = 90_00) -> RefundCase:
    case = scene.request_refund(scene.pay(amount_minor), amount_minor)
    assert case.lifecycle.state == "escalated"
    return case


def disable(worker: Worker) -> None:
    Persons().disable(str(worker.person_id), clock.now(), OPERATOR)


def pay(scene: RefundScene, case: RefundCase, after: timedelta = UNDO) -> str:
    """Let time pass and the message come; return how the request stands then."""
    scene.clock.at += after
    message = json.dumps({"refund_request_id": case.request.refund_request_id})
    assert failed(pay_refund(batch(message), Context())) == []  # type: ignore[arg-type]
    return str(scene.lifecycle(case).state)


def audited(scene: RefundScene) -> list[dict[str, Any]]:
    acts = [json.loads(item.content) for item in audit_trail.items(scene.clock.at.date())]
    return [one for one in acts if one["operation"] == "refund.void"]


def test_an_approval_of_who_is_disabled_in_its_undo_window_is_not_paid(scene: RefundScene) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    assert anna.approve(case) == "approved"
    scene.clock.at += timedelta(minutes=1)

    disable(anna)

    assert pay(scene, case, UNDO - timedelta(minutes=1)) == "escalated"
    assert scene.refunds() == []


def test_a_void_approval_is_published_audited_and_waits_like_any_request(
    scene: RefundScene,
) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    version = scene.lifecycle(case).version
    disable(anna)

    pay(scene, case)

    lifecycle = scene.lifecycle(case)
    assert (lifecycle.changes[-1].why, lifecycle.approvals) == ("approval_void", ())
    assert lifecycle.remind_at is not None
    assert scene.payment(case.request.payment.subject_id).reservations == {}
    name, fact = scene.bus.facts[-1]
    assert (name, fact["data"]["why"], fact["data"]["by"]) == (
        "RefundEscalated",
        "approval_void",
        "kassa",
    )
    [item] = audited(scene)
    assert item["by"] == {"system": "kassa"}
    assert item["object_id"] == f"refund_request/{case.request.refund_request_id}"
    assert (item["before"], item["reason"]) == (
        str(version),
        f"{anna.person_id} may not approve any more",
    )


def test_another_person_approves_what_was_void_and_it_is_paid_once(scene: RefundScene) -> None:
    case, anna, bert = requested(scene), person(Role.APPROVER), person(Role.APPROVER)
    anna.approve(case)
    disable(anna)
    pay(scene, case)

    assert bert.approve(case) == "approved"

    assert pay(scene, case) == "accepted"
    assert [one["amount"] for one in scene.refunds()] == [90_00]
    assert len(audited(scene)) == 1


def test_who_was_disabled_before_approves_nothing(scene: RefundScene) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    disable(anna)

    assert anna.decide(case, "approve")[0] == 403
    assert pay(scene, case) == "escalated"
    assert audited(scene) == []


def test_what_was_submitted_stays_when_its_approver_is_disabled(scene: RefundScene) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    assert pay(scene, case) == "accepted"

    disable(anna)
    scene.deliver()
    scene.work()

    assert scene.lifecycle(case).state == "paid"
    assert audited(scene) == []


def test_an_approval_whose_message_comes_late_is_looked_at_when_it_comes(
    scene: RefundScene,
) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    scene.clock.at += timedelta(hours=2)
    disable(anna)

    assert pay(scene, case) == "escalated"
    assert scene.refunds() == []


def test_who_comes_back_as_a_new_person_doesnt_bring_their_approval_back(
    scene: RefundScene,
) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    disable(anna)
    back = person(Role.APPROVER)

    assert pay(scene, case) == "escalated"
    assert back.approve(case) == "approved"
    assert pay(scene, case) == "accepted"


@pytest.mark.parametrize("leaves", ["first", "second", "both"])
def test_of_two_approvals_both_must_still_stand(scene: RefundScene, leaves: str) -> None:
    case = requested(scene, LIMIT + 1)
    anna, bert = person(Role.APPROVER), person(Role.APPROVER)
    assert anna.approve(case) == "escalated"
    assert bert.approve(case) == "approved"
    for worker in {"first": [anna], "second": [bert], "both": [anna, bert]}[leaves]:
        disable(worker)

    assert pay(scene, case) == "escalated"
    assert scene.refunds() == []
    carl = person(Role.APPROVER)
    assert carl.approve(case) == "escalated"  # two approve anew
    assert person(Role.APPROVER).approve(case) == "approved"
    assert pay(scene, case) == "accepted"


def test_an_approval_of_who_lost_the_role_in_its_undo_window_is_not_paid(
    scene: RefundScene,
) -> None:
    case, anna, bert = requested(scene), person(Role.APPROVER), person(Role.APPROVER)
    anna.approve(case)

    Persons().change_roles(str(anna.person_id), frozenset({Role.SUPPORT}), OPERATOR)

    assert pay(scene, case) == "escalated"
    assert bert.approve(case) == "approved"
    assert pay(scene, case) == "accepted"


def test_who_gets_the_role_back_before_the_money_goes_has_approved_all_along(
    scene: RefundScene,
) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    person(Role.APPROVER)
    anna.approve(case)
    for role in (Role.SUPPORT, Role.APPROVER):
        Persons().change_roles(str(anna.person_id), frozenset({role}), OPERATOR)

    assert pay(scene, case) == "accepted"


def test_a_revoked_key_takes_no_approval_of_its_person_back(scene: RefundScene) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    ApiKeys().revoke(read(anna.key).key_id, clock.now(), OPERATOR)

    assert anna.decide(case, "undo")[0] == 401
    assert pay(scene, case) == "accepted"


def test_a_sole_person_who_was_disabled_leaves_no_approval(scene: RefundScene) -> None:
    case, sole = requested(scene), person(*Role, is_sole=True)
    assert sole.approve(case) == "approved"

    disable(sole)

    assert pay(scene, case) == "escalated"


def test_what_the_policy_approved_checks_nobody(scene: RefundScene) -> None:
    anna = person(Role.APPROVER)
    case = scene.request_refund(scene.pay(60_00), 60_00)
    disable(anna)

    assert pay(scene, case) == "accepted"


def test_what_expiry_approved_checks_nobody_who_had_begun_to_approve(scene: RefundScene) -> None:
    hours = {"remind_after_hours": 1, "decide_within_hours": 2}
    scene.save_policy(rules=[], second_person_over=["50.00 EUR"], on_expiry="approve", **hours)
    case, anna = requested(scene), person(Role.APPROVER)
    assert anna.approve(case) == "escalated"
    disable(anna)

    scene.pass_by(hours=3)

    assert scene.lifecycle(case).state == "accepted"


def lost(*_: str) -> None:
    raise Lost


def between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let something happen between what a run reads and its note that the gateway is asked."""
    write, turns = RefundRequests.keep_submitted, iter([act])

    def keep(self: RefundRequests, *args: Any) -> None:
        for turn in turns:
            turn()
        write(self, *args)

    monkeypatch.setattr(RefundRequests, "keep_submitted", keep)


def test_who_is_disabled_at_the_instant_of_payment_is_seen_by_the_write_itself(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    between(monkeypatch, lambda: disable(anna))

    assert pay(scene, case) == "escalated"
    assert scene.refunds() == []


def test_an_unanswered_refund_of_who_was_disabled_is_looked_up_and_not_submitted_again(
    scene: RefundScene,
) -> None:
    case, anna = requested(scene), person(Role.APPROVER)
    anna.approve(case)
    scene.http.before = lost
    assert pay(scene, case) == "submitted"
    scene.http.before = lambda *_: None
    disable(anna)

    assert pay(scene, case, timedelta(minutes=6)) == "escalated"

    assert scene.refunds() == []
    assert scene.lifecycle(case).may_be_with_gateway
    assert person(Role.APPROVER).approve(case) == "approved"
    assert pay(scene, case) == "accepted"


def test_looking_again_at_who_approved_takes_no_call_of_the_table(scene: RefundScene) -> None:
    calls = []
    for amount_minor in (60_00, 90_00):
        case = scene.request_refund(scene.pay(amount_minor), amount_minor)
        if amount_minor > 80_00:
            person(Role.APPROVER).approve(case)
        scene.store.calls.clear()
        pay(scene, case)
        calls.append(scene.store.calls.copy())

    by_policy, by_person = calls
    assert by_person == by_policy
