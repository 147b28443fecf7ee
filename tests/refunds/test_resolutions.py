"""What a person may say became of a refund that nobody knows the outcome of."""

from datetime import timedelta
from typing import Any

import pytest

from kassa.core.errors import Conflict
from kassa.core.money import Money
from kassa.refunds.decision.escalation import ReviewContext
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import Lease, RefundLifecycle, RequestState, Step
from kassa.refunds.lifecycle.outcomes import (
    GatewayAnswer,
    GatewayRefundStatus,
    Resolution,
    answer_of,
)
from kassa.refunds.lifecycle.resolutions import UNDER_WAY, resolved
from tests.support.builders import NOW
from tests.support.refund_cases import (
    a_change,
    a_lifecycle,
    a_payment,
    a_policy,
    a_refund,
    a_request,
)

OLD = NOW - UNDER_WAY
PAID, NOT_PAID = Resolution.PAID, Resolution.NOT_PAID
ANNA = ReviewContext("anna", NOW, a_policy())
CANT = GatewayAnswer(answer=GatewayRefundStatus.UNKNOWN)


def unknown(state: RequestState = RequestState.ESCALATED, **fields: Any) -> RefundLifecycle:
    return a_lifecycle(state, **{"first_submitted_at": OLD, "last_submitted_at": OLD} | fields)


def case(lifecycle: RefundLifecycle) -> RefundCase:
    return RefundCase(request=a_request(), lifecycle=lifecycle)


def resolve(
    lifecycle: RefundLifecycle,
    resolution: Resolution,
    review: ReviewContext = ANNA,
    gateway: GatewayAnswer = CANT,
) -> RefundLifecycle:
    return resolved(case(lifecycle), review, (resolution, "seen there"), gateway)


def gateway_answer(answer: GatewayRefundStatus, **fields: Any) -> GatewayAnswer:
    return GatewayAnswer(answer=answer, **fields)


ALLOWED = {
    PAID: {GatewayRefundStatus.PAID, GatewayRefundStatus.UNKNOWN},
    NOT_PAID: {
        GatewayRefundStatus.FAILED,
        GatewayRefundStatus.NONE,
        GatewayRefundStatus.UNKNOWN,
    },
}


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("answer", GatewayRefundStatus)
def test_only_what_the_gateway_does_not_contradict_is_resolved(
    resolution: Resolution, answer: GatewayRefundStatus
) -> None:
    if answer in ALLOWED[resolution]:
        last = resolve(unknown(), resolution, gateway=gateway_answer(answer)).changes[-1]
        assert (last.step, last.why) == (Step.RESOLVED, resolution)
        return
    with pytest.raises(Conflict):
        resolve(unknown(), resolution, gateway=gateway_answer(answer))


def test_a_refusal_says_what_the_gateway_says() -> None:
    against = gateway_answer(GatewayRefundStatus.PAID_OTHERWISE, left="6000 EUR")
    for resolution in Resolution:
        with pytest.raises(Conflict) as refused:
            resolve(unknown(), resolution, gateway=against)
        assert str(refused.value) == (
            f"it isn't {resolution}: the gateway says paid_otherwise, 60.00 EUR (6000 minor units)"
        )
    with pytest.raises(Conflict, match=r"^it isn't paid: the gateway says none$"):
        resolve(unknown(), PAID, gateway=gateway_answer(GatewayRefundStatus.NONE))
    with pytest.raises(Conflict, match=r"^the gateway doesn't answer now"):
        resolve(unknown(), PAID, gateway=gateway_answer(GatewayRefundStatus.SILENT))


def test_paid_ends_it_under_the_gateways_id() -> None:
    waiting = {"decide_by": NOW, "remind_at": NOW, "refund_id": "re_0"}
    lifecycle = resolve(
        unknown(**waiting), PAID, gateway=gateway_answer(GatewayRefundStatus.PAID, refund_id="re_1")
    )

    assert (lifecycle.state, lifecycle.refund_id) == (RequestState.PAID, "re_1")
    assert (lifecycle.decide_by, lifecycle.remind_at, lifecycle.lease) == (None, None, None)
    assert resolve(unknown(**waiting), PAID).refund_id == "re_0"
    assert lifecycle.version == unknown().version + 1
    change = lifecycle.changes[-1]
    assert (change.by, change.at, change.amount_minor) == ("anna", NOW, 60_00)
    assert change.note == "seen there"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RequestState.SUBMITTED, RequestState.ESCALATED),
        (RequestState.APPROVED, RequestState.ESCALATED),
        (RequestState.ESCALATED, RequestState.ESCALATED),
        (RequestState.ACCEPTED, RequestState.ESCALATED),
        (RequestState.REJECTED, RequestState.REJECTED),
    ],
)
def test_not_paid_is_over_and_decided_anew_unless_it_was_rejected(
    before: RequestState, after: RequestState
) -> None:
    lifecycle = resolve(unknown(before), NOT_PAID)

    assert (lifecycle.state, lifecycle.is_over) == (after, True)
    assert not lifecycle.may_be_with_gateway
    is_open = after is RequestState.ESCALATED
    assert lifecycle.decide_by == (NOW + timedelta(hours=48) if is_open else None)


