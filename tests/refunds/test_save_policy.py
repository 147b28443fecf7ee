"""POST /policies: what a finance person wrote becomes the next version, once, or is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.save_policy.app import lambda_handler
from kassa.core.callers import Caller
from kassa.core.errors import PolicyNotFound, StaleWrite
from kassa.refunds.policy.save_policy import save_policy
from kassa.refunds.policy.store import PAGE, Policies
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.policies import a_rule
from tests.support.policy_requests import KEY, SMALL, dated_policy, days_from_now, post

LARGER = a_rule(1, "approve", amount={"up_to": "60.00 EUR"})


def save(*rules: dict[str, Any], **more: Any) -> tuple[int, Any]:
    return post(lambda_handler, "/policies", dated_policy(*rules, **more))


def test_the_first_policy_is_version_1_and_rules_at_once(stack: Stack) -> None:
    body = {name: value for name, value in dated_policy(SMALL).items() if name != "effective_from"}
    status, saved = post(lambda_handler, "/policies", body)

    assert (status, saved["is_new"], saved["policy"]["version"]) == (201, True, 1)
    assert saved["policy"]["saved_by"] == KEY
    ruling = Policies("main").active(NOW)
    assert (ruling.version, ruling.saved_at, ruling.effective_from) == (1, NOW, NOW)
    assert [rule.rule_id for rule in ruling.rules] == ["R1"]


def test_before_the_first_policy_a_person_decides_everything(stack: Stack) -> None:
    assert Policies("main").active(NOW).version == 0


def test_a_policy_rules_from_its_date_on(stack: Stack) -> None:
    save(SMALL)
    save(LARGER, effective_from=days_from_now(3))

    policies = Policies("main")
    assert policies.active(NOW + timedelta(days=3, seconds=-1)).version == 1
    assert policies.active(NOW + timedelta(days=3)).version == 2


def test_what_is_saved_last_wins_from_its_own_date_on(stack: Stack) -> None:
    save(SMALL)
    save(LARGER, effective_from=days_from_now(9))
    status, saved = save(SMALL, effective_from=days_from_now(3))

    assert (status, saved["replaces"]) == (201, [2])
    assert Policies("main").active(NOW + timedelta(days=9)).version == 3


def test_many_versions_planned_ahead_do_not_hide_the_one_that_rules(stack: Stack) -> None:
    save(SMALL)
    for days in range(1, 2 * PAGE + 2):
        save(LARGER, effective_from=days_from_now(days))

    assert Policies("main").active(NOW).version == 1
    assert [each.version for each in Policies("main").listed()] == [*range(2 * PAGE + 2, 0, -1)]


@pytest.mark.parametrize("days", [0, 3])
def test_the_same_again_is_answered_with_the_same_version(stack: Stack, days: int) -> None:
    save(SMALL, effective_from=days_from_now(days))
    before = stack.items()
    status, saved = save(SMALL, effective_from=days_from_now(days))

    assert (status, saved["is_new"], saved["policy"]["version"]) == (200, False, 1)
    assert stack.items() == before


def test_the_same_again_later_is_no_date_in_the_past(stack: Stack, fake_clock: FakeClock) -> None:
    save(SMALL)
    fake_clock.at += timedelta(minutes=5)

    status, saved = save(SMALL)
    assert (status, saved["policy"]["version"]) == (200, 1)


def test_saving_now_what_was_planned_for_later_is_a_new_version(stack: Stack) -> None:
    save(SMALL, effective_from=days_from_now(3))
    body = {name: value for name, value in dated_policy(SMALL).items() if name != "effective_from"}
    status, saved = post(lambda_handler, "/policies", body)

    assert (status, saved["policy"]["version"], saved["replaces"]) == (201, 2, [1])


def test_a_date_in_the_past_is_refused(stack: Stack) -> None:
    status, problem = save(SMALL, effective_from=days_from_now(-1))

    assert status == 400
    assert problem["message"].startswith("effective_from: 2026-11-20T09:00:00Z is over")
    assert stack.items() == []


def test_errors_are_listed_together_with_everything_else_found(stack: Stack) -> None:
    by_score = a_rule(1, "reject", risk_score={"over": 60})
    twice = a_rule(2, "escalate", risk_score={"over": 70})
    status, problem = save(by_score, twice)

    assert status == 400
    found = {(one["severity"], one["rule_id"]) for one in problem["findings"]}
    assert {("error", "R1"), ("error", "R2")} <= found
    assert "R1 rejects by risk score" in problem["message"]
    assert "R2 is never reached" in problem["message"]
    assert stack.items() == []


def test_warnings_and_notices_come_with_the_answer(stack: Stack) -> None:
    status, saved = save(a_rule(1, "approve", amount={"up_to": "9000.00 EUR"}))

    assert status == 201
    assert "warning" in {one["severity"] for one in saved["findings"]}


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        ('{"up_to": 50.00}', "rules[0].when.amount.up_to"),
        ('{"upto": "50.00 EUR"}', "rules[0].when.amount.upto"),
        ('"50.00 EUR"', "rules[0].when.amount"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_by_its_place(
    stack: Stack, cell: str, place: str
) -> None:
    rule = f'{{"id": "R1", "name": "Small", "then": "approve", "when": {{"amount": {cell}}}}}'
    status, problem = post(lambda_handler, "/policies", f'{{"rules": [{rule}]}}')

    assert (status, problem["message"].partition(": ")[0]) == (400, place)


@pytest.mark.parametrize("body", ["", "not json", "[]", '"words"'])
def test_what_is_no_policy_at_all_is_refused(stack: Stack, body: str) -> None:
    status, _ = post(lambda_handler, "/policies", body)

    assert status == 400


def test_two_who_save_at_once_get_two_versions(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(SMALL)
    real, others = Policies.save, [LARGER]

    def overtaken(self: Policies, policy: Any, by: Any, reason: Any) -> None:
        if others:
            save_policy(
                dated_policy(others.pop()), Caller(key_id="other"), Policies("main"), lambda: 9.0
            )
        real(self, policy, by, reason)

    monkeypatch.setattr(Policies, "save", overtaken)
    status, saved = save(a_rule(1, "approve", amount={"up_to": "70.00 EUR"}))

    assert (status, saved["policy"]["version"]) == (201, 3)
    assert "60.00 EUR" not in json.dumps(saved)
    assert [each.version for each in Policies("main").listed()] == [3, 2, 1]


def test_a_version_is_never_written_twice(stack: Stack) -> None:
    save(SMALL)
    taken = Policies("main").version(1)

    with pytest.raises(StaleWrite):
        Policies("main").save(taken)
    with pytest.raises(PolicyNotFound, match="no version 2"):
        Policies("main").version(2)


def test_each_merchant_has_versions_of_their_own(stack: Stack) -> None:
    save(SMALL)

    assert Policies("other").listed() == []


def test_where_two_people_change_the_policy_a_key_alone_saves_none(stack: Stack) -> None:
    body = dated_policy(SMALL, second_person_to_save=True)
    assert post(lambda_handler, "/policies", body)[0] == 201
    status, problem = post(lambda_handler, "/policies", dated_policy(SMALL))

    assert (status, problem["code"]) == (409, "conflict")
    assert "second_person_to_save" in problem["message"]
    assert post(lambda_handler, "/policies", body)[0] == 200  # the same says nothing new
