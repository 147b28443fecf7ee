"""A refund request's lifecycle: what each change makes of it, and what it leaves as it was."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.refunds.lifecycle.lifecycle import (
    GATEWAY,
    KASSA,
    Change,
    Lease,
    RefundLifecycle,
    RequestState,
    Step,
    Why,
    accepted,
    approved,
    changed,
    escalated,
    noted,
    paid,
    rejected,
    submitted,
)
from kassa.refunds.policy.model import OnExpiry
from tests.support.builders import NOW
from tests.support.refund_cases import a_change, a_lifecycle, a_policy, minutes

LATER = NOW + minutes(7)
LEASE = Lease(by="key_2", until=LATER)
WAITING: dict[str, Any] = {
    **{"lease": LEASE, "decide_by": LATER, "remind_at": LATER},
    **{"on_expiry": OnExpiry.REJECT, "approvals": ("key_2",)},
}


def after(lifecycle: RefundLifecycle, **update: Any) -> RefundLifecycle:
    """Return the lifecycle with nothing changed but this."""
    return lifecycle.model_copy(update=update)


def test_a_change_is_appended_raises_the_version_and_wakes_at_once() -> None:
    lifecycle, change = (
        a_lifecycle(version=4, next_check_at=None),
        a_change(Step.REMINDED, at=LATER),
    )

    assert changed(lifecycle, change) == after(
        lifecycle, version=5, changes=(*lifecycle.changes, change), next_check_at=LATER
    )


def test_a_change_may_say_when_to_look_again() -> None:
    assert changed(
        a_lifecycle(), a_change(), next_check_at=LATER + minutes(1)
    ).next_check_at == LATER + minutes(1)


def test_a_note_raises_the_version_and_is_no_change() -> None:
    lifecycle = a_lifecycle(version=4)

    assert noted(lifecycle, published=1) == after(lifecycle, version=5, published=1)


def test_an_approval_says_how_much_and_until_when_it_can_be_undone() -> None:
    lifecycle = a_lifecycle(RequestState.ESCALATED, approved_minor=0, **WAITING)
    change = a_change(Step.APPROVED, 40_00, at=LATER)

    assert approved(lifecycle, change, minutes(5)) == after(
        lifecycle,
        version=2,
        state=RequestState.APPROVED,
        approved_minor=40_00,
        not_before=LATER + minutes(5),
        next_check_at=LATER,
        lease=None,
        decide_by=None,
        remind_at=None,
        changes=(*lifecycle.changes, change),
    )


def test_an_approval_by_policy_cannot_be_undone() -> None:
    assert approved(a_lifecycle(), a_change(at=LATER)).not_before == LATER


SUBMITTED: dict[str, Any] = {"first_submitted_at": NOW, "attempts": 3, "refund_id": "re_1"}
SUBMITTED |= {"last_submitted_at": LATER}


def test_an_approval_after_a_round_that_came_to_nothing_begins_another() -> None:
    lifecycle = approved(
        a_lifecycle(RequestState.ESCALATED, round=2, is_over=True, **SUBMITTED), a_change()
    )

    assert (lifecycle.round, lifecycle.is_over, lifecycle.attempts) == (3, False, 0)
    assert (lifecycle.first_submitted_at, lifecycle.last_submitted_at, lifecycle.refund_id) == (
        None,
        None,
        None,
    )


def test_an_approval_while_the_outcome_is_unknown_stays_in_its_round() -> None:
    lifecycle = approved(a_lifecycle(RequestState.ESCALATED, round=2, **SUBMITTED), a_change())

    assert (lifecycle.round, lifecycle.attempts, lifecycle.refund_id) == (2, 3, "re_1")
    assert lifecycle.first_submitted_at == NOW


def test_an_escalation_hands_to_people_with_the_policys_deadlines() -> None:
    policy = a_policy(remind_after_hours=3, decide_within_hours=9, on_expiry=OnExpiry.APPROVE)
    lifecycle = a_lifecycle(lease=LEASE, approvals=("key_2",), not_before=LATER)
    change = a_change(Step.ESCALATED, at=LATER, why=Why.DISPUTE)

    assert escalated(lifecycle, change, policy) == after(
        lifecycle,
        version=2,
        state=RequestState.ESCALATED,
        approvals=(),
        lease=None,
        not_before=None,
        remind_at=LATER + timedelta(hours=3),
        decide_by=LATER + timedelta(hours=9),
        on_expiry=OnExpiry.APPROVE,
        next_check_at=LATER,
        changes=(*lifecycle.changes, change),
    )


@pytest.mark.parametrize(
    ("was_over", "reported_over", "is_over"),
    [(False, False, False), (False, True, True), (True, False, True), (True, True, True)],
)
def test_a_round_that_is_over_stays_over_until_it_is_approved_again(
    was_over: bool, reported_over: bool, is_over: bool
) -> None:
    lifecycle = escalated(
        a_lifecycle(is_over=was_over), a_change(), a_policy(), is_over=reported_over
    )

    assert lifecycle.is_over is is_over


def test_a_rejection_ends_the_waiting_and_keeps_the_rest() -> None:
    lifecycle = a_lifecycle(RequestState.ESCALATED, **WAITING, **SUBMITTED)
    change = a_change(Step.REJECTED, at=LATER, why="too_late")

    assert rejected(lifecycle, change) == after(
        lifecycle,
        version=2,
        state=RequestState.REJECTED,
        lease=None,
        decide_by=None,
        remind_at=None,
        next_check_at=LATER,
        changes=(*lifecycle.changes, change),
    )


def test_the_first_submission_is_a_change_and_remembers_its_instant() -> None:
    lifecycle = a_lifecycle(published=1)
    change = Change(step=Step.SUBMITTED, at=NOW, by=KASSA, amount_minor=60_00)

    assert submitted(lifecycle, NOW, LATER) == after(
        lifecycle,
        version=2,
        state=RequestState.SUBMITTED,
        attempts=1,
        first_submitted_at=NOW,
        last_submitted_at=NOW,
        next_check_at=LATER,
        changes=(*lifecycle.changes, change),
    )


def test_submitting_again_is_counted_and_is_no_change() -> None:
    lifecycle = a_lifecycle(**SUBMITTED)

    assert submitted(lifecycle, LATER, LATER + minutes(5)) == after(
        lifecycle,
        version=2,
        state=RequestState.SUBMITTED,
        attempts=4,
        last_submitted_at=LATER,
        next_check_at=LATER + minutes(5),
    )


@pytest.mark.parametrize(
    ("receive", "step", "state"),
    [
        (accepted, Step.ACCEPTED, RequestState.ACCEPTED),
        (paid, Step.PAID, RequestState.PAID),
    ],
)
def test_what_the_gateway_says_outranks_any_state(
    receive: Any, step: Step, state: RequestState
) -> None:
    lifecycle = a_lifecycle(RequestState.ESCALATED, is_over=True, **WAITING)
    change = Change(step=step, at=LATER, by=GATEWAY, why="re_9", amount_minor=60_00)

    assert receive(lifecycle, LATER, "re_9") == after(
        lifecycle,
        version=2,
        state=state,
        refund_id="re_9",
        is_over=False,
        lease=None,
        decide_by=None,
        remind_at=None,
        next_check_at=LATER,
        changes=(*lifecycle.changes, change),
    )


@pytest.mark.parametrize(
    ("first_submitted_at", "is_over", "may_be"),
    [(None, False, False), (NOW, False, True), (NOW, True, False), (None, True, False)],
)
def test_a_refund_may_be_with_the_gateway_once_submitted_until_it_is_over(
    first_submitted_at: Any, is_over: bool, may_be: bool
) -> None:
    lifecycle = a_lifecycle(first_submitted_at=first_submitted_at, is_over=is_over)

    assert lifecycle.may_be_with_gateway is may_be
