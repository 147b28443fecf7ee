"""pay_refund: an approved request goes to the gateway once, its outcome is published once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.postings import PostingKind
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Step, Why
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

REFUNDS = "/v1/refunds"


def posted(stage: RefundStage, kind: PostingKind) -> int:
    """Return what the ledger posted of a kind, over every fact that was published, each once."""
    facts = {fact["metadata"]["fact_id"]: fact for fact in stage.facts}
    postings = [p for fact in facts.values() for p in fact["data"]["postings"]]
    return sum(p["amount"]["amount_minor"] for p in postings if p["kind"] == kind)


def steps(stage: RefundStage, case: RefundCase) -> list[str]:
    return [change.step for change in stage.case(case).lifecycle.changes]


def go_on(stage: RefundStage, **later: Any) -> None:
    """Let time pass, watch, and let everything be applied and done."""
    stage.clock.at += timedelta(**later)
    stage.watch()
    stage.drain()
    stage.deliver()
    stage.drain()


def test_an_approved_refund_is_submitted_and_paid(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.drain()

    (refund,) = stage.refunds()
    assert (refund.amount, refund.metadata["refund_request_id"]) == (
        40_00,
        case.request.refund_request_id,
    )
    assert stage.case(case).lifecycle.state is RequestState.ACCEPTED
    assert posted(stage, PostingKind.REFUND) == 0  # nothing is posted before the gateway tells it
    assert stage.payment(case).reservations != {}

    stage.deliver()
    assert stage.case(case).lifecycle.state is RequestState.PAID
    assert posted(stage, PostingKind.REFUND) == 40_00
    assert stage.payment(case).reservations == {}
    assert stage.payment(case).available_minor == 60_00
    assert stage.case(case).lifecycle.next_check_at is None


def test_each_change_is_published_once_in_its_order(stage: RefundStage) -> None:
    stage.request_refund(stage.pay(), 40_00)
    stage.drain()
    stage.deliver()
    stage.drain()

    published = [
        name
        for name in stage.published
        if name.startswith("Refund") or name == "CustomerInformationRequested"
    ]
    assert [name for name in published if name != "RefundSucceeded"] == [
        "RefundRequested",
        "RefundApproved",
        "RefundSubmitted",
        "RefundAccepted",
    ]
    assert published.count("RefundSucceeded") == 1


def test_waking_up_again_submits_and_publishes_nothing_new(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.drain()
    stage.deliver()
    before, published = stage.case(case), list(stage.published)
    for _ in range(3):
        stage.work(f'{{"refund_request_id": "{case.request.refund_request_id}"}}')
    stage.pass_on()

    assert stage.case(case) == before
    assert stage.published == published
    assert len(stage.refunds()) == 1


def test_a_lost_answer_is_unknown_and_looked_up_before_anything_else(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.fake.faults.expect(Fault(Kind.LOST_RESPONSE, REFUNDS, "POST"))
    stage.drain()

    lifecycle = stage.case(case).lifecycle
    assert (lifecycle.state, lifecycle.attempts, lifecycle.refund_id) == (
        RequestState.SUBMITTED,
        1,
        None,
    )
    assert stage.payment(case).available_minor == 60_00
    stage.events.clear()  # and its webhooks are lost as well
    go_on(stage, minutes=6)

    lifecycle = stage.case(case).lifecycle
    assert (lifecycle.state, lifecycle.attempts) == (RequestState.PAID, 1)
    assert len(stage.refunds()) == 1


def test_a_submission_that_never_arrived_is_submitted_again_under_the_same_key(
    stage: RefundStage,
) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.fake.faults.expect(Fault(Kind.LOST_REQUEST, REFUNDS, "POST"))
    stage.drain()
    assert stage.refunds() == []
    go_on(stage, minutes=6)

    assert stage.case(case).lifecycle.attempts == 2
    assert stage.case(case).lifecycle.state is RequestState.PAID
    assert len(stage.refunds()) == 1


@pytest.mark.parametrize("kind", [Kind.ERROR_BEFORE, Kind.ERROR_AFTER])
def test_a_stored_error_is_submitted_again_until_the_tries_are_over(
    stage: RefundStage, kind: Kind
) -> None:
    """The gateway answers a key from memory, its own errors too; what it lists is what counts."""
    case = stage.request_refund(stage.pay(), 40_00)
    stage.fake.faults.expect(Fault(kind, REFUNDS, "POST"))
    stage.drain()
    stage.events.clear()
    for _ in range(24):
        go_on(stage, hours=1)

    lifecycle = stage.case(case).lifecycle
    if kind is Kind.ERROR_AFTER:
        assert lifecycle.state is RequestState.PAID
        assert len(stage.refunds()) == 1
    else:
        assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.UNKNOWN)
        assert lifecycle.attempts <= 10
        assert stage.refunds() == []
        assert stage.payment(case).reservations == {case.request.refund_request_id: 40_00}


def test_after_the_gateways_memory_it_is_never_submitted_by_itself(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.fake.faults.expect(Fault(Kind.LOST_REQUEST, REFUNDS, "POST"))
    stage.drain()
    go_on(stage, hours=21)

    lifecycle = stage.case(case).lifecycle
    assert (lifecycle.state, lifecycle.attempts) == (RequestState.ESCALATED, 1)
    assert lifecycle.changes[-1].why == Why.UNKNOWN
    assert stage.refunds() == []


def test_a_refusal_releases_what_was_reserved_and_goes_to_a_person(stage: RefundStage) -> None:
    payment_id = stage.pay()
    case = stage.request_refund(payment_id, 40_00)
    charge_id = str(stage.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    stage.fake.account.switches.lifts_refund_limit = False
    stage.fake.refund_in_dashboard(charge_id, 80_00)  # the gateway knows, we don't yet
    stage.drain()

    lifecycle = stage.case(case).lifecycle
    assert lifecycle.state is RequestState.ESCALATED
    assert lifecycle.changes[-1].why == "refused:over_what_is_left"
    assert stage.payment(case).reservations == {}
    assert lifecycle.is_over
    stage.deliver()
    assert stage.payment(case).available_minor == 20_00


def test_a_refund_in_the_dashboard_stops_what_no_longer_fits(stage: RefundStage) -> None:
    payment_id = stage.pay()
    case = stage.request_refund(payment_id, 40_00)
    charge_id = str(stage.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    stage.fake.refund_in_dashboard(charge_id, 80_00)
    stage.deliver()
    stage.drain()

    lifecycle = stage.case(case).lifecycle
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.EXCESS)
    assert [refund.amount for refund in stage.refunds()] == [80_00]
    assert stage.payment(case).reservations == {}
    assert stage.payment(case).available_minor == 20_00


def test_a_dispute_stops_an_approved_refund_that_is_not_paid_yet(stage: RefundStage) -> None:
    payment_id = stage.pay()
    case = stage.request_refund(payment_id, 40_00)
    charge_id = str(stage.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    stage.fake.open_dispute(charge_id, 50_00)
    stage.deliver()
    stage.drain()

    lifecycle = stage.case(case).lifecycle
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.DISPUTE)
    assert stage.refunds() == []
    assert stage.payment(case).available_minor == 50_00


def test_an_excess_made_at_the_gateway_is_counted_and_logged(
    stage: RefundStage, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    payment_id = stage.pay()
    charge_id = str(stage.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    stage.fake.refund_in_dashboard(charge_id, 80_00)
    stage.fake.refund_in_dashboard(charge_id, 30_00)
    published = stage.events[-1]
    stage.deliver()

    assert '"RefundExcess"' in capsys.readouterr().out
    lines_before = len(caplog.records)
    stage.events.append(published)  # its first telling may have died before anybody heard of it
    stage.deliver()
    assert '"RefundExcess"' in capsys.readouterr().out
    del caplog.records[lines_before:]
    (logged,) = [one for one in caplog.records if one.message == "refund excess"]
    assert (logged.payment_id, logged.excess_minor) == (payment_id, 10_00)  # type: ignore[attr-defined]


def test_a_refund_that_fails_days_later_reopens_the_request_and_the_books(
    stage: RefundStage,
) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.drain()
    stage.deliver()
    stage.clock.at += timedelta(days=3)
    stage.fake.settle_refund(stage.refunds()[0].id, "failed")
    stage.deliver()
    stage.drain()

    lifecycle = stage.case(case).lifecycle
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.FAILED)
    assert lifecycle.is_over
    assert posted(stage, PostingKind.REFUND) == posted(stage, PostingKind.REFUND_REVERSAL) == 40_00
    assert stage.payment(case).available_minor == 100_00
    assert "RefundFailed" in stage.published


def test_the_banks_trace_number_becomes_known(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.drain()
    stage.deliver()
    stage.fake.trace_refund(stage.refunds()[0].id)
    stage.deliver()
    stage.drain()

    reference = stage.refunds()[0].destination_details.card.reference
    assert reference
    assert stage.case(case).lifecycle.reference == reference
    assert stage.published.count("RefundTraced") == 1


@pytest.mark.filterwarnings("ignore:No application metrics")  # one handler runs in another here
def test_the_webhook_may_come_before_the_answer(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.http.after = lambda method, path: stage.deliver() if method == "POST" else None
    stage.drain()
    stage.deliver()
    stage.drain()

    assert stage.case(case).lifecycle.state is RequestState.PAID
    assert steps(stage, case).count(Step.PAID) == 1
    assert len(stage.refunds()) == 1
    assert stage.payment(case).available_minor == 60_00


def test_a_wake_up_that_never_came_is_found_by_the_watch(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    aws.client("sqs").purge_queue(QueueUrl=stage.stack.refunds_queue)
    go_on(stage)  # at once: what is due this second is due

    assert stage.case(case).lifecycle.state is RequestState.PAID


def test_what_the_gateway_took_and_never_reported_is_looked_up(stage: RefundStage) -> None:
    case = stage.request_refund(stage.pay(), 40_00)
    stage.drain()
    stage.events.clear()
    stage.clock.at += timedelta(minutes=61)
    stage.watch()

    assert stage.case(case).lifecycle.state is RequestState.PAID


def test_a_refund_that_cannot_go_on_is_alarmed(
    stage: RefundStage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.request_refund(stage.pay(), 40_00)
    stage.clock.at += timedelta(hours=7)
    stage.watch()

    assert '"RefundStuck"' in capsys.readouterr().out


def test_a_request_nobody_decides_is_reminded_of_and_alarmed(
    stage: RefundStage, capsys: pytest.CaptureFixture[str]
) -> None:
    case = stage.request_refund(stage.pay(), 60_00)
    stage.drain()
    go_on(stage, hours=25)
    assert stage.published.count("RefundDecisionDue") == 1
    go_on(stage, hours=24)

    assert stage.case(case).lifecycle.state is RequestState.ESCALATED
    assert '"EscalationOverdue"' in capsys.readouterr().out
    assert Counter(stage.published)["RefundDecisionDue"] == 1


@pytest.mark.parametrize(
    ("outcome", "state"), [("reject", RequestState.REJECTED), ("approve", RequestState.PAID)]
)
def test_the_policy_says_what_becomes_of_a_request_nobody_decided(
    stage: RefundStage, outcome: str, state: RequestState
) -> None:
    stage.save_policy(rules=[], on_expiry=outcome)
    case = stage.request_refund(stage.pay(), 60_00)
    stage.drain()
    go_on(stage, hours=25)
    go_on(stage, hours=24)

    assert stage.case(case).lifecycle.state is state
    assert stage.case(case).lifecycle.changes[-1].why is not None


def test_what_is_above_the_limits_never_approves_itself(stage: RefundStage) -> None:
    stage.save_policy(rules=[], on_expiry="approve")
    case = stage.request_refund(stage.pay(900_00), 600_00)
    stage.drain()
    go_on(stage, hours=49)

    assert stage.case(case).lifecycle.state is RequestState.ESCALATED


def test_a_refund_of_somebody_elses_name_wakes_nothing(stage: RefundStage) -> None:
    payment_id = stage.pay()
    named: Any = {"payment_intent": payment_id, "amount": 1_00}
    stage.client.v1.refunds.create(named | {"metadata": {"refund_request_id": "rr_unknown"}})
    stage.deliver()

    assert "RefundSucceeded" in stage.published
