"""sync_partner through its handler: each fact reaches its records once, whatever goes wrong."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.book_event.app import lambda_handler as book
from infra.fake_gateways.kit.faults import Kind
from kassa.deliveries.delivery import Status
from kassa.deliveries.store import Deliveries
from kassa.partners.outcomes import GIVEN_UP_AFTER
from kassa.partners.rest.push import RestPartner
from tests.support.aws_stack import NOW, Context, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.crm import BASE, DEAL, NOTE, OAUTH2, Crm, forget, open_crm, target
from tests.support.partner_states import STATE
from tests.support.partner_world import (
    deliveries,
    receive,
    refunded,
    save,
    statuses,
    the_delivery,
    wake_up,
)
from tests.support.queue_batches import CAPTURED, REFUNDED_10, batch

FACT = refunded("pi_1", 2, NOW)


@pytest.fixture
def crm(stack: Stack) -> Iterator[Crm]:
    with open_crm() as opened:
        yield opened


def test_a_fact_becomes_one_record_however_often_it_comes(crm: Crm) -> None:
    save(target(NOTE))
    assert receive(FACT, FACT) == []
    assert receive(FACT) == []
    assert [one["text"] for one in crm.fake.held("notes")] == ["RefundSucceeded"]
    assert the_delivery().status is Status.SENT
    assert the_delivery().carrier_id == "rec1"
    assert the_delivery().recipient == "target:crm"


def test_a_fact_that_no_kind_takes_leaves_nothing(crm: Crm) -> None:
    save(target(DEAL | {"facts": ["PaymentCaptured"]}))
    assert receive(FACT) == []
    assert deliveries() == []


def test_a_payment_is_sent_as_it_stands_when_it_is_sent(crm: Crm, stack: Stack) -> None:
    """Both facts are told after both were booked: the first brings all, the second nothing."""

    save(target(DEAL))
    book(batch(CAPTURED, REFUNDED_10), Context())  # type: ignore[arg-type]
    context = [json.dumps(one) for one in stack.published()]
    assert receive(*context) == []
    (deal,) = crm.fake.held("deals")
    assert deal["status"] == "partly_refunded"
    assert deal["paid"] == {"amount": "100.00"}
    assert sorted(one.status for one in deliveries()) == [Status.SENT, Status.SKIPPED]


def test_an_older_fact_never_writes_over_a_newer_one(crm: Crm) -> None:
    save(target(STATE))
    assert receive(refunded("pi_1", 3, NOW), refunded("pi_1", 2, NOW)) == []
    (held,) = crm.fake.held("states")
    assert (held["version"], held["refunded"]) == (3, "0.03")
    assert [one.reason for one in deliveries() if one.status is Status.SKIPPED] == ["outdated"]


def test_a_later_state_is_written_to_the_record_that_was_created(crm: Crm) -> None:
    save(target(STATE))
    receive(refunded("pi_1", 2, NOW))
    forget()
    receive(refunded("pi_1", 3, NOW))
    assert [one["version"] for one in crm.fake.held("states")] == [3]


def test_a_create_whose_answer_was_lost_is_looked_up_and_not_repeated(
    crm: Crm, fake_clock: FakeClock
) -> None:
    crm.fake.switches.refuses_twice = False
    save(target(NOTE))
    crm.fault(Kind.LOST_RESPONSE)
    assert receive(FACT) == []
    assert the_delivery().status is Status.WAITING
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1
    assert [one.method for one in crm.sent] == ["POST", "GET"]
    assert the_delivery().status is Status.SENT


def test_a_create_that_takes_effect_late_isnt_repeated_before_it_does(
    crm: Crm, fake_clock: FakeClock
) -> None:
    """The connection broke, and the CRM makes the record 40 seconds later."""
    crm.fake.switches.refuses_twice = False
    save(target(NOTE))
    crm.fault(Kind.SLOW)
    receive(FACT)
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1
    assert the_delivery().status is Status.SENT


def test_a_late_older_write_never_comes_after_a_newer_one(crm: Crm, fake_clock: FakeClock) -> None:
    """Version 2 is on its way for 40 seconds; version 3 waits until that can't happen any more."""
    save(target(STATE))
    receive(refunded("pi_1", 1, NOW))
    crm.fault(Kind.SLOW, method="PATCH")
    receive(refunded("pi_1", 2, NOW))
    receive(refunded("pi_1", 3, NOW))
    wake_up(fake_clock)
    assert [one["version"] for one in crm.fake.held("states")] == [3]