@pytest.mark.parametrize(
    "lifecycle",
    [
        a_lifecycle(RequestState.ESCALATED),  # never asked
        unknown(is_over=True),
        unknown(RequestState.PAID),
        unknown(RequestState.DISCREPANCY),
    ],
)
def test_what_is_known_is_not_resolved(lifecycle: RefundLifecycle) -> None:
    for resolution in Resolution:
        with pytest.raises(Conflict, match=r"^its outcome isn't unknown: the request is "):
            resolve(lifecycle, resolution)


@pytest.mark.parametrize("submitted_at", ["first_submitted_at", "last_submitted_at"])
def test_not_paid_waits_for_an_hour_after_the_last_submission(submitted_at: str) -> None:
    just = {"first_submitted_at": OLD, "last_submitted_at": None}
    just |= {submitted_at: OLD + timedelta(seconds=1)}
    lifecycle = a_lifecycle(RequestState.ESCALATED, **just)

    with pytest.raises(Conflict, match=r"not_paid can be said from 2026-11-21 09:00:01 UTC$"):
        resolve(lifecycle, NOT_PAID)
    assert resolve(lifecycle, PAID).state is RequestState.PAID
    assert resolve(lifecycle, NOT_PAID, ANNA._replace(now=NOW + timedelta(seconds=1))).is_over


def test_a_resolution_repeated_by_the_same_person_is_done_once() -> None:
    done = resolve(unknown(RequestState.REJECTED), NOT_PAID)

    assert resolve(done, NOT_PAID) is done
    with pytest.raises(Conflict):
        resolve(done, PAID)
    with pytest.raises(Conflict):
        resolve(done, NOT_PAID, ANNA._replace(person="bert"))


def test_nobody_resolves_their_own_request_nor_what_another_looks_at() -> None:
    with pytest.raises(Conflict, match=r"^nobody resolves what they requested themselves"):
        resolve(unknown(), PAID, ANNA._replace(person="key_1"))
    leased = unknown(lease=Lease(by="bert", until=NOW + timedelta(minutes=1)))
    with pytest.raises(Conflict, match=r"^bert is looking at the request"):
        resolve(leased, PAID)


LIMIT = (Money(amount_minor=59_99, currency="EUR"),)
TWO = ANNA._replace(policy=a_policy(second_person_over=LIMIT))


@pytest.mark.parametrize("resolution", Resolution)
def test_above_the_limit_two_people_resolve_alike(resolution: Resolution) -> None:
    first = resolve(unknown(), resolution, TWO)
    assert (first.resolution, first.resolved_by) == (resolution, "anna")
    assert (first.state, first.changes) == (RequestState.ESCALATED, unknown().changes)
    assert resolve(first, resolution, TWO) is first

    done = resolve(first, resolution, TWO._replace(person="bert"))
    assert done.changes[-1].note == "seen there (with anna)"
    assert (done.resolution, done.resolved_by) == (None, None)
    assert done.changes[-1].by == "bert"


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("state", [RequestState.ESCALATED, RequestState.REJECTED])
def test_a_resolution_leaves_nobody_looking_and_nothing_noted(
    state: RequestState, resolution: Resolution
) -> None:
    lease = Lease(by="bert", until=NOW + timedelta(minutes=1))
    noted = {"resolution": resolution, "resolved_by": "anna", "lease": lease}
    done = resolve(unknown(state, **noted), resolution, TWO._replace(person="bert"))

    assert (done.resolution, done.resolved_by, done.lease) == (None, None, None)


def test_two_people_who_differ_resolve_nothing() -> None:
    first = resolve(unknown(), PAID, TWO)
    other = resolve(first, NOT_PAID, TWO._replace(person="bert"))

    assert (other.resolution, other.resolved_by) == (NOT_PAID, "bert")
    assert other.changes == unknown().changes


@pytest.mark.parametrize(
    ("refunds", "found", "answer"),
    [
        ({}, None, None),
        ({}, "re_1", GatewayRefundStatus.ACCEPTED),
        ({"re_1": a_refund()}, None, GatewayRefundStatus.PAID),
        ({"re_1": a_refund(amount_minor=1)}, None, GatewayRefundStatus.PAID_OTHERWISE),
        ({"re_1": a_refund(currency="USD")}, None, GatewayRefundStatus.PAID_OTHERWISE),
        ({"re_1": a_refund("pending")}, None, GatewayRefundStatus.ACCEPTED),
        ({"re_1": a_refund("failed")}, "re_1", GatewayRefundStatus.FAILED),
        ({"re_1": a_refund("canceled")}, None, GatewayRefundStatus.FAILED),
        ({"re_1": a_refund("failed"), "re_2": a_refund()}, None, GatewayRefundStatus.PAID),
        ({"re_1": a_refund(), "re_2": a_refund()}, None, GatewayRefundStatus.PAID_OTHERWISE),
        ({"re_9": a_refund(refund_request_id="rr_9")}, None, None),
    ],
)
def test_what_a_payments_refunds_say(refunds: Any, found: str | None, answer: Any) -> None:
    assert answer_of(case(unknown()), a_payment(**refunds), found) is answer


def test_a_change_without_a_note_has_none() -> None:
    assert a_change().note is None


def test_the_first_verdict_of_somebody_whose_verdict_counts_no_more_is_given_anew_by_the_next() -> (
    None
):
    first = resolve(unknown(), PAID, TWO)
    bert = TWO._replace(person="bert", void=frozenset({"anna"}))

    again = resolve(first, PAID, bert)

    assert (again.resolution, again.resolved_by) == (PAID, "bert")
    assert again.state is RequestState.ESCALATED
