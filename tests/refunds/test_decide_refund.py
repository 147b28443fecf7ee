"""POST /refunds/{id}/{action}: what people do with what the policy left to them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.serve_api.app import lambda_handler as serve
from infra.fake_gateways.kit.faults import Kind
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Why
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import Context
from tests.support.refund_stage import (
    ANNA,
    BERT,
    RefundStage,
    answered,
    decide,
    escalated,
    http_event,
    outcome_unknown,
)
from tests.support.refund_stage import stage as stage


def woken(stage: RefundStage, case: RefundCase) -> None:
    """Wake, also what the queue still holds back, and let everything be applied."""
    stage.drain()
    stage.work(json.dumps({"refund_request_id": case.request.refund_request_id}))
    stage.deliver()


def held_back_s(stage: RefundStage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how long each wake-up is held back."""
    noted: list[int] = []
    send = aws.client("sqs").send_message_batch

    def batch(**kwargs: Any) -> Any:
        noted.extend(entry.get("DelaySeconds", 0) for entry in kwargs["Entries"])
        return send(**kwargs)

    monkeypatch.setattr(aws.client("sqs"), "send_message_batch", batch)
    return noted


def shown(of: RefundCase) -> dict[str, Any]:
    """Read a case through the API."""
    event = http_event("GET /refunds/{rr}", "", ANNA, rr=of.request.refund_request_id)
    return answered(serve(event, Context()))[1]  # type: ignore[arg-type]


def test_a_person_approves_and_the_money_goes_once_it_cant_be_undone(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = escalated(stage)
    noted = held_back_s(stage, monkeypatch)

    assert decide(case, "claim")[0] == 200
    status, answer = decide(case, "approve")

    assert (status, answer["case"]["lifecycle"]["state"]) == (200, "approved")
    assert noted == [300]
    assert stage.payment(case).reservations == {case.request.refund_request_id: 60_00}
    assert stage.payment(case).available_minor == 40_00
    woken(stage, case)
    assert stage.refunds() == []

    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)
    assert [refund.amount for refund in stage.refunds()] == [60_00]
    assert stage.case(case).lifecycle.state is RequestState.PAID
    assert stage.payment(case).reservations == {}
    steps = [step["step"] for step in shown(case)["customer_steps"]]
    assert steps == [
        *("requested", "in_review", "approved"),
        *("sent_to_gateway", "accepted", "at_your_bank"),
    ]


def test_a_part_is_approved_and_only_that_is_reserved_and_paid(stage: RefundStage) -> None:
    case = escalated(stage)

    assert decide(case, "approve", amount_minor=25_00, currency="EUR")[0] == 200
    assert stage.payment(case).available_minor == 75_00
    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)

    assert [refund.amount for refund in stage.refunds()] == [25_00]
    assert stage.payment(case).available_minor == 75_00


def test_a_double_click_approves_once_and_is_answered_alike(stage: RefundStage) -> None:
    case = escalated(stage)

    first = decide(case, "approve")
    assert decide(case, "approve") == first
    stage.clock.at += timedelta(minutes=5)
    for _ in range(2):
        woken(stage, case)
        status, answer = decide(case, "approve")
        assert (status, answer["case"]["lifecycle"]["approvals"]) == (200, [ANNA])
    assert stage.case(case).lifecycle.state is RequestState.PAID
    assert len(stage.refunds()) == 1
    assert stage.published.count("RefundApproved") == 1


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, method: str, act: Callable[[], object]
) -> list[object]:
    """Let something happen between the next reading and its writing; return what came of it."""
    write, done = getattr(RefundRequests, method), []

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        if not done:
            done.append(None)
            done[0] = act()
        return write(*args, **kwargs)

    monkeypatch.setattr(RefundRequests, method, overtaken)
    return done


