"""pay_refund: an approved request goes to the gateway once, and what became of it is told once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from infra.fake_gateways.kit.faults import Fault, Kind
from kassa.core.postings import PostingKind
from kassa.platform import aws
from kassa.refunds.lifecycle.cases import RefundCase
from kassa.refunds.lifecycle.lifecycle import RequestState, Step, Why
from tests.support.refund_desk import Desk
from tests.support.refund_desk import desk as desk

REFUNDS = "/v1/refunds"


def posted(desk: Desk, kind: PostingKind) -> int:
    """Return what the ledger posted of a kind, over every fact that was told, each once."""
    facts = {fact["metadata"]["fact_id"]: fact for fact in desk.facts}
    postings = [p for fact in facts.values() for p in fact["data"]["postings"]]
    return sum(p["amount"]["amount_minor"] for p in postings if p["kind"] == kind)


def steps(desk: Desk, case: RefundCase) -> list[str]:
    return [change.step for change in desk.case(case).lifecycle.changes]


def go_on(desk: Desk, **later: Any) -> None:
    """Let time pass, watch, and let everything be heard and done."""
    desk.clock.at += timedelta(**later)
    desk.watch()
    desk.ring()
    desk.deliver()
    desk.ring()


def test_an_approved_refund_is_asked_for_and_paid(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.ring()

    (refund,) = desk.refunds()
    assert (refund.amount, refund.metadata["refund_request_id"]) == (
        40_00,
        case.request.refund_request_id,
    )
    assert desk.case(case).lifecycle.state is RequestState.ACCEPTED
    assert posted(desk, PostingKind.REFUND) == 0  # nothing is posted before the gateway tells it
    assert desk.payment(case).reservations != {}

    desk.deliver()
    assert desk.case(case).lifecycle.state is RequestState.PAID
    assert posted(desk, PostingKind.REFUND) == 40_00
    assert desk.payment(case).reservations == {}
    assert desk.payment(case).available_minor == 60_00
    assert desk.case(case).lifecycle.next_check_at is None


def test_each_change_is_told_once_in_its_order(desk: Desk) -> None:
    desk.ask(desk.pay(), 40_00)
    desk.ring()
    desk.deliver()
    desk.ring()

    told = [name for name in desk.told if name.startswith("Refund") or name == "CustomerAsked"]
    assert [name for name in told if name != "RefundSucceeded"] == [
        "RefundRequested",
        "RefundApproved",
        "RefundSubmitted",
        "RefundAccepted",
    ]
    assert told.count("RefundSucceeded") == 1


def test_ringing_again_asks_and_tells_nothing_new(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.ring()
    desk.deliver()
    before, told = desk.case(case), list(desk.told)
    for _ in range(3):
        desk.work(f'{{"refund_request_id": "{case.request.refund_request_id}"}}')
    desk.pass_on()

    assert desk.case(case) == before
    assert desk.told == told
    assert len(desk.refunds()) == 1


def test_a_lost_answer_is_unknown_and_looked_up_before_anything_else(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.fake.faults.expect(Fault(Kind.LOST_RESPONSE, REFUNDS, "POST"))
    desk.ring()

    lifecycle = desk.case(case).lifecycle
    assert (lifecycle.state, lifecycle.attempts, lifecycle.refund_id) == (
        RequestState.SUBMITTED,
        1,
        None,
    )
    assert desk.payment(case).available_minor == 60_00
    desk.events.clear()  # and its webhooks are lost as well
    go_on(desk, minutes=6)

    lifecycle = desk.case(case).lifecycle
    assert (lifecycle.state, lifecycle.attempts) == (RequestState.PAID, 1)
    assert len(desk.refunds()) == 1


def test_a_request_that_never_arrived_is_asked_again_under_the_same_key(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.fake.faults.expect(Fault(Kind.LOST_REQUEST, REFUNDS, "POST"))
    desk.ring()
    assert desk.refunds() == []
    go_on(desk, minutes=6)

    assert desk.case(case).lifecycle.attempts == 2
    assert desk.case(case).lifecycle.state is RequestState.PAID
    assert len(desk.refunds()) == 1


@pytest.mark.parametrize("kind", [Kind.ERROR_BEFORE, Kind.ERROR_AFTER])
def test_a_stored_error_is_asked_again_until_the_tries_are_over(desk: Desk, kind: Kind) -> None:
    """The gateway answers a key from memory, its own errors too; what it lists is what counts."""
    case = desk.ask(desk.pay(), 40_00)
    desk.fake.faults.expect(Fault(kind, REFUNDS, "POST"))
    desk.ring()
    desk.events.clear()
    for _ in range(24):
        go_on(desk, hours=1)

    lifecycle = desk.case(case).lifecycle
    if kind is Kind.ERROR_AFTER:
        assert lifecycle.state is RequestState.PAID
        assert len(desk.refunds()) == 1
    else:
        assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.UNKNOWN)
        assert lifecycle.attempts <= 10
        assert desk.refunds() == []
        assert desk.payment(case).reservations == {case.request.refund_request_id: 40_00}


def test_after_the_gateways_memory_it_is_never_asked_by_itself(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.fake.faults.expect(Fault(Kind.LOST_REQUEST, REFUNDS, "POST"))
    desk.ring()
    go_on(desk, hours=21)

    lifecycle = desk.case(case).lifecycle
    assert (lifecycle.state, lifecycle.attempts) == (RequestState.ESCALATED, 1)
    assert lifecycle.changes[-1].why == Why.UNKNOWN
    assert desk.refunds() == []


def test_a_refusal_releases_what_was_reserved_and_goes_to_a_person(desk: Desk) -> None:
    payment_id = desk.pay()
    case = desk.ask(payment_id, 40_00)
    charge_id = str(desk.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    desk.fake.account.switches.lifts_refund_limit = False
    desk.fake.refund_in_dashboard(charge_id, 80_00)  # the gateway knows, we don't yet
    desk.ring()

    lifecycle = desk.case(case).lifecycle
    assert lifecycle.state is RequestState.ESCALATED
    assert lifecycle.changes[-1].why == "refused:over_what_is_left"
    assert desk.payment(case).reservations == {}
    assert lifecycle.is_over
    desk.deliver()
    assert desk.payment(case).available_minor == 20_00


def test_a_refund_in_the_dashboard_stops_what_no_longer_fits(desk: Desk) -> None:
    payment_id = desk.pay()
    case = desk.ask(payment_id, 40_00)
    charge_id = str(desk.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    desk.fake.refund_in_dashboard(charge_id, 80_00)
    desk.deliver()
    desk.ring()

    lifecycle = desk.case(case).lifecycle
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.EXCESS)
    assert [refund.amount for refund in desk.refunds()] == [80_00]
    assert desk.payment(case).reservations == {}
    assert desk.payment(case).available_minor == 20_00


def test_a_dispute_stops_an_approved_refund_that_is_not_paid_yet(desk: Desk) -> None:
    payment_id = desk.pay()
    case = desk.ask(payment_id, 40_00)
    charge_id = str(desk.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    desk.fake.open_dispute(charge_id, 50_00)
    desk.deliver()
    desk.ring()

    lifecycle = desk.case(case).lifecycle
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.DISPUTE)
    assert desk.refunds() == []
    assert desk.payment(case).available_minor == 50_00


def test_an_excess_made_at_the_gateway_is_counted_and_logged(
    desk: Desk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    payment_id = desk.pay()
    charge_id = str(desk.client.v1.payment_intents.retrieve(payment_id).latest_charge)
    desk.fake.refund_in_dashboard(charge_id, 80_00)
    desk.fake.refund_in_dashboard(charge_id, 30_00)
    told = desk.events[-1]
    desk.deliver()

    assert '"RefundExcess"' in capsys.readouterr().out
    heard = len(caplog.records)
    desk.events.append(told)  # its first telling may have died before anybody heard of it
    desk.deliver()
    assert '"RefundExcess"' in capsys.readouterr().out
    del caplog.records[heard:]
    (logged,) = [one for one in caplog.records if one.message == "refund excess"]
    assert (logged.payment_id, logged.excess_minor) == (payment_id, 10_00)  # type: ignore[attr-defined]


def test_a_refund_that_fails_days_later_reopens_the_request_and_the_books(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.ring()
    desk.deliver()
    desk.clock.at += timedelta(days=3)
    desk.fake.settle_refund(desk.refunds()[0].id, "failed")
    desk.deliver()
    desk.ring()

    lifecycle = desk.case(case).lifecycle
    assert (lifecycle.state, lifecycle.changes[-1].why) == (RequestState.ESCALATED, Why.FAILED)
    assert lifecycle.is_over
    assert posted(desk, PostingKind.REFUND) == posted(desk, PostingKind.REFUND_REVERSAL) == 40_00
    assert desk.payment(case).available_minor == 100_00
    assert "RefundFailed" in desk.told


def test_the_banks_trace_number_becomes_known(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.ring()
    desk.deliver()
    desk.fake.trace_refund(desk.refunds()[0].id)
    desk.deliver()
    desk.ring()

    reference = desk.refunds()[0].destination_details.card.reference
    assert reference
    assert desk.case(case).lifecycle.reference == reference
    assert desk.told.count("RefundTraced") == 1


@pytest.mark.filterwarnings("ignore:No application metrics")  # one handler runs in another here
def test_the_webhook_may_come_before_the_answer(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.http.after = lambda method, path: desk.deliver() if method == "POST" else None
    desk.ring()
    desk.deliver()
    desk.ring()

    assert desk.case(case).lifecycle.state is RequestState.PAID
    assert steps(desk, case).count(Step.PAID) == 1
    assert len(desk.refunds()) == 1
    assert desk.payment(case).available_minor == 60_00


def test_a_ring_that_never_came_is_found_by_the_watch(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    aws.client("sqs").purge_queue(QueueUrl=desk.stack.refunds_queue)
    go_on(desk)  # at once: what is due this second is due

    assert desk.case(case).lifecycle.state is RequestState.PAID


def test_what_the_gateway_took_and_never_told_of_is_looked_up(desk: Desk) -> None:
    case = desk.ask(desk.pay(), 40_00)
    desk.ring()
    desk.events.clear()
    desk.clock.at += timedelta(minutes=61)
    desk.watch()

    assert desk.case(case).lifecycle.state is RequestState.PAID


def test_a_refund_that_cannot_go_on_is_alarmed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.ask(desk.pay(), 40_00)
    desk.clock.at += timedelta(hours=7)
    desk.watch()

    assert '"RefundStuck"' in capsys.readouterr().out


def test_a_request_nobody_decides_is_reminded_of_and_alarmed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    case = desk.ask(desk.pay(), 60_00)
    desk.ring()
    go_on(desk, hours=25)
    assert desk.told.count("RefundDecisionDue") == 1
    go_on(desk, hours=24)

    assert desk.case(case).lifecycle.state is RequestState.ESCALATED
    assert '"EscalationOverdue"' in capsys.readouterr().out
    assert Counter(desk.told)["RefundDecisionDue"] == 1


@pytest.mark.parametrize(
    ("outcome", "state"), [("reject", RequestState.REJECTED), ("approve", RequestState.PAID)]
)
def test_the_policy_says_what_becomes_of_a_request_nobody_decided(
    desk: Desk, outcome: str, state: RequestState
) -> None:
    desk.save_policy(rules=[], on_expiry=outcome)
    case = desk.ask(desk.pay(), 60_00)
    desk.ring()
    go_on(desk, hours=25)
    go_on(desk, hours=24)

    assert desk.case(case).lifecycle.state is state
    assert desk.case(case).lifecycle.changes[-1].why is not None


def test_what_is_above_the_limits_never_approves_itself(desk: Desk) -> None:
    desk.save_policy(rules=[], on_expiry="approve")
    case = desk.ask(desk.pay(900_00), 600_00)
    desk.ring()
    go_on(desk, hours=49)

    assert desk.case(case).lifecycle.state is RequestState.ESCALATED


def test_a_refund_of_somebody_elses_name_rings_for_nothing(desk: Desk) -> None:
    payment_id = desk.pay()
    named: Any = {"payment_intent": payment_id, "amount": 1_00}
    desk.client.v1.refunds.create(named | {"metadata": {"refund_request_id": "rr_unknown"}})
    desk.deliver()

    assert "RefundSucceeded" in desk.told
