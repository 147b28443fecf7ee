"""Approvals of one person at one instant, and in any sequence: never more alone than the limits."""

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from kassa.core.callers import Caller
from kassa.core.errors import Conflict, OverHeadroom
from kassa.platform.clock import TimeLeft
from kassa.refunds import lone_approval_store
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.lone_approvals import PERSON_DAY
from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, Step, Why
from kassa.refunds.store import RefundRequests
from tests.support.refund_races import Race, race
from tests.support.refund_scene import RefundScene, opened, time_left

LIMIT = 50_00
PEOPLE = ("anna", "bert", "carl")
EXAMPLES = int(os.environ.get("LONE_APPROVALS", "25"))
Sums = Counter[tuple[str, str]]


def alone_of(lifecycle: RefundLifecycle) -> list[tuple[str, datetime, int]]:
    """Return what one person approved alone in a lifecycle and nobody undid: who, when, how
    much.
    """
    found = []
    for change, after in zip(lifecycle.changes, [*lifecycle.changes[1:], None], strict=True):
        is_undone = after is not None and after.why == Why.UNDONE
        if change.step is Step.APPROVED and change.why is None and not is_undone:
            found.append((change.by, change.at, change.amount_minor))
    return found


def sums_of(scene: RefundScene, cases: list[RefundCase]) -> tuple[Sums, Sums]:
    """Return what each person approved alone: of each payment, and on each day."""
    of_payment, of_day = Sums(), Sums()
    for case in cases:
        for person, at, amount_minor in alone_of(scene.lifecycle(case)):
            of_payment[person, case.request.payment.subject_id] += amount_minor
            of_day[person, str(at.date())] += amount_minor
    return of_payment, of_day


def within_limits(scene: RefundScene, cases: list[RefundCase]) -> bool:
    of_payment, of_day = sums_of(scene, cases)
    most = max(of_payment.values(), default=0), max(of_day.values(), default=0)
    return most[0] <= LIMIT and most[1] <= PERSON_DAY * LIMIT


def begun(run: Race, payments: int, each: int, amount: int) -> list[RefundCase]:
    """Return requests of some payments, all left to people."""
    run.scene.save_policy(rules=[], second_person_over=["50.00 EUR"])
    paid = [run.scene.pay(each * amount) for _ in range(payments)]
    return [
        run.scene.request_refund(payment_id, amount, claim_id=f"{payment_id}-{n}")
        for payment_id in paid
        for n in range(each)
    ]


def approved_at_once(seed: int, payments: int, each: int) -> tuple[int, bool]:
    """Race one person's approvals; return how many were alone, and whether the limits held."""
    with race(seed) as run:
        cases = begun(run, payments, each, LIMIT)
        ids = [case.request.refund_request_id for case in cases]
        run.at_once(*(run.approve(one, "anna") for one in ids for _ in range(2)))
        alone = sum(len(alone_of(run.scene.lifecycle(case))) for case in cases)
        return alone, within_limits(run.scene, cases)


@pytest.mark.parametrize("seed", range(12))
def test_of_approvals_of_one_payment_at_one_instant_one_is_alone(seed: int) -> None:
    assert approved_at_once(seed, 1, 3) == (1, True)


@pytest.mark.parametrize("seed", range(4))
def test_of_approvals_of_many_payments_at_one_instant_as_many_are_alone_as_a_day_has_room_for(
    seed: int,
) -> None:
    assert approved_at_once(seed, PERSON_DAY + 4, 1) == (PERSON_DAY, True)