@pytest.mark.parametrize("kind", [Kind.LOST_REQUEST, Kind.ERROR_BEFORE, Kind.ERROR_AFTER])
def test_whatever_a_server_does_there_is_one_record_in_the_end(
    crm: Crm, fake_clock: FakeClock, kind: Kind
) -> None:
    crm.fake.switches.refuses_twice = False
    save(target(NOTE))
    crm.fault(kind)
    receive(FACT)
    wake_up(fake_clock)
    assert len(crm.fake.held("notes")) == 1
    assert the_delivery().status is Status.SENT


def test_what_cant_be_looked_up_isnt_sent_twice_and_a_person_decides(
    crm: Crm, fake_clock: FakeClock
) -> None:
    crm.fake.switches.refuses_twice = False
    save(target({name: said for name, said in NOTE.items() if name != "look_up"}))
    crm.fault(Kind.LOST_RESPONSE)
    receive(FACT)
    assert (the_delivery().status, the_delivery().reason) == (Status.UNKNOWN, "no_answer")
    assert wake_up(fake_clock) == 0
    assert len(crm.fake.held("notes")) == 1


def test_retry_after_is_obeyed_by_every_delivery_to_that_target(
    crm: Crm, fake_clock: FakeClock
) -> None:
    save(target(NOTE))
    crm.fault(Kind.RATE_LIMITED)  # for thirty seconds
    began = fake_clock.at
    receive(FACT, refunded("pi_2", 1, NOW), refunded("pi_3", 1, NOW))
    assert len(crm.sent) == 1
    assert statuses() == [Status.WAITING] * 3
    assert all(one.next_attempt_at >= began + timedelta(seconds=30) for one in deliveries())
    wake_up(fake_clock)
    assert statuses() == [Status.SENT] * 3


def test_a_target_that_doesnt_answer_is_left_alone_and_everything_arrives_later(
    crm: Crm, fake_clock: FakeClock
) -> None:
    save(target(NOTE))
    crm.is_down = True
    asked: list[str] = []
    crm.before = lambda request: asked.append(request.method)
    receive(*(refunded(f"pi_{n}", 1, NOW) for n in range(20)))
    assert len(asked) == 3  # then its circuit is open
    crm.is_down = False
    wake_up(fake_clock)
    assert statuses() == [Status.SENT] * 20
    assert len(crm.fake.held("notes")) == 20


def test_what_couldnt_be_told_in_three_days_is_given_up_and_can_be_driven_again(
    crm: Crm, fake_clock: FakeClock
) -> None:
    save(target(NOTE))
    crm.is_down = True
    receive(FACT)
    wake_up(fake_clock)
    assert the_delivery().status is Status.FAILED
    assert "given up after 3 days" in str(the_delivery().reason)
    assert GIVEN_UP_AFTER <= fake_clock.at - NOW < GIVEN_UP_AFTER + timedelta(hours=2)
    crm.is_down = False
    Deliveries("main").redrive(the_delivery().delivery_id, OPERATOR)
    wake_up(fake_clock)
    assert the_delivery().status is Status.SENT


def test_a_refusal_is_kept_short_without_what_it_quotes(crm: Crm) -> None:
    crm.fake.switches.required = "company"
    save(target(NOTE | {"fields": {"who": {"constant": "aino@shop.example +358 40 123 4567"}}}))
    receive(FACT)
    one = the_delivery()
    assert one.status is Status.FAILED
    assert one.reason.startswith("status 422: company is missing in")
    assert "aino" not in one.reason
    assert "4567" not in one.reason
    assert len(one.reason) < 140


def test_a_record_that_cant_be_built_names_every_field(crm: Crm) -> None:
    fields = {"a": "order.order_id", "b": {"instant": "fact.data.object_id"}}
    save(target(NOTE | {"facts": ["RefundSucceeded"], "fields": fields}))
    receive(FACT)
    assert the_delivery().status is Status.FAILED
    assert the_delivery().reason == (
        "a: nothing stands at order.order_id; b: what stands at fact.data.object_id is no instant"
    )
    assert crm.sent == []


def test_a_token_that_expired_is_fetched_anew_once(crm: Crm) -> None:
    save(target(NOTE, auth=OAUTH2))
    receive(FACT)
    crm.fake.revoke_tokens()
    receive(refunded("pi_2", 1, NOW))
    assert statuses() == [Status.SENT, Status.SENT]
    tokens = [one for one in crm.sent if one.url == f"{BASE}/oauth/token"]
    assert len(tokens) == 2


