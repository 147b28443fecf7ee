"""What one person gets out alone: by no number of keys, requests, payments or policies any more."""

from datetime import timedelta
from typing import Any

import pytest

from functions.approve_refund.app import lambda_handler as approve_refund
from kassa.core.callers import Scope
from kassa.core.errors import InvalidRequest
from kassa.core.money import Money
from kassa.people.persons import Role
from kassa.people.store import Persons
from kassa.platform.settings import Settings
from kassa.refunds.decision.lone_approvals import PERSON_DAY
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.policy.limits import UNDO_MINUTES_MIN
from kassa.refunds.policy.model import RefundPolicy
from kassa.refunds.policy.store import Policies
from tests.support.refund_scene import RefundScene
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import LIMIT, cases_of, only_noted
from tests.support.staff import OPERATOR, machine, person


def case_each(scene: RefundScene, *amounts: int) -> list[RefundCase]:
    """Return requests of a payment each, all left to people."""
    return [cases_of(scene, amount)[0] for amount in amounts]


def case_in(answer: dict[str, Any]) -> RefundCase:
    """Return the case of an answer, which says more."""
    return RefundCase.model_validate({name: answer[name] for name in RefundCase.model_fields})


# The three attacks, as they were carried out.


def test_a_requesters_second_key_does_not_approve(scene: RefundScene) -> None:
    anna = person(Role.SUPPORT, Role.APPROVER)
    body = {"payment_id": scene.pay(), "amount_minor": 90_00, "reason": "damaged"}
    status, answer = anna.call(approve_refund, "POST /refunds", body)
    assert (status, answer["lifecycle"]["state"]) == (200, "escalated")
    case = case_in(answer)
    assert case.request.requested_by == anna.person_id

    anna.take_another_key()

    status, answer = anna.decide(case, "approve")
    assert (status, answer["message"][:16]) == (409, "nobody approves ")
    assert person(Role.APPROVER).approve(case) == "approved"


def test_one_person_approves_no_payment_in_parts_beyond_the_limit(scene: RefundScene) -> None:
    first, second, third = cases_of(scene, LIMIT, LIMIT, LIMIT)
    anna, bert = person(Role.APPROVER), person(Role.APPROVER)
    assert anna.approve(first) == "approved"

    assert only_noted(anna, second)
    anna.take_another_key()
    assert only_noted(anna, second)
    assert only_noted(anna, third)
    scene.pass_by(hours=1)
    assert sum(one["amount"] for one in scene.refunds()) == LIMIT

    assert bert.approve(second) == "approved"
    assert scene.lifecycle(second).approvals == (anna.person_id, bert.person_id)


def test_who_writes_policies_gets_nothing_out_alone(scene: RefundScene) -> None:
    """Each step of the old sequence: raise the limit, undo at once, approve 90,000 EUR alone."""
    finance = person(Role.FINANCE)
    [large] = cases_of(scene, 90_000_00)

    status, answer = finance.save(second_person_over=["9999999.99 EUR"])
    assert (status, "500.00 EUR, the most that one person" in answer["message"]) == (400, True)
    status, answer = finance.save(undo_minutes=0)
    assert (status, "undo_minutes 0 is below 5" in answer["message"]) == (400, True)
    assert finance.decide(large, "approve")[0] == 403
    with pytest.raises(InvalidRequest, match="can't be one person's"):
        person(Role.FINANCE, Role.APPROVER)

    assert only_noted(person(Role.APPROVER), large)
    scene.pass_by(hours=1)
    assert scene.refunds() == []


def test_a_loose_policy_that_was_saved_before_lifts_no_limit(scene: RefundScene) -> None:
    loose = {"second_person_over": (Money(amount_minor=10**9, currency="EUR"),), "undo_minutes": 0}
    now = {"version": 2, "effective_from": scene.clock.at, "saved_at": scene.clock.at}
    Policies("main").save(
        RefundPolicy.model_validate(
            {"merchant_id": "main", "rules": (), "saved_by": "key_1"} | now | loose
        )
    )
    small, large = case_each(scene, LIMIT, LIMIT + 1)
    anna = person(Role.APPROVER)

    assert only_noted(anna, large)
    assert anna.approve(small) == "approved"
    assert scene.lifecycle(small).not_before == scene.clock.at + timedelta(minutes=UNDO_MINUTES_MIN)


# What counts, and what is given back.


def test_what_one_person_approves_alone_in_a_day_has_a_limit_over_all_payments(
    scene: RefundScene,
) -> None:
    *within, last, later = case_each(scene, *[LIMIT] * (PERSON_DAY + 2))
    anna, bert = person(Role.APPROVER), person(Role.APPROVER)
    for case in within:
        assert anna.approve(case) == "approved"

    assert only_noted(anna, last)
    assert bert.approve(last) == "approved"
    scene.clock.at += timedelta(hours=14, minutes=59)
    assert only_noted(anna, later)
    scene.clock.at += timedelta(minutes=1)  # the next day, in UTC
    assert anna.approve(later) == "approved"