@pytest.mark.parametrize("other", ["approve", "reject", "claim", "ask"])
def test_of_two_people_at_once_one_wins_and_the_other_is_answered_with_the_status(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    case = escalated(stage)
    body = {"reject": {"reason": "too_late"}, "ask": {"question": "photo"}}.get(other, {})
    done = meanwhile(monkeypatch, "keep_decided", lambda: decide(case, other, BERT, body)[0])

    status, answer = decide(case, "approve", ANNA)

    assert done == [200]
    lifecycle = stage.case(case).lifecycle
    if other == "ask":  # a question stops nobody from deciding
        assert (status, lifecycle.approvals) == (200, (ANNA,))
        return
    assert status == 409
    assert BERT in answer["message"]
    held = {case.request.refund_request_id: 60_00} if other == "approve" else {}
    assert stage.payment(case).reservations == held
    assert lifecycle.approvals == ((BERT,) if other == "approve" else ())


def test_rejections_at_once_are_one(stage: RefundStage, monkeypatch: pytest.MonkeyPatch) -> None:
    case = escalated(stage)
    done = meanwhile(
        monkeypatch, "keep_decided", lambda: decide(case, "reject", BERT, reason="delivered")[0]
    )

    status, answer = decide(case, "reject", ANNA, reason="too_late")

    assert (done, status) == ([200], 409)
    assert "is rejected since 2026-11-21 09:00:00 UTC, by bert" in answer["message"]
    stage.drain()
    assert stage.published.count("RefundRejected") == 1


def test_a_dashboard_refund_in_between_leaves_only_what_is_left(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = escalated(stage)
    payment = stage.client.v1.payment_intents.retrieve(case.request.payment.subject_id)

    def dashboard() -> None:
        stage.fake.refund_in_dashboard(str(payment.latest_charge), 80_00)
        stage.deliver()

    meanwhile(monkeypatch, "keep_decided", dashboard)
    status, answer = decide(case, "approve")

    assert (status, answer["left_minor"]) == (409, 20_00)
    assert stage.payment(case).reservations == {}
    assert decide(case, "approve", amount_minor=20_00)[0] == 200
    assert stage.payment(case).available_minor == 0


def test_a_dispute_in_between_stops_the_approval(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = escalated(stage)
    payment = stage.client.v1.payment_intents.retrieve(case.request.payment.subject_id)

    def disputed() -> None:
        stage.fake.open_dispute(str(payment.latest_charge), 10_00)
        stage.deliver()

    meanwhile(monkeypatch, "keep_decided", disputed)
    status, answer = decide(case, "approve")

    assert (status, stage.case(case).lifecycle.state) == (409, RequestState.ESCALATED)
    assert "disputed" in answer["message"]
    assert stage.payment(case).reservations == {}


def test_two_requests_of_one_payment_never_take_the_same_headroom(
    stage: RefundStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = stage.pay()
    one = stage.request_refund(payment_id, 60_00, claim_id="claim-1")
    two = stage.request_refund(payment_id, 60_00, claim_id="claim-2")
    done = meanwhile(monkeypatch, "keep_decided", lambda: decide(two, "approve", BERT)[0])

    status, answer = decide(one, "approve")

    assert (done, status, answer["left_minor"]) == ([200], 409, 40_00)
    assert stage.payment(one).reservations == {two.request.refund_request_id: 60_00}


def test_nobody_approves_their_own_request(stage: RefundStage) -> None:
    case = escalated(stage)

    status, answer = decide(case, "approve", "shop")

    assert status == 409
    assert "themselves" in answer["message"]
    assert stage.payment(case).available_minor == 100_00


def test_above_the_limit_two_people_must_mean_the_same(stage: RefundStage) -> None:
    stage.save_policy(rules=[], second_person_over=["50.00 EUR"])
    case = escalated(stage)

    status, answer = decide(case, "approve", ANNA)
    assert (status, answer["case"]["lifecycle"]["approvals"]) == (200, [ANNA])
    assert stage.payment(case).available_minor == 100_00
    assert decide(case, "approve", ANNA)[1] == answer
    assert decide(case, "approve", "shop")[0] == 409

    decide(case, "approve", BERT)
    assert stage.payment(case).available_minor == 40_00
    assert stage.case(case).lifecycle.approvals == (ANNA, BERT)


def test_a_claim_keeps_others_away_until_it_is_over(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "claim", ANNA)

    for action in ("claim", "approve", "hand-back"):
        status, answer = decide(case, action, BERT)
        assert (status, "until 2026-11-21 09:15:00 UTC" in answer["message"]) == (409, True)
    stage.clock.at += timedelta(minutes=15)
    assert decide(case, "claim", BERT)[0] == 200
    assert decide(case, "approve", ANNA)[0] == 409
    assert decide(case, "hand-back", BERT)[0] == 200
    assert decide(case, "approve", ANNA)[0] == 200


def test_an_approval_is_undone_in_time_and_what_it_took_is_given_back(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "approve", ANNA)
    stage.clock.at += timedelta(minutes=4, seconds=59)

    status, answer = decide(case, "undo", BERT)
    assert (status, answer["case"]["lifecycle"]["state"]) == (200, "escalated")
    woken(stage, case)

    assert stage.payment(case).available_minor == 100_00
    assert stage.case(case).lifecycle.changes[-1].why == Why.UNDONE
    stage.clock.at += timedelta(hours=1)
    woken(stage, case)
    assert stage.refunds() == []
    assert decide(case, "approve", ANNA)[0] == 200
    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)
    assert [refund.amount for refund in stage.refunds()] == [60_00]


def test_undoing_too_late_changes_nothing(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "approve")
    stage.clock.at += timedelta(minutes=5)

    assert decide(case, "undo")[0] == 409
    woken(stage, case)
    status, answer = decide(case, "undo")
    assert (status, "the request is paid" in answer["message"]) == (409, True)
    assert len(stage.refunds()) == 1


def test_an_unknown_outcome_is_approved_again_under_the_same_name_only_in_the_same_amount(
    stage: RefundStage,
) -> None:
    case = outcome_unknown(stage, Kind.LOST_REQUEST)
    assert stage.case(case).lifecycle.changes[-1].why == Why.UNKNOWN

    status, answer = decide(case, "approve", amount_minor=30_00)
    assert (status, "may have been paid" in answer["message"]) == (409, True)
    assert decide(case, "approve")[0] == 200
    assert stage.payment(case).reservations == {case.request.refund_request_id: 40_00}
    assert decide(case, "undo")[0] == 409
    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)

    (refund,) = stage.refunds()
    assert refund.metadata["refund_request_id"] == case.request.refund_request_id
    assert stage.case(case).lifecycle.state is RequestState.PAID


def test_a_rejected_unknown_keeps_its_reservation_until_it_is_looked_up(stage: RefundStage) -> None:
    case = outcome_unknown(stage, Kind.LOST_REQUEST)

    status, answer = decide(case, "reject", reason="delivered")
    assert (status, answer["case"]["lifecycle"]["state"]) == (200, "rejected")
    assert stage.payment(case).available_minor == 60_00
    woken(stage, case)
    assert stage.payment(case).available_minor == 100_00
    assert stage.refunds() == []


def test_what_the_gateway_reported_meanwhile_is_not_approved_again(stage: RefundStage) -> None:
    stage.save_policy(rules=[])
    case = escalated(stage)
    decide(case, "approve")
    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)
    before = stage.case(case).lifecycle
    stale = before.model_copy(
        update={"state": RequestState.ESCALATED, "approvals": (), "version": before.version + 1}
    )
    RefundRequests().keep(before, stale)

    status, answer = decide(case, "approve", BERT)

    assert (status, "gateway has just reported" in answer["message"]) == (409, True)
    assert stage.payment(case).available_minor == 40_00


def test_a_refund_that_came_back_may_be_approved_anew(stage: RefundStage) -> None:
    case = escalated(stage)
    decide(case, "approve")
    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)
    stage.fake.settle_refund(stage.refunds()[0].id, "failed")
    stage.deliver()
    assert [step["step"] for step in shown(case)["customer_steps"]][-1] == "failed"

    assert decide(case, "approve", amount_minor=50_00)[0] == 200
    assert stage.payment(case).reservations == {f"{case.request.refund_request_id}.2": 50_00}
    stage.clock.at += timedelta(minutes=5)
    woken(stage, case)

    amounts = sorted((refund.amount, refund.status) for refund in stage.refunds())
    assert amounts == [(50_00, "succeeded"), (60_00, "failed")]


