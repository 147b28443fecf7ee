"""What happens next to a refund request: each state, each boundary; the gateway speaks first."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from kassa.gateways.events import ObjectKind
from kassa.ledger.state import SubjectState
from kassa.refunds.decision.evidence import is_like_another
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RefundLifecycle, RequestState, Step, Why
from kassa.refunds.lifecycle.next_check import LOOK_AGAIN, next_check_at
from kassa.refunds.lifecycle.next_step import (
    EVENT_WITHIN,
    NOTHING,
    Do,
    NextStep,
    Tries,
    after_look_up,
    forgotten_at,
    left_of,
    may_approve_itself,
    next_step,
    refunds_of,
)
from kassa.refunds.paying.pay_refund import tries_of
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import OnExpiry
from tests.support.builders import NOW
from tests.support.refund_cases import (
    RR,
    TRIES,
    a_change,
    a_dispute,
    a_lifecycle,
    a_payment,
    a_refund,
    a_request,
    an_object,
    minutes,
)

SECOND = timedelta(seconds=1)
APPROVED, SUBMITTED, ACCEPTED = RequestState.APPROVED, RequestState.SUBMITTED, RequestState.ACCEPTED
PAID, ESCALATED, REJECTED = RequestState.PAID, RequestState.ESCALATED, RequestState.REJECTED
NONE: dict[str, int] = {}


def step(
    lifecycle: RefundLifecycle, payment: SubjectState | None = None, now: datetime = NOW
) -> NextStep:
    return next_step(lifecycle, payment or a_payment(), now, TRIES)


def looked_up(
    lifecycle: RefundLifecycle, payment: SubjectState | None = None, at: Any = NOW
) -> NextStep:
    return after_look_up(lifecycle, payment or a_payment(), at, TRIES)


def excess(why: Why = Why.EXCESS) -> NextStep:
    return NextStep(Do.ESCALATE, why=why)


# What an approved request waits for.


@pytest.mark.parametrize(
    ("not_before", "do"),
    [
        (None, Do.SUBMIT),
        (NOW - SECOND, Do.SUBMIT),
        (NOW, Do.SUBMIT),
        (NOW + SECOND, Do.NOTHING),
    ],
)
def test_a_refund_is_submitted_once_its_approval_can_no_longer_be_undone(
    not_before: Any, do: Do
) -> None:
    assert step(a_lifecycle(not_before=not_before)) == NextStep(do)


def test_an_approval_that_may_be_with_the_gateway_is_looked_up_first() -> None:
    assert step(a_lifecycle(first_submitted_at=NOW)) == NextStep(Do.LOOK_UP)
    assert step(a_lifecycle(first_submitted_at=NOW, is_over=True)) == NextStep(Do.SUBMIT)


@pytest.mark.parametrize("held", [{}, {RR: 59_99}, {RR: 60_01}, {"rr_2": 60_00}])
def test_nothing_is_submitted_that_is_not_reserved(held: dict[str, int]) -> None:
    assert step(a_lifecycle(), a_payment(held)) == excess()


def test_a_second_round_needs_a_reservation_of_its_own() -> None:
    assert step(a_lifecycle(round=2), a_payment({RR: 60_00})) == excess()
    assert step(a_lifecycle(round=2), a_payment({f"{RR}.2": 60_00})) == NextStep(Do.SUBMIT)


def test_an_open_dispute_stops_an_approved_refund() -> None:
    assert step(a_lifecycle(), a_payment(dp_1=a_dispute())) == excess(Why.DISPUTE)


@pytest.mark.parametrize("state", ["won", "closed"])
def test_a_dispute_that_is_over_stops_nothing_while_the_headroom_lasts(state: str) -> None:
    assert step(a_lifecycle(), a_payment(dp_1=a_dispute(state))) == NextStep(Do.SUBMIT)


def test_a_dispute_lost_since_the_approval_stops_it_and_one_known_then_does_not() -> None:
    lost = a_payment(dp_1=a_dispute("lost"))
    twice = a_payment(dp_1=a_dispute("lost", 10_00), dp_2=a_dispute("lost", 10_00))

    assert step(a_lifecycle(), lost) == excess(Why.LOST_DISPUTE)
    assert step(a_lifecycle(disputes_lost=1), lost) == NextStep(Do.SUBMIT)
    assert step(a_lifecycle(disputes_lost=1), twice) == excess(Why.LOST_DISPUTE)


@pytest.mark.parametrize(("gone", "what"), [(40_00, NextStep(Do.SUBMIT)), (40_01, excess())])
def test_what_left_in_the_dashboard_stops_an_approved_refund(gone: int, what: NextStep) -> None:
    elsewhere = a_refund(amount_minor=gone, refund_request_id=None)

    assert step(a_lifecycle(), a_payment(re_9=elsewhere)) == what


def test_what_is_not_reserved_is_named_before_what_is_disputed() -> None:
    assert step(a_lifecycle(), a_payment({}, dp_1=a_dispute())) == excess()


def test_what_stops_an_approved_refund_waits_for_the_end_of_the_undo_window() -> None:
    lifecycle = a_lifecycle(not_before=NOW + SECOND)

    assert step(lifecycle, a_payment({})) == NOTHING


# What an asked request waits for.


@pytest.mark.parametrize(
    ("due", "do"),
    [(None, Do.LOOK_UP), (NOW, Do.LOOK_UP), (NOW + SECOND, Do.NOTHING)],
)
def test_an_unknown_outcome_is_looked_up_when_it_is_time(due: Any, do: Do) -> None:
    assert step(a_lifecycle(SUBMITTED, first_submitted_at=NOW, next_check_at=due)) == NextStep(do)


@pytest.mark.parametrize(
    ("age", "attempts", "what"),
    [
        (TRIES.memory - SECOND, 9, NextStep(Do.SUBMIT)),
        (TRIES.memory, 9, excess(Why.UNKNOWN)),
        (TRIES.memory - SECOND, 10, excess(Why.UNKNOWN)),
        (timedelta(0), 0, NextStep(Do.SUBMIT)),
    ],
)
def test_the_same_key_is_repeated_only_while_the_gateway_remembers_it(
    age: timedelta, attempts: int, what: NextStep
) -> None:
    lifecycle = a_lifecycle(SUBMITTED, first_submitted_at=NOW, attempts=attempts)

    assert looked_up(lifecycle, at=NOW + age) == what


def test_a_submission_without_an_instant_counts_as_remembered() -> None:
    assert looked_up(a_lifecycle(SUBMITTED)) == NextStep(Do.SUBMIT)
    assert looked_up(a_lifecycle(SUBMITTED, attempts=10)) == excess(Why.UNKNOWN)


def test_what_a_person_approved_again_may_be_submitted_however_long_ago_it_was() -> None:
    lifecycle = a_lifecycle(APPROVED, first_submitted_at=NOW - timedelta(days=9), attempts=99)

    assert looked_up(lifecycle) == NextStep(Do.SUBMIT)


@pytest.mark.parametrize("state", [APPROVED, SUBMITTED])
def test_nothing_is_repeated_beside_a_dispute_an_excess_or_without_a_reservation(
    state: RequestState,
) -> None:
    lifecycle, elsewhere = (
        a_lifecycle(state, first_submitted_at=NOW),
        a_refund(refund_request_id=None),
    )

    assert looked_up(lifecycle, a_payment(dp_1=a_dispute())) == excess(Why.DISPUTE)
    assert looked_up(lifecycle, a_payment(re_9=elsewhere)) == excess()
    assert looked_up(lifecycle, a_payment({})) == excess()
    assert looked_up(lifecycle, a_payment(dp_1=a_dispute("lost"))) == excess(Why.LOST_DISPUTE)


def test_what_was_rejected_and_is_not_at_the_gateway_is_released() -> None:
    assert looked_up(a_lifecycle(REJECTED, first_submitted_at=NOW)) == NextStep(Do.RELEASE)


# What people's requests wait for.


def waiting(**fields: Any) -> RefundLifecycle:
    return a_lifecycle(ESCALATED, **fields)


@pytest.mark.parametrize(
    ("remind_at", "do"),
    [(None, Do.NOTHING), (NOW, Do.REMIND), (NOW - SECOND, Do.REMIND), (NOW + SECOND, Do.NOTHING)],
)
def test_whoever_decides_is_reminded_once_it_is_time(remind_at: Any, do: Do) -> None:
    assert step(waiting(remind_at=remind_at), a_payment({})) == NextStep(do)


@pytest.mark.parametrize("on_expiry", [OnExpiry.REJECT, OnExpiry.APPROVE])
@pytest.mark.parametrize(("decide_by", "do"), [(NOW, Do.EXPIRE), (NOW + SECOND, Do.NOTHING)])
def test_what_nobody_decided_expires_as_the_policy_says(
    on_expiry: OnExpiry, decide_by: datetime, do: Do
) -> None:
    lifecycle = waiting(decide_by=decide_by, on_expiry=on_expiry)

    assert step(lifecycle, a_payment({})) == NextStep(do)


def test_a_policy_that_keeps_requests_lets_none_expire() -> None:
    lifecycle = waiting(decide_by=NOW - SECOND, on_expiry=OnExpiry.KEEP)

    assert step(lifecycle, a_payment({})) == NOTHING
    late = lifecycle.model_copy(update={"remind_at": NOW})
    assert step(late, a_payment({})) == NextStep(Do.REMIND)


def test_a_request_without_a_deadline_never_expires() -> None:
    assert step(waiting(on_expiry=OnExpiry.REJECT), a_payment({})) == NOTHING


@pytest.mark.parametrize("state", [ESCALATED, REJECTED])
def test_what_was_never_submitted_or_came_to_nothing_gives_back_its_reservation(
    state: RequestState,
) -> None:
    assert step(a_lifecycle(state)) == NextStep(Do.RELEASE)
    assert step(a_lifecycle(state, first_submitted_at=NOW, is_over=True)) == NextStep(Do.RELEASE)
    assert step(a_lifecycle(state, round=2), a_payment({f"{RR}.2": 1})) == NextStep(Do.RELEASE)


@pytest.mark.parametrize("state", [ESCALATED, REJECTED])
def test_without_a_reservation_there_is_nothing_to_give_back(state: RequestState) -> None:
    assert step(a_lifecycle(state), a_payment({})) == NOTHING
    assert step(a_lifecycle(state, round=2), a_payment({RR: 1})) == NOTHING


@pytest.mark.parametrize(
    ("age", "do"),
    [(TRIES.memory - SECOND, Do.NOTHING), (TRIES.memory, Do.LOOK_UP)],
)
def test_a_rejected_unknown_is_looked_up_once_nothing_can_come_true_any_more(
    age: timedelta, do: Do
) -> None:
    assert step(a_lifecycle(REJECTED, first_submitted_at=NOW), now=NOW + age) == NextStep(do)


def test_an_escalated_unknown_keeps_its_reservation_for_the_person() -> None:
    lifecycle = waiting(first_submitted_at=NOW)

    assert step(lifecycle, now=NOW + TRIES.memory) == NOTHING
    assert step(waiting(first_submitted_at=NOW, remind_at=NOW)) == NextStep(Do.REMIND)


# What the gateway says comes first.


@pytest.mark.parametrize("state", [APPROVED, SUBMITTED, ESCALATED, REJECTED])
@pytest.mark.parametrize("there", ["pending", "requires_action"])
def test_a_refund_that_the_gateway_has_is_accepted(state: RequestState, there: str) -> None:
    payment = a_payment({}, re_1=a_refund(there))

    assert step(a_lifecycle(state), payment) == NextStep(Do.ACCEPT, "re_1")


@pytest.mark.parametrize("state", [ACCEPTED, PAID])
def test_what_is_accepted_or_paid_is_not_accepted_again(state: RequestState) -> None:
    assert step(a_lifecycle(state), a_payment({}, re_1=a_refund("pending"))) == NOTHING


@pytest.mark.parametrize("state", [APPROVED, SUBMITTED, ACCEPTED, ESCALATED, REJECTED])
def test_a_refund_that_left_is_paid(state: RequestState) -> None:
    payment = a_payment({}, re_1=a_refund("succeeded"))

    assert step(a_lifecycle(state), payment) == NextStep(Do.PAY, "re_1")


def test_a_paid_refunds_trace_number_is_noted_once() -> None:
    payment = a_payment({}, re_1=a_refund("succeeded", reference="arn-1"))

    assert step(a_lifecycle(PAID), payment) == NextStep(Do.TRACE, "re_1")
    assert step(a_lifecycle(PAID, reference="arn-1"), payment) == NOTHING
    assert step(a_lifecycle(ACCEPTED, reference="arn-1"), payment) == NextStep(Do.PAY, "re_1")


@pytest.mark.parametrize(("there", "why"), [("failed", Why.FAILED), ("canceled", Why.CANCELED)])
@pytest.mark.parametrize("state", [SUBMITTED, ACCEPTED, PAID, APPROVED, REJECTED])
def test_a_refund_that_came_back_reopens_the_request(
    state: RequestState, there: str, why: Why
) -> None:
    payment = a_payment({}, re_1=a_refund(there))

    assert step(a_lifecycle(state), payment) == NextStep(Do.ESCALATE, "re_1", why)


@pytest.mark.parametrize("there", ["failed", "canceled"])
def test_a_refund_that_came_back_is_news_once(there: str) -> None:
    lifecycle = a_lifecycle(ESCALATED, is_over=True)

    assert step(lifecycle, a_payment({}, re_1=a_refund(there))) == NOTHING


def test_a_refund_that_is_alive_outranks_one_that_came_back() -> None:
    both = {"re_1": a_refund("failed"), "re_2": a_refund("pending")}

    assert step(a_lifecycle(SUBMITTED), a_payment({}, **both)) == NextStep(Do.ACCEPT, "re_2")


def test_a_refund_that_left_outranks_one_that_waits() -> None:
    both = {"re_1": a_refund("pending"), "re_2": a_refund("succeeded")}

    assert step(a_lifecycle(SUBMITTED), a_payment({}, **both)) == NextStep(Do.PAY, "re_2")


def test_another_requests_refund_and_another_rounds_are_no_news() -> None:
    others = {
        "re_1": a_refund(refund_request_id="rr_2", amount_minor=1_00),
        "re_2": a_refund("failed", refund_request_id=RR),
        "re_3": a_refund(refund_request_id=None, amount_minor=1_00),
    }
    payment = a_payment({f"{RR}.2": 60_00}, **others)

    assert step(a_lifecycle(round=2), payment) == NextStep(Do.SUBMIT)


def test_only_refunds_are_applied_as_refunds() -> None:
    odd = an_object(ObjectKind.DISPUTE, "won", 1, refund_request_id=RR)

    assert refunds_of(a_payment(dp_1=odd), a_lifecycle()) == {}


def test_refunds_of_a_submission_are_listed_with_those_that_left_first() -> None:
    there = {"re_1": a_refund("pending"), "re_2": a_refund("failed"), "re_3": a_refund()}

    assert list(refunds_of(a_payment(**there), a_lifecycle())) == ["re_3", "re_1", "re_2"]


@pytest.mark.parametrize("state", [ACCEPTED, PAID])
def test_what_is_with_the_gateway_waits_for_its_events_alone(state: RequestState) -> None:
    lifecycle = a_lifecycle(state, remind_at=NOW, decide_by=NOW, on_expiry=OnExpiry.REJECT)

    assert step(lifecycle, a_payment({})) == NOTHING


# When to look again.


def wakes(
    lifecycle: RefundLifecycle, payment: SubjectState | None = None, now: datetime = NOW
) -> Any:
    return next_check_at(lifecycle, payment or a_payment({}), now, TRIES)


def test_an_approval_wakes_when_it_can_no_longer_be_undone() -> None:
    assert wakes(a_lifecycle(not_before=NOW + minutes(5), next_check_at=NOW)) == NOW + minutes(5)


def test_what_was_looked_up_in_vain_is_checked_when_it_is_due() -> None:
    later = NOW + minutes(9)

    assert wakes(a_lifecycle(not_before=NOW, next_check_at=later)) == later
    assert wakes(a_lifecycle(not_before=None, next_check_at=None)) is None
    rejected = a_lifecycle(REJECTED, first_submitted_at=NOW - TRIES.memory, next_check_at=later)
    assert wakes(rejected, a_payment()) == later


@pytest.mark.parametrize(("due", "do"), [(NOW, Do.LOOK_UP), (NOW + SECOND, Do.NOTHING)])
def test_a_silent_gateway_is_left_alone_for_a_while(due: datetime, do: Do) -> None:
    approved = a_lifecycle(first_submitted_at=NOW, next_check_at=due)
    rejected = a_lifecycle(REJECTED, first_submitted_at=NOW - TRIES.memory, next_check_at=due)

    assert step(approved) == step(rejected) == NextStep(do)


def test_an_unknown_outcome_is_checked_when_it_is_due() -> None:
    assert wakes(a_lifecycle(SUBMITTED, next_check_at=NOW + minutes(3))) == NOW + minutes(3)


@pytest.mark.parametrize(
    ("age", "after"),
    [
        (timedelta(0), EVENT_WITHIN),
        (EVENT_WITHIN - SECOND, EVENT_WITHIN),
        (EVENT_WITHIN, LOOK_AGAIN),
    ],
)
def test_an_accepted_refund_is_reported_within_the_hour_or_looked_for_daily(
    age: timedelta, after: timedelta
) -> None:
    earlier = a_change(at=NOW - timedelta(days=3))
    lifecycle = a_lifecycle(ACCEPTED, changes=(earlier, a_change(at=NOW - age)))

    assert wakes(lifecycle) == NOW + after


@pytest.mark.parametrize(
    ("remind_at", "decide_by", "at"),
    [
        (NOW + minutes(1), NOW + minutes(2), NOW + minutes(1)),
        (NOW + minutes(2), NOW + minutes(1), NOW + minutes(1)),
        (None, NOW + minutes(2), NOW + minutes(2)),
        (NOW, NOW + minutes(2), NOW + minutes(2)),
        (NOW - SECOND, None, NOW + LOOK_AGAIN),
        (None, None, NOW + LOOK_AGAIN),
        (NOW, NOW, NOW + LOOK_AGAIN),
    ],
)
def test_an_escalated_request_wakes_at_its_next_deadline_or_daily(
    remind_at: Any, decide_by: Any, at: datetime
) -> None:
    assert wakes(waiting(remind_at=remind_at, decide_by=decide_by)) == at


def test_what_is_rejected_never_wakes_unless_it_still_holds_a_reservation() -> None:
    lifecycle = a_lifecycle(REJECTED, first_submitted_at=NOW, next_check_at=NOW)

    assert wakes(lifecycle) is None
    assert wakes(lifecycle, a_payment()) == NOW + TRIES.memory
    assert wakes(lifecycle.model_copy(update={"round": 2}), a_payment()) is None


def test_what_is_paid_wakes_only_until_the_refund_is_known_by_our_name() -> None:
    lifecycle = a_lifecycle(PAID, first_submitted_at=NOW, next_check_at=NOW)

    assert wakes(lifecycle) is None
    assert wakes(lifecycle, a_payment()) == NOW + EVENT_WITHIN
    assert wakes(lifecycle.model_copy(update={"round": 2}), a_payment()) is None


def test_a_refund_at_a_gateway_that_returns_no_name_is_checked_at_once() -> None:
    tries = TRIES._replace(event_within=timedelta(0))
    old = a_lifecycle(ACCEPTED, changes=(a_change(at=NOW - EVENT_WITHIN),))

    assert next_check_at(a_lifecycle(ACCEPTED), a_payment(), NOW, tries) == NOW
    assert next_check_at(a_lifecycle(PAID), a_payment(), NOW, tries) == NOW
    assert next_check_at(old, a_payment(), NOW, tries) == NOW + LOOK_AGAIN


def test_what_cant_be_looked_up_at_a_gateway_is_never_taken_for_unpaid() -> None:
    tries = TRIES._replace(can_find=False)
    rejected = a_lifecycle(REJECTED, first_submitted_at=NOW - TRIES.memory)

    assert next_step(rejected, a_payment(), NOW, TRIES) == NextStep(Do.LOOK_UP)
    assert next_step(rejected, a_payment(), NOW, tries) == NOTHING
    assert next_check_at(rejected, a_payment(), NOW, tries) == NOW + LOOK_AGAIN  # a person must say
    assert next_check_at(rejected, a_payment({}), NOW, tries) is None


def test_a_refund_without_a_name_is_known_by_the_id_that_the_gateway_answered() -> None:
    accepted = a_lifecycle(ACCEPTED, refund_id="re_1")
    nameless = a_refund(refund_request_id=None)

    assert step(accepted, a_payment(re_1=nameless)) == NextStep(Do.PAY, "re_1")
    assert step(accepted, a_payment(re_2=nameless)) == NextStep(Do.NOTHING)
    assert step(accepted, a_payment(re_1=a_refund(refund_request_id="rr_2"))) == NOTHING
    assert step(a_lifecycle(SUBMITTED), a_payment(re_1=nameless)).do is not Do.PAY


def test_what_was_never_submitted_has_nothing_to_be_forgotten() -> None:
    assert forgotten_at(a_lifecycle(), TRIES) is None
    assert forgotten_at(a_lifecycle(first_submitted_at=NOW), TRIES) == NOW + timedelta(hours=20)


# What may be approved without a person.

LIMIT = limits_of("EUR").per_refund_minor


def test_the_hard_limit_bounds_what_no_person_approves() -> None:
    lifecycle = waiting()
    rich = SubjectState(objects={"ch_1": an_object(ObjectKind.CHARGE, "captured", 9 * LIMIT)})

    assert may_approve_itself(a_request(LIMIT), lifecycle, rich)
    assert not may_approve_itself(a_request(LIMIT + 1), lifecycle, rich)


def test_the_headroom_bounds_what_no_person_approves() -> None:
    assert may_approve_itself(a_request(40_00), waiting(), a_payment())
    assert not may_approve_itself(a_request(40_01), waiting(), a_payment())


def test_no_unknown_disputed_or_overdrawn_payment_is_approved_without_a_person() -> None:
    overdrawn = a_payment({RR: 100_01})

    assert not may_approve_itself(a_request(1), waiting(first_submitted_at=NOW), a_payment())
    assert not may_approve_itself(a_request(1), waiting(), a_payment(dp_1=a_dispute()))
    assert not may_approve_itself(a_request(0), waiting(), overdrawn)


@pytest.mark.parametrize(
    ("gateway", "tries"),
    [
        ("stripe", Tries(10, timedelta(hours=20), EVENT_WITHIN, can_find=True)),
        ("adyen", Tries(10, timedelta(days=6), timedelta(0), can_find=False)),
    ],
)
def test_a_refund_is_submitted_as_its_gateways_entry_says(gateway: str, tries: Tries) -> None:
    request = a_request()
    payment = request.payment.model_copy(update={"gateway": gateway})
    case = RefundCase(
        request=request.model_copy(update={"payment": payment}), lifecycle=a_lifecycle()
    )

    assert tries_of(case) == tries


@pytest.mark.parametrize(
    ("refunds", "what"),
    [
        ({"re_1": a_refund(amount_minor=59_99)}, Do.DIFFER),
        ({"re_1": a_refund(amount_minor=60_01)}, Do.DIFFER),
        ({"re_1": a_refund(currency="USD")}, Do.DIFFER),
        ({"re_1": a_refund(), "re_2": a_refund(amount_minor=1)}, Do.DIFFER),
        ({"re_1": a_refund(), "re_2": a_refund("failed", 1)}, Do.PAY),
        ({"re_1": a_refund(amount_minor=20_00), "re_2": a_refund(amount_minor=40_00)}, Do.PAY),
        ({"re_1": a_refund("pending", 1)}, Do.ACCEPT),
    ],
)
@pytest.mark.parametrize("state", [APPROVED, SUBMITTED, ESCALATED, REJECTED])
def test_paid_is_what_was_approved_and_nothing_else(
    state: RequestState, refunds: dict[str, Any], what: Do
) -> None:
    assert step(a_lifecycle(state), a_payment({}, **refunds)).do is what


def test_a_discrepancy_is_noted_once_and_again_where_it_changes() -> None:
    known = a_change(Step.DISCREPANCY, why="1 EUR")
    lifecycle = a_lifecycle(RequestState.DISCREPANCY, changes=(known,), refund_id="re_1")

    assert step(lifecycle, a_payment({}, re_1=a_refund(amount_minor=1))) == NOTHING
    assert step(lifecycle, a_payment({}, re_1=a_refund(amount_minor=2))) == NextStep(
        Do.DIFFER, "re_1"
    )
    assert step(lifecycle, a_payment({}, re_1=a_refund("pending", 1))) == NOTHING
    assert step(lifecycle, a_payment({}, re_1=a_refund())).do is Do.PAY
    assert step(lifecycle, a_payment({}, re_1=a_refund("failed", 1))).why is Why.FAILED
    assert next_check_at(lifecycle, a_payment({}), NOW, TRIES) is None


def test_a_paid_refund_that_turns_out_another_amount_is_a_discrepancy() -> None:
    lifecycle = a_lifecycle(PAID, refund_id="re_1")
    more = a_payment({}, re_1=a_refund(), re_2=a_refund(amount_minor=5_00))

    assert step(lifecycle, more).do is Do.DIFFER
    assert left_of(lifecycle, more) == "6500 EUR"


def test_amounts_of_two_currencies_never_add_up() -> None:
    both = a_payment(
        {}, re_1=a_refund(amount_minor=30_00), re_2=a_refund(amount_minor=30_00, currency="USD")
    )

    assert left_of(a_lifecycle(), both) == "3000 EUR, 3000 USD"
    assert step(a_lifecycle(), both).do is Do.DIFFER


def test_lines_are_released_once_nothing_can_have_been_paid() -> None:
    lines = {"refunded_lines": {RR: {"a": 1}}}
    over = a_lifecycle(ESCALATED, first_submitted_at=NOW, is_over=True)
    held = a_payment({}).model_copy(update=lines)

    assert step(over, held) == NextStep(Do.RELEASE)
    assert step(a_lifecycle(REJECTED), held) == NextStep(Do.RELEASE)
    assert step(a_lifecycle(REJECTED, first_submitted_at=NOW - TRIES.memory), held) == NOTHING
    others = a_payment({}).model_copy(update={"refunded_lines": {"rr_2": {"a": 1}}})
    assert step(over, others) == NOTHING


@pytest.mark.parametrize(("sold", "may"), [(2, True), (1, False), (None, False)])
def test_an_approval_nobody_makes_keeps_to_the_lines_that_are_left(
    sold: int | None, may: bool
) -> None:
    request = a_request(lines={"a": 1}, ordered={} if sold is None else {"a": sold})
    payment = a_payment({}).model_copy(update={"refunded_lines": {"rr_2": {"a": 1}}})

    assert may_approve_itself(request, a_lifecycle(ESCALATED), payment) is may


def test_the_requests_own_lines_do_not_stand_in_the_way_of_its_approval() -> None:
    request = a_request(lines={"a": 1}, ordered={"a": 1})
    payment = a_payment({}).model_copy(update={"refunded_lines": {RR: {"a": 1}}})

    assert may_approve_itself(request, a_lifecycle(ESCALATED), payment)


@pytest.mark.parametrize(
    ("state", "is_like"),
    [
        ("pending", True),
        ("requires_action", True),
        ("succeeded", True),
        ("failed", False),
        ("canceled", False),
    ],
)
def test_a_request_is_like_another_that_stands_for_as_much(state: str, is_like: bool) -> None:
    payment = a_payment({}, re_1=a_refund(state, refund_request_id=f"{RR}.2"))

    assert is_like_another(payment, 60_00, has_lines=True) is is_like
    assert not is_like_another(payment, 60_00, has_lines=False)
    assert not is_like_another(payment, 59_99, has_lines=True)
    lines = payment.model_copy(update={"refunded_lines": {RR: {"a": 1}}})
    assert is_like_another(lines, 60_00, has_lines=False) is is_like
    by_hand = a_payment({}, re_1=a_refund(state, refund_request_id=None))
    assert not is_like_another(by_hand, 60_00, has_lines=True)


def test_a_request_is_like_another_that_holds_as_much_in_a_later_round() -> None:
    held = a_payment({"rr_2.2": 60_00})
    with_lines = held.model_copy(update={"refunded_lines": {"rr_2": {"a": 1}}})

    assert is_like_another(held, 60_00, has_lines=True)
    assert not is_like_another(with_lines, 60_00, has_lines=True)
    assert is_like_another(with_lines, 60_00, has_lines=False)


def test_what_is_rejected_and_was_never_submitted_waits_for_no_instant() -> None:
    assert wakes(a_lifecycle(REJECTED), a_payment()) is None
