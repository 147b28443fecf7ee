"""Erasing a customer: nothing of them is left but what the law keeps, and everybody hears of it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kassa.audit import store as audit_trail
from kassa.core.errors import CustomerNotFound
from kassa.customers.store import Customers
from kassa.ledger import raw_archive
from kassa.ledger.items import read_state
from kassa.ledger.read_event import read_event
from kassa.ledger.store import Books
from kassa.platform import aws, table
from kassa.privacy import erase_words, erasure_store
from kassa.privacy.erase_customer import erase_customer
from kassa.privacy.erase_raw import events_of
from kassa.privacy.erasure import Status
from kassa.privacy.find_holdings import find_holdings
from kassa.recovery.rebuild_books import Rebuilding, moments
from kassa.refunds.store import RefundRequests
from tests.support.aws_stack import NOW, FakeClock, Stack
from tests.support.builders import OPERATOR
from tests.support.crashes import Crash, counted_effects
from tests.support.person import CUSTOMER, PERSON, name_buyer, traces
from tests.support.person_scene import INVOICE, Scene, play
from tests.support.portal import BEGIN, SHOW, Portal, call
from tests.support.refund_stage import RefundStage
from tests.support.refund_stage import stage as stage

LONG_S = 600.0


@pytest.fixture
def scene(stage: RefundStage) -> Scene:
    made = play(stage)
    stage.clock.at += timedelta(days=2)
    stage.stack.published()
    return made


def erase(left_s: float = LONG_S) -> Any:
    return erase_customer(CUSTOMER, OPERATOR, lambda: left_s)


def partition_of(scene: Scene) -> str:
    return f"PAYMENT#stripe#main#{scene.payment_id}"


def test_before_it_they_stand_in_many_places(scene: Scene, stack: Stack) -> None:
    """A scan that finds nothing beforehand would prove nothing afterwards."""
    found = traces(stack)
    kinds = {item.partition("#")[0] for item in found["items"]}
    assert kinds >= {"CUSTOMER", "ORDER", "REFUND"}
    assert {key.partition("/")[0] for key in found["objects"]} == {"raw", "invoices", "letters"}


def test_nothing_of_them_is_left_but_the_documents_that_were_issued(
    scene: Scene, stack: Stack, capsys: pytest.CaptureFixture[str], caplog: Any
) -> None:
    done = erase()
    assert done.status is Status.DONE
    assert traces(stack) == {"objects": [INVOICE]}
    logged = capsys.readouterr()
    assert "wqx" not in (logged.out + logged.err + caplog.text).lower()
    assert done.erased.buyers == 1
    assert done.erased.orders == 1
    assert done.erased.refund_requests == 1
    assert done.erased.letters == 1
    assert done.erased.raw_events >= 4


def test_who_signed_in_is_signed_out_and_asks_for_codes_in_vain(
    scene: Scene, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = Portal(monkeypatch)
    token, code = portal.token(PERSON.email), portal.code(PERSON.email)
    assert call(SHOW, token=token).body["customer_ids"] == [CUSTOMER]
    sent = len(portal.mail())
    erase()

    assert traces(stack) == {"objects": [INVOICE]}
    assert call(SHOW, token=token).status == 401
    assert call(BEGIN, code).status == 401
    portal.ask(PERSON.email)
    assert len(portal.mail()) == sent


def test_what_is_kept_is_said_with_its_reason(scene: Scene) -> None:
    done = erase()
    assert all(one.what and one.why for one in done.kept)
    said = " ".join(one.what for one in done.kept)
    for part in ("amounts", "addresses", "audit trail", "backups", "queues"):
        assert part in said
    assert done.marks == ()


def test_the_bus_hears_it_once_by_the_shops_id(scene: Scene, stack: Stack) -> None:
    erase()
    (told,) = [one for one in stack.published() if one["detail-type"] == "CustomerErased"]
    data = told["detail"]["data"]
    assert data["customer_id"] == CUSTOMER
    assert told["detail"]["metadata"]["version"] == 1


def test_the_trail_names_who_erased_whom_and_is_whole(scene: Scene) -> None:
    erase()
    day = (NOW + timedelta(days=2)).date()
    acts = [json.loads(one.content) for one in audit_trail.items(day)]
    mine = [one for one in acts if one["operation"] == "customer.erase"]
    assert [one["outcome"] for one in mine] == ["begun", "done"]
    assert {one["object_id"] for one in mine} == {f"customer/{CUSTOMER}"}


def test_the_books_stand_as_before_and_can_be_built_again_from_what_is_left(
    scene: Scene, stack: Stack
) -> None:
    (payment,) = [one for one in find_holdings(CUSTOMER).payments]
    before = read_state(payment)
    erase()
    assert read_state(payment) == before
    for booked in events_of(partition_of(scene)):
        delivery = raw_archive.find(str(booked.raw))
        assert delivery.erased is not None
        event = read_event(delivery, Books())
        assert event.event_id == booked.event_id
        assert event.subject == booked.subject
    _lose(stack, partition_of(scene))
    for day in raw_archive.days():
        for moment in moments(day):
            assert Rebuilding().book(moment).failed == ()
    assert read_state(payment).captured_minor == before.captured_minor


def _lose(stack: Stack, of_partition: str) -> None:
    for item in stack.items():
        if item["PK"]["S"] == of_partition:
            key = {"PK": item["PK"], "SK": item["SK"]}
            aws.client("dynamodb").delete_item(TableName=stack.table, Key=key)


def test_what_is_somebody_elses_in_the_same_batch_stays(scene: Scene) -> None:
    erase()
    (theirs,) = list(events_of("PAYMENT#stripe#main#pi_9"))
    assert raw_archive.body_of(raw_archive.find(str(theirs.raw)))


def test_a_comment_is_gone_and_the_request_stays(scene: Scene) -> None:
    erase()
    case = RefundRequests().named(scene.refund_request_id)
    assert case.comment == ""
    assert case.request.amount.amount_minor == 60_00
    assert not [one.note for one in case.lifecycle.changes if one.note]


def test_an_order_that_isnt_over_keeps_its_texts_and_that_is_said(
    stage: RefundStage, stack: Stack
) -> None:
    play(stage)
    done = erase()
    assert any("order order-4711" in one.what for one in done.kept)
    assert [one for one in traces(stack)["items"] if not one.startswith("ORDER#")] == []
    stage.clock.at += timedelta(days=2)
    again = erase()
    assert again.number == 2
    assert traces(stack) == {"objects": [INVOICE]}


def test_who_comes_back_is_a_customer_again_and_can_be_erased_again(
    scene: Scene, stack: Stack
) -> None:
    erase()
    name_buyer("order-4712")
    assert Customers("main").buyers(CUSTOMER)
    assert erase().number == 2
    assert traces(stack) == {"objects": [INVOICE]}


def test_nobody_is_erased_of_whom_nothing_is_known(stack: Stack) -> None:
    with pytest.raises(CustomerNotFound):
        erase_customer("customer-0000", OPERATOR, lambda: LONG_S)


def test_without_time_it_says_that_it_isnt_done_and_goes_on_when_asked_again(
    scene: Scene, stack: Stack
) -> None:
    left = iter([100.0, 5.0])
    first = erase_customer(CUSTOMER, OPERATOR, lambda: next(left, 5.0))
    assert first.status is Status.BEGUN
    assert Customers("main").buyers(CUSTOMER) == []  # their name is gone at once
    done = erase()
    assert (done.status, done.number) == (Status.DONE, 1)
    assert traces(stack) == {"objects": [INVOICE]}


def test_an_erasure_that_was_cut_off_at_any_write_is_ended_by_asking_again(
    stage: RefundStage, stack: Stack, fake_clock: FakeClock
) -> None:
    play(stage)
    fake_clock.at += timedelta(days=2)
    stack.published()
    at = 1
    while True:
        with counted_effects(at, is_done=at % 2 == 0):
            try:
                erase()
            except Crash:
                at += 1
                continue
        break
    assert at > 6  # each attempt gets further than the one before
    assert traces(stack) == {"objects": [INVOICE]}
    last = erasure_store.find(CUSTOMER)
    assert last is not None
    assert last.status is Status.DONE
    told = [one for one in stack.published() if one["detail-type"] == "CustomerErased"]
    assert {one["detail"]["metadata"]["fact_id"] for one in told} == {
        f"{CUSTOMER}:erasure-{number}:CustomerErased" for number in range(1, last.number + 1)
    }


def test_a_comment_is_erased_without_a_word_that_dynamodb_keeps_for_itself(
    stack: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(table, "get", lambda key: {"comment": "Mine"})
    monkeypatch.setattr(
        table, "write", lambda _, **update: asked.append(str(update.get("ConditionExpression")))
    )
    monkeypatch.setattr(erase_words, "_rewritten", lambda *_: False)

    assert erase_words.erase_request("rr_1")
    assert asked == ["attribute_exists(#comment)"] * 2