def test_the_customer_is_sent_the_reason_in_their_language(stage: RefundStage) -> None:
    payment_id = stage.pay(metadata={"order_id": "order-9", "language": "ja-JP"})
    case = stage.request_refund(payment_id, 60_00)

    status, answer = decide(case, "reject", reason="too_late")

    assert status == 200
    assert answer["customer_text"]["language"] == "ja"
    assert answer["customer_text"]["text"].startswith("ご注文 order-9")
    stage.drain()
    assert "RefundRejected" in stage.published
    (fact,) = [one for one in stage.facts if one["data"]["fact"] == "RefundRejected"]
    assert (fact["data"]["by"], fact["data"]["why"]) == (ANNA, "too_late")


def test_a_question_goes_to_the_customer_and_moves_the_deadline(stage: RefundStage) -> None:
    case = escalated(stage)
    stage.clock.at += timedelta(hours=20)

    status, answer = decide(case, "ask", question="return_tracking")
    assert decide(case, "ask", question="return_tracking") == (status, answer)
    stage.drain()

    assert "tracking number" in answer["customer_text"]["text"]
    assert stage.case(case).lifecycle.decide_by == stage.clock.at + timedelta(hours=48)
    assert stage.published.count("CustomerInformationRequested") == 1
    assert "question" in [step["step"] for step in shown(case)["customer_steps"]]


