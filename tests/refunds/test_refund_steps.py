"""The refund operations, step by step, where a gateway is silent, refuses, forgets or is late."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kassa.core.callers import Caller
from kassa.core.errors import ClaimTaken, NotPublished, PaymentNotFound, StaleWrite
from kassa.platform.settings import settings
from kassa.platform.telemetry import metrics
from kassa.refunds.decide_refund import decide_refund
from kassa.refunds.decision.rejection import Question, RejectionReason, customer_text
from kassa.refunds.decision.verdict import Action, DecidedRefund, DecisionBody, Verdict
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Step, Why
from kassa.refunds.paying.pay_refund import pay_refund
from kassa.refunds.policy.limits import limits_of
from kassa.refunds.policy.model import OnExpiry
from kassa.refunds.store import RefundRequests
from tests.support.builders import NOW
from tests.support.refund_scene import RefundScene, time_left
from tests.support.refund_scene import scene as scene
from tests.support.refund_scene_cases import lost, metrics_in, outcome_unknown, silence, speak_again

HOURS_20 = timedelta(hours=20)


def verdict(scene: RefundScene, case: RefundCase, action: Action, **fields: Any) -> DecidedRefund:
    verdict_given = Verdict(action, Caller(key_id="anna"), DecisionBody(**fields))
    return decide_refund(case.request.refund_request_id, verdict_given, scene.requests, time_left())


def test_a_silent_gateway_is_called_once_a_wake_up_for_what_a_person_approved_again(
    scene: RefundScene,
) -> None:
    case = outcome_unknown(scene)
    verdict(scene, case, Action.APPROVE)
    scene.clock.at += timedelta(minutes=6)
    requests = silence(scene)
    scene.wake()

    assert requests == ["GET /v1/refunds"]
    assert scene.lifecycle(case).state is RequestState.APPROVED


def test_a_silent_gateway_is_called_once_a_wake_up_after_a_rejection(scene: RefundScene) -> None:
    case = outcome_unknown(scene)
    verdict(scene, case, Action.REJECT, reason=RejectionReason.TOO_LATE)
    requests = silence(scene)
    scene.work()

    assert requests == ["GET /v1/refunds"]
    assert scene.lifecycle(case).state is RequestState.REJECTED


# Deciding at once.


def test_a_small_refund_is_approved_reserved_and_enqueued(scene: RefundScene) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00, comment="it broke", ip_hash="ab" * 16)
    request = case.request

    assert case.lifecycle.state is RequestState.APPROVED
    assert (request.merchant_id, request.requested_by, case.comment) == ("main", "shop", "it broke")
    assert request.requested_at == request.receipt.decided_at == NOW
    assert (request.order_id, request.language) == ("order-1", "en")
    assert (request.receipt.rule_id, request.receipt.policy_version) == ("R1", 1)
    assert scene.payment(payment_id).reservations == {request.refund_request_id: 60_00}
    assert scene.payment(payment_id).available_minor == 40_00
    assert scene.wake_ups.waiting == [json.dumps({"refund_request_id": request.refund_request_id})]
    assert scene.requests.named(request.refund_request_id) == case


def test_a_claim_made_again_is_answered_and_enqueued_again(scene: RefundScene) -> None:
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, 60_00, claim_id="a")

    assert scene.request_refund(payment_id, 60_00, claim_id="a") == first
    assert scene.request_refund(payment_id, claim_id="a") == first
    assert len(scene.wake_ups.waiting) == 3
    assert scene.payment(payment_id).available_minor == 40_00


@pytest.mark.parametrize("other", [{"amount_minor": 1}, {"reason": "other"}])
def test_a_claim_with_other_fields_is_refused(scene: RefundScene, other: Any) -> None:
    payment_id = scene.pay()
    first = scene.request_refund(payment_id, 60_00, claim_id="a")

    with pytest.raises(ClaimTaken) as taken:
        scene.request_refund(payment_id, **{"amount_minor": 60_00, "claim_id": "a"} | other)
    assert str(taken.value) == (
        f"claim_id: the claim has request {first.request.refund_request_id}, for 60.00 EUR"
        " (6000 minor units) and damaged"
    )


def test_a_days_limit_sends_what_the_policy_approves_to_a_person(scene: RefundScene) -> None:
    limit = limits_of("EUR").per_refund_minor
    scene.save_policy(otherwise="approve", rules=[])
    payment_id = scene.pay(9 * limit)
    cases = [scene.request_refund(payment_id, limit, claim_id=f"c{n}") for n in range(3)]

    assert [case.request.receipt.why for case in cases] == ["policy"] * 2 + ["customer_day_limit"]
    assert cases[2].lifecycle.state is RequestState.ESCALATED
    assert scene.payment(payment_id).available_minor == 7 * limit


def test_a_payment_that_is_too_old_for_the_setting_goes_to_a_person(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = scene.pay()
    scene.clock.at += timedelta(days=8)
    monkeypatch.setenv("REFUND_AGE_MAX_DAYS", "7")
    settings.cache_clear()

    assert scene.request_refund(payment_id, 1).request.receipt.why == "payment_age"


def test_the_policy_that_rules_now_decides(scene: RefundScene) -> None:
    payment_id, later = scene.pay(), scene.clock.at + timedelta(days=1)
    scene.save_policy(rules=[], otherwise="reject", effective_from=later.isoformat())

    approved = scene.request_refund(payment_id, 1, claim_id="a")
    assert approved.lifecycle.state is RequestState.APPROVED
    scene.clock.at += timedelta(days=1)
    rejected = scene.request_refund(payment_id, 1, claim_id="b")
    assert rejected.lifecycle.state is RequestState.REJECTED
    assert scene.payment(payment_id).available_minor == 99_99


def test_what_is_decided_is_counted_by_its_outcome(
    scene: RefundScene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.request_refund(scene.pay(), 60_00)

    (counted,) = metrics_in(capsys, "RefundDecided")
    assert counted["decision"] == "approve"


def test_an_order_and_another_account_are_looked_for_where_the_request_body_says(
    scene: RefundScene,
) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(None, 1, order_id="order-1")  # type: ignore[arg-type]

    assert case.request.payment.subject_id == payment_id
    for elsewhere in ({"account": "other"}, {"gateway": "paypal"}):
        with pytest.raises(PaymentNotFound):
            scene.request_refund(payment_id, 1, **elsewhere)


def test_a_request_counts_into_the_next_ones_velocity(scene: RefundScene) -> None:
    payment_id, fields = scene.pay(), {"ip_hash": "ab" * 16, "address_hash": "cd" * 16}
    scene.request_refund(payment_id, 1, claim_id="a", **fields)
    inputs = scene.request_refund(payment_id, 1, claim_id="b", **fields).request.receipt.inputs

    assert (inputs.requests_ip_day, inputs.requests_address_day) == (1, 1)
    assert inputs.risk_score > 0


# Paying.


def test_a_refund_is_submitted_accepted_and_paid_once(scene: RefundScene) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00)
    request_id = case.request.refund_request_id
    scene.work()
    accepted = scene.lifecycle(case)
    (refund,) = scene.refunds()

    assert (accepted.state, accepted.attempts) == (RequestState.ACCEPTED, 1)
    assert (accepted.refund_id, accepted.first_submitted_at) == (refund["id"], NOW)
    assert (refund["amount"], refund["metadata"]) == (60_00, {"refund_request_id": request_id})
    assert accepted.next_check_at == NOW + timedelta(hours=1)
    assert accepted.published == len(accepted.changes) == 4
    scene.deliver()
    scene.work()
    scene.work()

    assert scene.lifecycle(case).state is RequestState.PAID
    assert scene.lifecycle(case).next_check_at is None
    assert scene.payment(payment_id).reservations == {}
    assert scene.payment(payment_id).available_minor == 40_00
    assert [one.amount.amount_minor for one in scene.postings("refund")] == [60_00]
    expected = ["RefundRequested", "RefundApproved", "RefundSubmitted", "RefundAccepted"]
    assert scene.names() == ["PaymentCaptured", *expected, "RefundSucceeded"]


def test_the_key_names_the_submission(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 60_00)
    scene.work()

    created = next(one for one in scene.events if one["type"] == "refund.created")
    key = f"refund:{case.request.refund_request_id}"
    assert created["request"]["idempotency_key"] == key


def test_the_trace_number_is_noted_when_it_becomes_known(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 60_00)
    scene.work()
    scene.deliver()
    scene.work()
    scene.fake.trace_refund(scene.refunds()[0]["id"])
    scene.deliver()
    scene.work()

    card = scene.refunds()[0]["destination_details"]["card"]
    assert scene.lifecycle(case).reference == card["reference"]


def test_a_message_that_names_no_request_of_ours_does_nothing(scene: RefundScene) -> None:
    pay_refund("rr_nobody", scene.requests, time_left())

    assert scene.names() == []


@pytest.mark.parametrize("acts", [True, False])
def test_an_answer_that_was_lost_is_looked_up_and_paid_once(
    scene: RefundScene, acts: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    case = scene.request_refund(scene.pay(), 60_00)
    silence(scene, acts)
    metrics.clear_metrics()
    scene.work()
    lifecycle = scene.lifecycle(case)

    assert (lifecycle.state, lifecycle.next_check_at) == (
        RequestState.SUBMITTED,
        NOW + timedelta(minutes=5),
    )
    assert scene.wake_ups.delays[-1] == 301
    metrics.flush_metrics()
    (counted,) = metrics_in(capsys, "RefundUnknown")
    assert counted["RefundUnknown"] == [1.0]
    assert {"Name": "RefundUnknown", "Unit": "Count"} in counted["_aws"]["CloudWatchMetrics"][0][
        "Metrics"
    ]
    speak_again(scene)
    scene.pass_by(minutes=4)
    assert scene.lifecycle(case).state is RequestState.SUBMITTED
    scene.pass_by(minutes=2)
    assert scene.lifecycle(case).state is RequestState.ACCEPTED
    assert len(scene.refunds()) == 1
    assert scene.lifecycle(case).attempts == (1 if acts else 2)
    assert scene.lifecycle(case).refund_id == scene.refunds()[0]["id"]


@pytest.mark.parametrize("begins", ["pending", "succeeded"])
def test_an_event_that_comes_before_the_answer_is_believed(scene: RefundScene, begins: str) -> None:
    scene.fake.switches.refunds_begin = begins
    case = scene.request_refund(scene.pay(), 60_00)
    silence(scene, acts=True)
    scene.work()
    scene.deliver()
    scene.clock.at += timedelta(minutes=1)
    scene.work()
    lifecycle = scene.lifecycle(case)

    assert lifecycle.state == {"pending": "accepted", "succeeded": "paid"}[begins]
    assert (lifecycle.refund_id, lifecycle.changes[-1].by) == (scene.refunds()[0]["id"], "gateway")
    assert lifecycle.changes[-1].at == NOW + timedelta(minutes=1)
    assert scene.payment(case.request.payment.subject_id).available_minor == 40_00


def test_an_unknown_outcome_is_looked_up_ever_more_seldom_and_then_left_to_a_person(
    scene: RefundScene,
) -> None:
    case = scene.request_refund(scene.pay(), 60_00)
    silence(scene)
    scene.work()
    waits = []
    for _ in range(4):
        before = scene.clock.at
        wakes = scene.lifecycle(case).next_check_at
        assert wakes is not None
        scene.clock.at = wakes
        pay_refund(case.request.refund_request_id, scene.requests, time_left())
        waits.append((wakes - before).total_seconds() / 60)
    assert waits == [5, 15, 15, 15]  # asked once: a look-up in vain is no further try

    speak_again(scene)
    scene.pass_by(hours=20)
    lifecycle = scene.lifecycle(case)
    assert (lifecycle.state, lifecycle.changes[-1].why) == (
        RequestState.ESCALATED,
        "unknown_outcome",
    )
    assert (lifecycle.changes[-1].by, lifecycle.changes[-1].amount_minor) == ("kassa", 60_00)
    assert scene.payment(case.request.payment.subject_id).available_minor == 40_00
    assert scene.refunds() == []


def test_each_submission_in_vain_waits_longer_up_to_the_limit_of_tries(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 60_00)
    waits = []
    for _ in range(10):
        scene.http.before = lambda method, path: lost() if method == "POST" else None
        pay_refund(case.request.refund_request_id, scene.requests, time_left())
        wakes = scene.lifecycle(case).next_check_at
        assert wakes is not None
        waits.append((wakes - scene.clock.at).total_seconds() / 60)
        scene.clock.at = wakes
    assert waits == [5, 15, 30, 60, 120, 180, 180, 180, 180, 180]
    assert scene.lifecycle(case).attempts == 10

    pay_refund(case.request.refund_request_id, scene.requests, time_left())
    assert scene.lifecycle(case).changes[-1].why == Why.UNKNOWN


def test_the_limit_of_tries_is_a_setting(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUND_ATTEMPTS_MAX", "1")
    settings.cache_clear()
    case = scene.request_refund(scene.pay(), 60_00)
    silence(scene)
    scene.work()
    speak_again(scene)
    scene.pass_by(minutes=6)

    assert scene.lifecycle(case).changes[-1].why == Why.UNKNOWN


def test_what_the_gateway_refuses_goes_to_a_person_and_is_submitted_anew_under_another_name(
    scene: RefundScene,
) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00)
    scene.fake.open_dispute(scene.charge_of(payment_id))
    held, scene.events[:] = list(scene.events), []
    scene.work()
    lifecycle = scene.lifecycle(case)

    assert (lifecycle.state, lifecycle.is_over) == (RequestState.ESCALATED, True)
    assert lifecycle.changes[-1].why == "refused:disputed"
    assert (lifecycle.changes[-1].by, lifecycle.changes[-1].amount_minor) == ("gateway", 60_00)
    assert lifecycle.decide_by == NOW + timedelta(hours=48)
    assert scene.payment(payment_id).available_minor == 100_00
    dispute = next(iter(scene.fake.account.kinds["dispute"]))
    scene.fake.close_dispute(dispute, "won")
    for event in [*held, *scene.events]:
        scene.book(event)
    scene.events.clear()
    verdict(scene, case, Action.APPROVE)
    scene.pass_by(minutes=6)
    (refund,) = scene.refunds()
    assert refund["metadata"] == {"refund_request_id": f"{case.request.refund_request_id}.2"}


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_comes_back_reopens_the_request_and_its_books(
    scene: RefundScene, status: str
) -> None:
    scene.fake.switches.refunds_begin = "pending"
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00)
    scene.work()
    scene.deliver()
    scene.work()
    assert scene.lifecycle(case).state is RequestState.ACCEPTED
    scene.fake.settle_refund(scene.refunds()[0]["id"], status)
    scene.deliver()
    scene.work()
    lifecycle = scene.lifecycle(case)

    assert (lifecycle.state, lifecycle.is_over) == (RequestState.ESCALATED, True)
    assert (lifecycle.changes[-1].why, lifecycle.changes[-1].by) == (f"refund_{status}", "gateway")
    assert scene.payment(payment_id).available_minor == 100_00
    assert scene.names()[-1] == "RefundEscalated"


def test_a_dispute_stops_an_approved_refund_and_gives_back_what_it_held(scene: RefundScene) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00)
    scene.fake.open_dispute(scene.charge_of(payment_id), 30_00)
    scene.deliver()
    scene.work()
    lifecycle = scene.lifecycle(case)

    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, "dispute")
    assert lifecycle.changes[-1].by == "kassa"
    assert lifecycle.is_over
    assert scene.payment(payment_id).reservations == {}
    assert scene.refunds() == []


def test_what_could_not_be_published_stays_on_its_queue_and_is_published_once_later(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00)
    scene.work()
    scene.fake.settle_refund(scene.refunds()[0]["id"], "failed")
    scene.deliver()
    with monkeypatch.context() as patch:
        patch.setattr(scene.bus, "put_events", lambda **_: {"FailedEntryCount": 1, "Entries": []})
        with pytest.raises(NotPublished):
            scene.work()
    assert scene.lifecycle(case).state is RequestState.ESCALATED
    assert scene.lifecycle(case).next_check_at == NOW
    scene.pass_by(minutes=1)
    assert scene.names().count("RefundEscalated") == 1


def test_what_was_given_back_but_not_published_stays_on_its_queue(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 60_00)
    scene.fake.open_dispute(scene.charge_of(payment_id), 30_00)
    scene.deliver()
    scene.clock.at += timedelta(minutes=1)
    with monkeypatch.context() as patch:
        patch.setattr(scene.bus, "put_events", lambda **_: {"FailedEntryCount": 1, "Entries": []})
        with pytest.raises(NotPublished):
            scene.work()
    assert scene.payment(payment_id).reservations == {}
    assert scene.lifecycle(case).next_check_at == NOW + timedelta(minutes=1)


# People, and what nobody decides.


def test_a_person_approves_in_part_and_it_is_submitted_once_it_cannot_be_undone(
    scene: RefundScene, capsys: pytest.CaptureFixture[str]
) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 90_00)
    scene.work()
    assert scene.lifecycle(case).published == 2
    decided = verdict(scene, case, Action.APPROVE, amount_minor=50_00)

    assert decided.customer_text is None
    assert decided.case.lifecycle == scene.lifecycle(case)
    assert scene.wake_ups.delays[-1] == 300
    assert metrics_in(capsys, "RefundVerdict")[0]["action"] == "approve"
    assert scene.payment(payment_id).available_minor == 50_00
    scene.pass_by(minutes=4)
    assert scene.refunds() == []
    scene.pass_by(minutes=2)
    assert [one["amount"] for one in scene.refunds()] == [50_00]


def test_a_repeated_verdict_is_answered_alike_and_done_once(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 90_00)
    first = verdict(scene, case, Action.APPROVE)

    assert verdict(scene, case, Action.APPROVE) == first
    scene.pass_by(minutes=6)
    assert len(scene.refunds()) == 1


def test_a_wake_up_for_an_approval_comes_no_second_too_early(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 90_00)
    verdict(scene, case, Action.APPROVE)
    scene.clock.at += timedelta(seconds=0.5)
    verdict(scene, case, Action.APPROVE)

    assert scene.wake_ups.delays[-1] == 300


def test_whoever_is_overtaken_reads_again_until_the_time_is_nearly_over(
    scene: RefundScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = scene.request_refund(scene.pay(), 90_00)
    write, races = RefundRequests.keep_decided, iter([True])

    def overtaken(*args: Any) -> None:
        if next(races, False):
            raise StaleWrite("somebody was first")
        write(*args)

    monkeypatch.setattr(RefundRequests, "keep_decided", overtaken)
    assert verdict(scene, case, Action.APPROVE).case.lifecycle.state is RequestState.APPROVED

    races = iter(lambda: True, False)
    other, began = scene.request_refund(scene.pay(), 90_00), scene.clock.at
    with pytest.raises(StaleWrite):
        verdict(scene, other, Action.APPROVE)
    assert timedelta(seconds=50) < scene.clock.at - began <= timedelta(seconds=58)


def test_a_rejection_gives_the_customer_a_reason_and_wakes_at_once(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 90_00)
    scene.work()
    decided = verdict(scene, case, Action.REJECT, reason=RejectionReason.TOO_LATE)

    assert decided.customer_text == customer_text(RejectionReason.TOO_LATE, case.request)
    assert scene.wake_ups.delays[-1] == 0
    scene.work()
    assert scene.names()[-1] == "RefundRejected"
    woken = len(scene.wake_ups.delays)
    verdict(scene, case, Action.REJECT, reason=RejectionReason.TOO_LATE)
    assert len(scene.wake_ups.delays) == woken


def test_a_question_is_put_in_the_customers_language(scene: RefundScene) -> None:
    case = scene.request_refund(scene.pay(), 90_00)
    decided = verdict(scene, case, Action.ASK, question=Question.PHOTO)

    assert decided.customer_text == customer_text(Question.PHOTO, case.request)


def test_an_approval_that_is_undone_gives_back_what_it_held(scene: RefundScene) -> None:
    payment_id = scene.pay()
    case = scene.request_refund(payment_id, 90_00)
    verdict(scene, case, Action.APPROVE)
    verdict(scene, case, Action.UNDO)
    scene.work()

    assert scene.lifecycle(case).state is RequestState.ESCALATED
    assert scene.payment(payment_id).available_minor == 100_00


def test_whoever_decides_is_reminded_and_an_overdue_case_is_counted(
    scene: RefundScene, capsys: pytest.CaptureFixture[str]
) -> None:
    case = scene.request_refund(scene.pay(), 90_00)
    scene.work()
    scene.pass_by(hours=25)
    reminded = scene.lifecycle(case).changes[-1]
    assert (reminded.step, reminded.by, reminded.amount_minor) == (Step.REMINDED, "kassa", 90_00)
    assert (scene.lifecycle(case).remind_at, reminded.why) == (None, None)
    assert scene.names()[-1] == "RefundDecisionDue"
    metrics.flush_metrics()
    assert metrics_in(capsys, "EscalationOverdue") == []
    scene.pass_by(hours=24)

    metrics.flush_metrics()
    assert metrics_in(capsys, "EscalationOverdue")
    assert scene.names().count("RefundDecisionDue") == 1


def expiring(scene: RefundScene, outcome: str, amount_minor: int = 90_00) -> RefundCase:
    """Return a case that nobody decides under a policy that says what then."""
    scene.save_policy(on_expiry=outcome, decide_within_hours=2, remind_after_hours=1)
    case = scene.request_refund(scene.pay(), amount_minor)
    scene.work()
    return case


def test_what_nobody_decided_is_rejected_where_the_policy_says_so(scene: RefundScene) -> None:
    case = expiring(scene, "reject")
    scene.pass_by(hours=3)
    last = scene.lifecycle(case).changes[-1]

    assert scene.lifecycle(case).state is RequestState.REJECTED
    assert last.step is Step.REJECTED
    assert (last.by, last.why, last.amount_minor) == ("kassa", "overdue", 90_00)


def test_what_nobody_decided_is_approved_where_the_policy_says_so(scene: RefundScene) -> None:
    case = expiring(scene, "approve")
    scene.pass_by(hours=3)
    approved = next(one for one in scene.lifecycle(case).changes if one.step is Step.APPROVED)

    assert (approved.by, approved.why, approved.amount_minor) == ("kassa", "overdue", 90_00)
    assert [one["amount"] for one in scene.refunds()] == [90_00]


def test_an_approval_by_expiry_stays_within_the_headroom(scene: RefundScene) -> None:
    case = expiring(scene, "approve")
    payment_id = case.request.payment.subject_id
    scene.fake.refund_in_dashboard(scene.charge_of(payment_id), 20_00)
    scene.deliver()
    scene.pass_by(hours=3)

    assert scene.lifecycle(case).state is RequestState.ESCALATED
    assert scene.lifecycle(case).on_expiry is OnExpiry.KEEP
    assert len(scene.refunds()) == 1


def test_an_approval_by_expiry_counts_against_the_days_limits(scene: RefundScene) -> None:
    limit = limits_of("EUR").per_refund_minor
    scene.save_policy(rules=[], on_expiry="approve", decide_within_hours=2, remind_after_hours=1)
    payment_id = scene.pay(9 * limit)
    cases = [scene.request_refund(payment_id, limit, claim_id=f"c{n}") for n in range(3)]
    scene.pass_by(hours=3)
    states = [scene.lifecycle(case).state for case in cases]

    assert sorted(states) == ["accepted", "accepted", "escalated"]
    kept = next(case for case in cases if scene.lifecycle(case).state is RequestState.ESCALATED)
    assert scene.lifecycle(kept).on_expiry is OnExpiry.KEEP