def test_what_two_approved_counts_for_neither_alone(scene: RefundScene) -> None:
    large, small = cases_of(scene, 4 * LIMIT, LIMIT)
    anna, bert = person(Role.APPROVER), person(Role.APPROVER)
    assert only_noted(anna, large)
    assert bert.approve(large) == "approved"

    assert anna.approve(small) == "approved"


def test_an_undone_approval_gives_its_share_back_once(scene: RefundScene) -> None:
    first, second = cases_of(scene, LIMIT, LIMIT)
    anna, bert = person(Role.APPROVER), person(Role.APPROVER)
    anna.approve(first)
    for worker in (bert, bert, anna):
        worker.decide(first, "undo")

    assert anna.approve(second) == "approved"
    assert only_noted(anna, first)


def test_a_share_is_given_back_to_the_day_it_was_taken_from(scene: RefundScene) -> None:
    scene.clock.at += timedelta(hours=14, minutes=58)  # two minutes to midnight, in UTC
    scene.save_policy(second_person_over=["50.00 EUR"], rules=[])
    late, *early = case_each(scene, *[50_00] * (PERSON_DAY + 1))
    anna = person(Role.APPROVER)
    anna.approve(late)
    scene.clock.at += timedelta(minutes=3)
    for case in early:
        assert anna.approve(case) == "approved"

    assert anna.decide(late, "undo")[0] == 200

    assert only_noted(anna, late)


def test_an_approval_that_came_to_nothing_stays_counted(scene: RefundScene) -> None:
    [case] = cases_of(scene, LIMIT)
    anna = person(Role.APPROVER)
    anna.approve(case)
    scene.fake.open_dispute(scene.charge_of(case.request.payment.subject_id), LIMIT)
    scene.deliver()
    scene.pass_by(minutes=6)
    assert scene.lifecycle(case).state == "escalated"
    [dispute] = scene.fake.account.kinds["dispute"].values()
    scene.fake.close_dispute(dispute["id"], "won")
    scene.deliver()

    assert only_noted(anna, case)
    assert person(Role.APPROVER).approve(case) == "approved"


def test_a_lower_limit_of_the_policy_counts_in_all_of_these(scene: RefundScene) -> None:
    scene.save_policy(second_person_over=["50.00 EUR"], rules=[])
    first, second = cases_of(scene, 30_00, 30_00)
    anna = person(Role.APPROVER)

    assert anna.approve(first) == "approved"
    assert only_noted(anna, second)
    assert anna.approve(second, 20_00) == "approved"


def test_currencies_are_never_added_up(scene: RefundScene) -> None:
    euros = case_each(scene, *[LIMIT] * PERSON_DAY)
    yen = scene.request_refund(scene.pay(70_000, currency="jpy"), 70_000, claim_id="yen")
    anna = person(Role.APPROVER)
    for case in euros:
        anna.approve(case)

    assert anna.approve(yen) == "approved"


def test_a_currency_without_a_limit_in_code_always_needs_two(scene: RefundScene) -> None:
    scene.save_policy(rules=[])
    pound = scene.request_refund(scene.pay(1_00, currency="gip"), 1_00, claim_id="small")
    anna = person(Role.APPROVER)

    assert only_noted(anna, pound)
    assert person(Role.APPROVER).approve(pound) == "approved"


# Who may at all.


def test_a_sole_person_approves_alone_whatever_the_amount_also_their_own(
    scene: RefundScene,
) -> None:
    sole = person(*Role, is_sole=True)
    body = {"payment_id": scene.pay(9_000_00), "reason": "damaged"}
    _, answer = sole.call(approve_refund, "POST /refunds", body)

    assert sole.approve(case_in(answer)) == "approved"


def test_a_machine_requests_and_never_decides(scene: RefundScene) -> None:
    [case] = cases_of(scene, 90_00)
    shop = machine(Scope.REFUNDS_WRITE)

    assert shop.decide(case, "approve")[0] == 403
    assert shop.save()[0] == 403


def test_a_disabled_person_is_refused_in_the_middle_of_their_work(scene: RefundScene) -> None:
    [case] = cases_of(scene, 90_00)
    anna = person(Role.APPROVER)
    assert anna.decide(case, "claim")[0] == 200

    Persons().disable(str(anna.person_id), scene.clock.at, OPERATOR)

    assert anna.decide(case, "approve")[0] == 403


@pytest.mark.parametrize("action", ["claim", "hand-back", "approve", "undo"])
def test_all_keys_of_a_person_are_that_person(scene: RefundScene, action: str) -> None:
    """What one key began, another goes on with; what one key did, another only repeats."""
    [case] = cases_of(scene, LIMIT + 1)
    anna = person(Role.APPROVER)
    before: list[Any] = [anna.decide(case, "claim"), anna.decide(case, "approve")]
    if action == "undo":
        person(Role.APPROVER).approve(case)
        before = [anna.decide(case, "undo")]
    assert all(status == 200 for status, _ in before)

    anna.take_another_key()

    status, answer = anna.decide(case, action)
    assert status == 200
    if action != "claim":
        assert answer["case"]["lifecycle"]["state"] == "escalated"


def test_the_floor_of_undoing_is_the_same_in_code_and_where_it_is_deployed() -> None:
    assert Settings().undo_minutes_min == UNDO_MINUTES_MIN