def test_a_claim_and_a_first_approval_publish_nothing(stage: RefundStage) -> None:
    stage.save_policy(rules=[], second_person_over=["0.00 EUR"])
    case = escalated(stage)
    published = list(stage.published)

    for action in ("claim", "hand-back", "approve"):
        assert decide(case, action)[1]["customer_text"] is None
    woken(stage, case)

    assert stage.published == published


OFF: list[tuple[str, Any, str]] = [
    ("approve", {"amount_minor": 0}, "amount_minor"),
    ("approve", {"amount_minor": "10"}, "amount_minor"),
    ("approve", {"amount_minor": 10.5}, "amount_minor"),
    ("approve", {"amount_minor": True}, "amount_minor"),
    ("approve", {"amount_minor": 60_01}, "amount_minor"),
    ("approve", {"amount_minor": 10**13}, "amount_minor"),
    ("approve", {"currency": "eur"}, "currency"),
    ("approve", {"currency": "USD"}, "currency"),
    ("approve", {"by": "anna"}, "by"),
    ("reject", {}, "reason"),
    ("reject", {"reason": "no"}, "reason"),
    ("reject", {"reason": "too_late", "amount_minor": 1}, "amount_minor"),
    ("ask", {}, "question"),
    ("ask", {"question": "why?"}, "question"),
    ("claim", {"reason": "too_late"}, "reason"),
    ("hand-back", {"question": "photo"}, "question"),
    ("undo", {"amount_minor": 1}, "amount_minor"),
    ("pay", {}, "action"),
]


def test_values_that_cant_be_are_refused_naming_the_field(stage: RefundStage) -> None:
    case = escalated(stage)
    before = stage.case(case)

    for action, body, field in OFF:
        status, answer = decide(case, action, ANNA, body)
        assert (status, answer["message"].partition(": ")[0]) == (400, field), (action, body)
    assert stage.case(case) == before


def test_a_body_that_is_no_object_is_refused(stage: RefundStage) -> None:
    case = escalated(stage)
    before = stage.case(case)

    for body in ("", "{", "[]", "7", "null", '"approve"'):
        assert decide(case, "approve", ANNA, body)[0] == 400, body
    assert stage.case(case) == before


def test_an_unknown_request_is_not_found(stage: RefundStage) -> None:
    case = escalated(stage)
    nobody = case.model_copy(
        update={"request": case.request.model_copy(update={"refund_request_id": "rr_none"})}
    )

    status, answer = decide(nobody, "approve")

    assert (status, "rr_none" in answer["message"]) == (404, True)