def overtaken(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Let a person's approval be written between what another of theirs reads and writes.

    Returns how both requests of the same payment stand then.
    """
    with opened() as scene:
        scene.save_policy(rules=[], second_person_over=["50.00 EUR"])
        payment_id = scene.pay(2 * LIMIT)
        cases = [scene.request_refund(payment_id, LIMIT, claim_id=claim) for claim in "ab"]
        approve = Verdict(Action.APPROVE, Caller(key_id="anna"), DecisionBody())
        first, second = (
            statement(scene, case.request.refund_request_id, approve, time_left()) for case in cases
        )
        write, turns = RefundRequests.keep_decided, iter([first])

        def keep(self: RefundRequests, *args: Any) -> None:
            for turn in turns:
                turn()
            payment = scene.payment(payment_id)  # only the sums are stale
            case, after, _, *rest = args
            write(self, case, after, payment, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(RefundRequests, "keep_decided", keep)
            second()
        return tuple(str(scene.lifecycle(case).state) for case in cases)


def test_an_approval_between_reading_and_writing_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert overtaken(monkeypatch) == ("approved", "escalated")


def test_without_its_condition_the_counter_would_be_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = lone_approval_store.counted

    def unconditional(*args: Any) -> dict[str, Any]:
        update = counted(*args)
        values = update["ExpressionAttributeValues"]
        update["ExpressionAttributeValues"] = {":amount": values[":amount"]}
        del update["ConditionExpression"]
        return update

    monkeypatch.setattr(lone_approval_store, "counted", unconditional)

    assert overtaken(monkeypatch) == ("approved", "approved")


@pytest.mark.parametrize("seed", range(8))
def test_an_approval_beside_an_undo_is_counted_as_it_ends(seed: int) -> None:
    with race(seed) as run:
        first, second = begun(run, 1, 2, LIMIT)
        ids = [case.request.refund_request_id for case in (first, second)]
        run.at_once(run.approve(ids[0], "anna"))
        undo = Verdict(Action.UNDO, Caller(key_id="bert"), DecisionBody())
        takes_back = statement(run.scene, ids[0], undo, run.schedule.left_s)
        run.at_once(run.approve(ids[1], "anna"), takes_back)
        assert within_limits(run.scene, [first, second])

        run.at_once(run.approve(ids[1], "anna"))
        assert len(alone_of(run.scene.lifecycle(second))) == 1
        assert within_limits(run.scene, [first, second])


def statement(
    scene: RefundScene, request_id: str, verdict: Verdict, left_s: TimeLeft
) -> Callable[[], Any]:
    return lambda: decide_refund(request_id, verdict, scene.requests, left_s)


ACTS = st.tuples(
    st.sampled_from(["approve", "approve", "approve", "undo", "hand-back"]),
    st.sampled_from(PEOPLE),
    st.integers(0, 11),
    st.sampled_from([None, 1, LIMIT // 2, LIMIT, LIMIT + 1]),
    st.sampled_from([0, 0, 1, 4, 6, 60, 9 * 60]),  # minutes that pass before
)


@effort(max_examples=EXAMPLES, deadline=None)
@given(acts=st.lists(ACTS, max_size=60), amount=st.sampled_from([LIMIT // 5, LIMIT, 2 * LIMIT]))
def test_no_sequence_of_approvals_gets_more_out_by_one_person_than_the_limits(
    acts: list[tuple[str, str, int, int | None, int]], amount: int
) -> None:
    with opened() as scene:
        scene.save_policy(rules=[], second_person_over=["50.00 EUR"])
        paid = [scene.pay(4 * amount) for _ in range(3)]
        cases = [scene.request_refund(paid[n % 3], amount, claim_id=f"c{n}") for n in range(12)]
        for action, person, number, part, minutes in acts:
            scene.pass_by(minutes=minutes)
            body = DecisionBody(amount_minor=part and min(part, amount))
            verdict = Verdict(
                Action(action),
                Caller(key_id=f"key of {person}", person_id=person),
                body if action == "approve" else DecisionBody(),
            )
            try:
                statement(scene, cases[number].request.refund_request_id, verdict, time_left())()
            except (Conflict, OverHeadroom):
                continue
            assert within_limits(scene, cases)


def test_what_the_counters_say_is_what_the_lifecycles_say() -> None:
    """Day after day, by three people, some of it undone: both are added up in their own way."""
    with opened() as scene:
        scene.save_policy(rules=[], second_person_over=["50.00 EUR"])
        cases = [scene.request_refund(scene.pay(30_00), 30_00, claim_id="c") for _ in range(18)]
        for n, case in enumerate(cases):
            request_id = case.request.refund_request_id
            verdict = Verdict(Action.APPROVE, Caller(key_id=PEOPLE[n % 3]), DecisionBody())
            statement(scene, request_id, verdict, time_left())()
            if n % 5 == 0:
                undo = Verdict(Action.UNDO, Caller(key_id="dora"), DecisionBody())
                statement(scene, request_id, undo, time_left())()
            scene.clock.at += timedelta(hours=3)
        _, of_day = sums_of(scene, cases)
        days = {day for _, day in of_day}
        assert len(days) > 2

        request = cases[0].request
        for person in PEOPLE:
            for day in days:
                alone = lone_approval_store.read(
                    request, person, datetime.fromisoformat(f"{day}T12:00Z")
                )
                assert alone.of_day_minor == of_day[person, day]