def test_credentials_that_arent_taken_lead_into_no_loop(crm: Crm, fake_clock: FakeClock) -> None:
    save(target(NOTE, auth=OAUTH2))
    crm.fake.switches.takes_credentials = False
    receive(*(refunded(f"pi_{n}", 1, NOW) for n in range(10)))
    assert len(crm.sent) == 1
    assert {one.reason for one in deliveries()} <= {"unauthorized", "busy"}
    assert statuses() == [Status.WAITING] * 10
    crm.fake.switches.takes_credentials = True
    wake_up(fake_clock)
    assert statuses() == [Status.SENT] * 10


def test_a_token_that_is_never_taken_is_fetched_twice_and_no_more(crm: Crm) -> None:
    crm.fake.switches.token_lives_s = 0
    save(target(NOTE, auth=OAUTH2))
    receive(FACT)
    assert [one.url.rpartition("/")[2] for one in crm.sent] == ["token", "notes"] * 2
    assert the_delivery().reason == "unauthorized"


def test_a_target_that_is_switched_off_is_told_nothing(crm: Crm, fake_clock: FakeClock) -> None:
    save(target(NOTE))
    crm.fault(Kind.RATE_LIMITED)
    receive(FACT)
    save(target(NOTE, enabled=False))
    receive(refunded("pi_2", 1, NOW))
    wake_up(fake_clock)
    assert (the_delivery().status, the_delivery().reason) == (Status.SKIPPED, "recipient_off")


def test_two_records_of_one_id_are_a_persons_business(crm: Crm, fake_clock: FakeClock) -> None:
    crm.fake.switches.refuses_twice = False
    save(target(NOTE))
    crm.fault(Kind.LOST_RESPONSE)
    receive(FACT)
    (held,) = crm.fake.collections["notes"]
    crm.fake.collections["notes"] = [held, held]
    wake_up(fake_clock)
    assert (the_delivery().status, the_delivery().reason) == (
        Status.FAILED,
        "2 records have our id",
    )


def test_two_subjects_of_one_record_are_refused(crm: Crm) -> None:
    save(target(STATE | {"key": "fact.data.amount.currency"}))
    receive(refunded("pi_1", 1, NOW), refunded("pi_2", 7, NOW))
    assert [one.status for one in deliveries() if one.subject_id == "pi_2"] == [Status.FAILED]
    assert [one["version"] for one in crm.fake.held("states")] == [1]


def test_what_one_target_refuses_another_still_hears(crm: Crm) -> None:
    save(target(NOTE, name="broken", base_url="https://broken.example", auth={"kind": "basic"}))
    save(target(NOTE))
    receive(FACT)
    found = {one.recipient: one.status for one in deliveries()}
    assert found == {"target:broken": Status.WAITING, "target:crm": Status.SENT}


def test_a_mistake_of_ours_at_one_partner_keeps_no_other_from_hearing(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = RestPartner.record

    def broken(self: RestPartner, kind: str, context: Any) -> Any:
        if self.name == "broken":
            raise RuntimeError("a mistake of ours")
        return own(self, kind, context)

    monkeypatch.setattr(RestPartner, "record", broken)
    save(target(NOTE, name="broken"))
    save(target(NOTE))
    assert receive(FACT) == [FACT]
    found = {one.recipient: one.status for one in deliveries()}
    assert found == {"target:broken": Status.SENDING, "target:crm": Status.SENT}


def test_a_message_without_time_left_comes_back(crm: Crm) -> None:
    save(target(NOTE))
    assert receive(FACT, left_s=30.0) == [FACT]
    assert deliveries() == []


def test_requests_are_as_far_apart_as_the_rate_says(crm: Crm, fake_clock: FakeClock) -> None:
    save(target(NOTE, rate={"per_second": 4}))
    crm.fake.switches.per_second = 4
    began = fake_clock.at
    receive(*(refunded(f"pi_{n}", 1, NOW) for n in range(9)))
    assert statuses() == [Status.SENT] * 9
    assert fake_clock.at - began == timedelta(seconds=2)


def test_no_secret_stands_in_the_table_or_the_logs(
    crm: Crm, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    save(target(NOTE, auth=OAUTH2))
    crm.fake.switches.required = "company"
    receive(FACT)
    everything = json.dumps(stack.items()) + capsys.readouterr().out
    assert "client-secret-1" not in everything
    assert "token-1" not in everything
