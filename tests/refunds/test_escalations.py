"""What people may do with a refund request, and what they may not, as it stands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.core.callers import Caller
from kassa.core.errors import Conflict, InvalidRequest, KassaError, OverHeadroom
from kassa.core.money import Money
from kassa.ledger.state import SubjectState
from kassa.refunds.decision.approval import needs_second
from kassa.refunds.decision.rejection import Question, RejectionReason
from kassa.refunds.decision.review import ReviewedCase, decided
from kassa.refunds.decision.verdict import Action, DecisionBody, Verdict
from kassa.refunds.decision.verdict_effects import promise
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import (
    GATEWAY,
    Lease,
    RefundLifecycle,
    RequestState,
    Step,
    Why,
    accepted,
    escalated,
    paid,
    submitted,
)
from kassa.refunds.policy.model import OnExpiry, RefundPolicy
from tests.support.builders import NOW, eur
from tests.support.refund_cases import (
    a_change,
    a_dispute,
    a_lifecycle,
    a_payment,
    a_policy,
    a_refund,
    a_request,
    minutes,
)

ANNA, BERT, CARL, SHOP = "key_anna", "key_bert", "key_carl", "key_shop"
POLICY = a_policy(second_person_over=(eur(80_00),))
STRICT = a_policy(second_person_over=(eur(0),))
FREE = a_payment(held={})
LATE, PHOTO = DecisionBody(reason="too_late"), DecisionBody(question="photo")


def case_of(lifecycle: RefundLifecycle | None = None, amount_minor: int = 60_00) -> RefundCase:
    """Return an escalated case, requested by the shop."""
    lifecycle = lifecycle or a_lifecycle(RequestState.ESCALATED, approved_minor=0)
    return RefundCase(request=a_request(amount_minor, requested_by=SHOP), lifecycle=lifecycle)


class At:
    """A review: acts on a case at an instant, under a policy and with a payment."""

    def __init__(self, case: RefundCase, policy: RefundPolicy = POLICY) -> None:
        self.case, self.policy = case, policy
        self.payment: SubjectState = FREE
        self.now = NOW

    def act(
        self, action: str, person: str = ANNA, body: DecisionBody | None = None
    ) -> RefundLifecycle:
        verdict = Verdict(Action(action), Caller(key_id=person), body or DecisionBody())
        lifecycle = decided(verdict, ReviewedCase(self.case, self.payment, self.policy, self.now))
        self.case = self.case.model_copy(update={"lifecycle": lifecycle})
        return lifecycle

    def approve(self, person: str = ANNA, amount_minor: int | None = None) -> RefundLifecycle:
        return self.act("approve", person, DecisionBody(amount_minor=amount_minor))


def unknown() -> RefundLifecycle:
    """Return a lifecycle whose outcome the gateway never reported, in the hands of people again."""
    lifecycle = submitted(a_lifecycle(RequestState.APPROVED), NOW, NOW + minutes(5))
    return escalated(lifecycle, a_change(Step.ESCALATED, why=Why.UNKNOWN), POLICY)


def test_a_claim_lasts_a_quarter_of_an_hour_and_keeps_others_away() -> None:
    review = At(case_of())

    assert review.act("claim").lease == Lease(by=ANNA, until=NOW + minutes(15))
    for action, body in [("claim", None), ("approve", None), ("reject", LATE), ("ask", PHOTO)]:
        with pytest.raises(Conflict, match=f"{ANNA} is looking .* until 2026-11-21 09:15:00 UTC"):
            review.act(action, BERT, body)
    with pytest.raises(Conflict, match=ANNA):
        review.act("hand-back", BERT)


def test_from_the_second_a_claim_is_over_anyone_may_take_it() -> None:
    review = At(case_of())
    review.act("claim")

    review.now = NOW + minutes(15) - timedelta(seconds=1)
    with pytest.raises(Conflict):
        review.act("claim", BERT)
    review.now = NOW + minutes(15)
    assert review.act("claim", BERT).lease == Lease(by=BERT, until=NOW + minutes(30))


def test_claiming_again_begins_the_quarter_of_an_hour_anew() -> None:
    review = At(case_of())
    review.act("claim")
    review.now = NOW + minutes(10)

    assert review.act("claim").lease == Lease(by=ANNA, until=NOW + minutes(25))


def test_who_hands_back_leaves_it_to_others_at_once() -> None:
    review = At(case_of())
    review.act("claim")

    assert review.act("hand-back").lease is None
    again = review.case.lifecycle
    assert review.act("hand-back") is again
    assert review.act("claim", BERT).lease is not None


def test_a_claim_is_no_change_that_is_published() -> None:
    review = At(case_of())

    before = review.case.lifecycle
    after = review.act("claim")

    assert after.changes == before.changes
    assert after.version == before.version + 1
    assert after.next_check_at == before.next_check_at


def test_an_approval_in_full_waits_until_it_cant_be_undone() -> None:
    review = At(case_of())
    review.act("claim")
    lifecycle = review.approve()

    assert (lifecycle.state, lifecycle.approved_minor, lifecycle.approvals) == (
        "approved",
        60_00,
        (ANNA,),
    )
    assert lifecycle.not_before == lifecycle.next_check_at == NOW + minutes(5)
    assert (lifecycle.lease, lifecycle.decide_by, lifecycle.remind_at) == (None, None, None)
    last = lifecycle.changes[-1]
    assert (last.step, last.by, last.amount_minor) == (Step.APPROVED, ANNA, 60_00)


def test_a_part_may_be_approved() -> None:
    lifecycle = At(case_of()).approve(amount_minor=1)

    assert (lifecycle.approved_minor, lifecycle.changes[-1].amount_minor) == (1, 1)


def test_more_than_was_requested_is_refused_naming_the_field() -> None:
    with pytest.raises(InvalidRequest, match=r"^amount_minor: at most the 60.00 EUR"):
        At(case_of()).approve(amount_minor=60_01)


def test_nobody_approves_what_they_requested_themselves() -> None:
    review = At(case_of())

    with pytest.raises(Conflict, match="requested themselves"):
        review.approve(SHOP)
    assert review.act("reject", SHOP, LATE).state is RequestState.REJECTED


def test_up_to_the_limit_one_person_is_enough_and_above_it_two_are_needed() -> None:
    assert not needs_second(POLICY, eur(80_00))
    assert needs_second(POLICY, eur(80_01))


def test_without_a_limit_of_the_policys_the_codes_holds() -> None:
    assert not needs_second(POLICY, Money(amount_minor=500_00, currency="USD"))
    assert needs_second(POLICY, Money(amount_minor=500_01, currency="USD"))
    assert needs_second(POLICY, Money(amount_minor=1, currency="XXX"))


def test_the_first_of_two_is_noted_and_the_second_completes() -> None:
    review = At(case_of(amount_minor=90_00))
    review.payment = a_payment(held={})

    review.act("claim")
    first = review.approve()
    assert (first.state, first.approvals, first.lease) == ("escalated", (ANNA,), None)
    assert len(first.changes) == 1

    lifecycle = review.approve(BERT)
    assert (lifecycle.state, lifecycle.approvals) == ("approved", (ANNA, BERT))
    assert lifecycle.changes[-1].by == BERT
    assert lifecycle.changes[-1].why == f"second_to:{ANNA}"


def test_one_key_is_never_both_people() -> None:
    review = At(case_of(), STRICT)

    first = review.approve()
    assert review.approve() is first
    assert review.approve(amount_minor=50_00).approvals == (ANNA,)
    assert review.case.lifecycle.state is RequestState.ESCALATED


def test_another_amount_begins_the_count_anew() -> None:
    review = At(case_of(), STRICT)
    review.approve(ANNA, 50_00)

    assert review.approve(BERT, 40_00).approvals == (BERT,)
    assert review.approve(ANNA, 50_00).approvals == (ANNA,)
    lifecycle = review.approve(CARL, 50_00)
    assert (lifecycle.state, lifecycle.approved_minor) == ("approved", 50_00)


def test_a_smaller_part_needs_no_second_person_whatever_was_noted() -> None:
    review = At(case_of(amount_minor=90_00))
    review.approve()

    lifecycle = review.approve(BERT, 80_00)

    assert (lifecycle.state, lifecycle.approved_minor, lifecycle.approvals) == (
        "approved",
        80_00,
        (BERT,),
    )


def test_who_approved_first_may_take_it_back() -> None:
    review = At(case_of(), STRICT)
    review.approve()
    review.act("claim", BERT)

    lifecycle = review.act("hand-back", ANNA)

    assert (lifecycle.approvals, lifecycle.lease and lifecycle.lease.by) == ((), BERT)
    assert review.approve(BERT).state is RequestState.ESCALATED


def test_a_question_to_the_customer_moves_the_deadline_and_the_approvals() -> None:
    review = At(case_of(), STRICT)
    review.policy = a_policy(
        second_person_over=(eur(0),),
        remind_after_hours=6,
        decide_within_hours=12,
        on_expiry=OnExpiry.REJECT,
    )
    review.approve()
    lifecycle = review.act("ask", BERT, PHOTO)

    assert (*lifecycle.approvals, lifecycle.state, lifecycle.on_expiry) == ("escalated", "reject")
    requested = lifecycle.changes[-1]
    assert (requested.step, requested.why) == (Step.INFORMATION_REQUESTED, "photo")
    assert lifecycle.remind_at == NOW + timedelta(hours=6)
    assert lifecycle.decide_by == NOW + timedelta(hours=12)
    assert review.act("ask", BERT, PHOTO) is lifecycle
    assert review.act("ask", BERT, DecisionBody(question="details")) is not lifecycle


def test_a_rejection_is_for_good_and_names_its_reason() -> None:
    review = At(case_of())
    lifecycle = review.act("reject", ANNA, LATE)

    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.REJECTED, "too_late")
    assert review.act("reject", ANNA, LATE) is lifecycle
    for person, body in [(BERT, LATE), (ANNA, DecisionBody(reason="delivered"))]:
        with pytest.raises(Conflict, match=r"the request is rejected since .* by key_anna"):
            review.act("reject", person, body)


@pytest.mark.parametrize(
    "further",
    [
        lambda lifecycle: lifecycle,
        lambda lifecycle: submitted(lifecycle, NOW, NOW + minutes(5)),
        lambda lifecycle: accepted(submitted(lifecycle, NOW, NOW), NOW, "re_1"),
        lambda lifecycle: paid(accepted(submitted(lifecycle, NOW, NOW), NOW, "re_1"), NOW, "re_1"),
    ],
)
def test_a_repeated_approval_is_answered_alike_however_far_it_got(
    further: Callable[[RefundLifecycle], RefundLifecycle],
) -> None:
    review = At(case_of())
    lifecycle = further(review.approve(ANNA, 40_00))
    review.case = case_of(lifecycle)
    review.payment = a_payment(dp_1=a_dispute())

    assert review.approve(ANNA, 40_00) is lifecycle
    for person, amount_minor in [(BERT, 40_00), (ANNA, 41_00)]:
        with pytest.raises(Conflict, match=f"the request is {lifecycle.state} since"):
            review.approve(person, amount_minor)


def test_both_of_two_may_repeat_their_approval() -> None:
    review = At(case_of(), STRICT)
    review.approve(ANNA)
    lifecycle = review.approve(BERT)

    assert review.approve(ANNA) is lifecycle
    assert review.approve(BERT) is lifecycle


def test_what_the_policy_approved_is_nobodys_to_approve_again() -> None:
    with pytest.raises(Conflict, match="nothing to decide"):
        At(case_of(a_lifecycle(RequestState.APPROVED))).approve()


def test_an_approval_is_undone_until_it_is_submitted() -> None:
    review = At(case_of())
    review.approve()
    review.now = NOW + minutes(5) - timedelta(seconds=1)

    lifecycle = review.act("undo", BERT)

    assert (lifecycle.state, lifecycle.changes[-1].why, lifecycle.approvals) == (
        "escalated",
        Why.UNDONE,
        (),
    )
    assert lifecycle.decide_by == review.now + timedelta(hours=48)
    assert review.act("undo", BERT) is lifecycle


def test_it_is_too_late_to_undo_from_the_second_it_may_be_submitted() -> None:
    review = At(case_of())
    review.approve()
    review.now = NOW + minutes(5)

    with pytest.raises(Conflict, match="can't be undone any more"):
        review.act("undo")


@pytest.mark.parametrize("state", [s for s in RequestState if s is not RequestState.APPROVED])
def test_only_an_approval_is_undone(state: RequestState) -> None:
    with pytest.raises(Conflict, match=f"only an approval .* the request is {state}"):
        At(case_of(a_lifecycle(state))).act("undo")


@pytest.mark.parametrize("state", [s for s in RequestState if s is not RequestState.ESCALATED])
@pytest.mark.parametrize(
    ("action", "body"),
    [("claim", None), ("hand-back", None), ("reject", LATE), ("ask", PHOTO), ("approve", None)],
)
def test_only_an_escalated_request_is_decided(
    state: RequestState, action: str, body: DecisionBody | None
) -> None:
    with pytest.raises(Conflict, match=f"nothing to decide: the request is {state}"):
        At(case_of(a_lifecycle(state))).act(action, ANNA, body)


def test_an_unknown_outcome_is_submitted_again_under_the_same_name_with_the_same_amount() -> None:
    review = At(case_of(unknown()))
    review.payment = a_payment()

    with pytest.raises(Conflict, match="may have been paid"):
        review.approve(ANNA, 59_99)
    lifecycle = review.approve()

    assert (lifecycle.round, lifecycle.submission_id, lifecycle.approved_minor) == (
        1,
        "rr_1",
        60_00,
    )
    assert promise(case_of().lifecycle, lifecycle) == 60_00
    with pytest.raises(Conflict, match="its answer isn't known"):
        review.act("undo")


def test_an_unknown_outcome_of_a_part_stays_that_part() -> None:
    lifecycle = unknown().model_copy(update={"approved_minor": 40_00})

    assert At(case_of(lifecycle)).approve().approved_minor == 40_00


def test_an_unknown_outcome_may_be_rejected() -> None:
    lifecycle = At(case_of(unknown())).act("reject", ANNA, LATE)

    assert (lifecycle.state, lifecycle.may_be_with_gateway) == (RequestState.REJECTED, True)


def test_a_refund_that_came_back_is_submitted_under_another_name() -> None:
    change = a_change(Step.ESCALATED, why=Why.FAILED, by=GATEWAY)
    lifecycle = escalated(unknown(), change, POLICY, is_over=True)
    review = At(case_of(lifecycle))
    review.payment = a_payment(held={}, re_1=a_refund("failed"))

    after = review.approve(ANNA, 30_00)

    assert (after.submission_id, after.may_be_with_gateway) == ("rr_1.2", False)
    assert promise(lifecycle, after) == 30_00


@pytest.mark.parametrize("state", ["pending", "succeeded", "failed"])
def test_what_the_gateway_reported_meanwhile_comes_before_any_verdict(state: str) -> None:
    review = At(case_of(unknown()))
    review.payment = a_payment(held={}, re_1=a_refund(state))

    for action, body in [("approve", None), ("reject", LATE)]:
        with pytest.raises(Conflict, match="gateway has just reported"):
            review.act(action, ANNA, body)


def test_nothing_is_approved_beside_a_dispute_or_beyond_what_is_left() -> None:
    review = At(case_of())
    review.payment = a_payment(held={}, dp_1=a_dispute())
    with pytest.raises(Conflict, match="disputed"):
        review.approve()

    review.payment = a_payment(held={"rr_2": 70_00})
    with pytest.raises(OverHeadroom, match=r"30\.00 EUR") as refused:
        review.approve()
    assert refused.value.left_minor == 30_00
    assert review.approve(amount_minor=30_00).approved_minor == 30_00


def test_what_the_submission_still_holds_counts_as_left() -> None:
    review = At(case_of())
    review.payment = a_payment(held={"rr_1": 50_00, "rr_2": 40_00})

    assert review.approve().state is RequestState.APPROVED


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("reject", {}, "reason"),
        ("ask", {}, "question"),
        ("reject", {"reason": "delivered", "question": "photo"}, "question"),
        ("claim", {"amount_minor": 1}, "amount_minor"),
        ("undo", {"reason": "delivered"}, "reason"),
        ("hand-back", {"currency": "EUR"}, "currency"),
        ("approve", {"reason": "delivered"}, "reason"),
        ("approve", {"currency": "USD"}, "currency"),
    ],
)
def test_values_that_are_missing_or_meant_otherwise_are_refused_naming_the_field(
    action: str, body: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidRequest, match=f"^{field}: "):
        At(case_of()).act(action, ANNA, DecisionBody.model_validate(body))


verdicts = st.lists(
    st.tuples(
        st.sampled_from(Action),
        st.sampled_from([ANNA, BERT, SHOP]),
        st.sampled_from([None, 1, 20_00, 60_00, 60_01]),
        st.integers(0, 20),
    ),
    max_size=20,
)


@given(verdicts=verdicts, policy=st.sampled_from([POLICY, STRICT]), is_submitted=st.booleans())
def test_no_sequence_of_verdicts_pays_too_much_or_lets_one_key_be_two_people(
    verdicts: list[tuple[Action, str, int | None, int]], policy: RefundPolicy, is_submitted: bool
) -> None:
    review = At(case_of(unknown() if is_submitted else None), policy)
    for action, person, amount_minor, passed in verdicts:
        review.now += minutes(passed)
        body = {
            Action.APPROVE: {"amount_minor": amount_minor},
            Action.REJECT: {"reason": RejectionReason.DELIVERED},
            Action.ASK: {"question": Question.PHOTO},
        }
        before = review.case.lifecycle
        try:
            after = review.act(action, person, DecisionBody.model_validate(body.get(action, {})))
        except KassaError:
            continue
        if not (after.lease and after.lease.by != person):  # else somebody else is looking by now
            assert review.act(action, person, DecisionBody.model_validate(body.get(action, {})))
        assert after is before or after.version == before.version + 1
        assert after.approved_minor <= 60_00
        assert SHOP not in after.approvals
        assert len(set(after.approvals)) == len(after.approvals)
        if after.state is RequestState.APPROVED:
            assert len(after.approvals) == (2 if policy is STRICT else 1)
        if is_submitted:
            assert (after.submission_id, after.approved_minor) == ("rr_1", 60_00)
