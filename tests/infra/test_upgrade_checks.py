"""`make sam-check` exits by these judgements of an update, so each kind of wrong must be seen."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from infra.drills.upgrade.checks import (
    Finding,
    Held,
    Planted,
    Seen,
    at_rest,
    both_ran,
    by_phase,
    field_kept,
    findings,
    invoiced_once,
    lines,
    money_as_sent,
    nothing_lost,
    nothing_twice,
    sums_are_zero,
)
from infra.drills.upgrade.next_release import ADDED, NEW
from infra.drills.upgrade.sender import Sent
from infra.drills.upgrade.traffic import LIFECYCLE, Lifecycles, Message, Phase, Step
from infra.local.observed import Books
from kassa.core import stored
from kassa.core.money import Money
from kassa.core.postings import Account, Posting
from kassa.gateways.events import Subject, SubjectKind
from kassa.ledger.facts import LedgerFact
from kassa.ledger.items import BookedEvent

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
CAPTURED, REFUNDED, DISPUTED = LIFECYCLE
P = Phase
SCENARIO = (  # payment, step, phase; booked by the release that the phase's number says
    ("pi_1", CAPTURED, P.BEFORE),
    ("pi_2", CAPTURED, P.UPDATE),
    ("pi_1", REFUNDED, P.NEXT),
    ("pi_2", REFUNDED, P.ROLLBACK),
    ("pi_1", DISPUTED, P.AFTER),
)
NEXT_BOOKS = (P.UPDATE, P.NEXT)


def message(payment_id: str, step: Step, phase: Phase) -> Message:
    return Message(f"evt_{payment_id}_{LIFECYCLE.index(step)}", payment_id, step, "EUR", phase)


def sent(one: Message, *answers: int) -> Sent:
    return Sent(one, one.phase, answers or (200,))


def booked(one: Message) -> BookedEvent:
    """Return an event as its item says, with its fact and posting."""
    minute = list(Phase).index(one.phase)
    posting = Posting(
        object_id=one.event_id,
        kind=one.step.kind,
        source=Account.CUSTOMERS,
        destination=Account.GATEWAY_CLEARING,
        amount=Money(amount_minor=one.step.amount_minor, currency=one.currency),
    )
    subject = Subject(
        gateway="stripe", account="main", kind=SubjectKind.PAYMENT, subject_id=one.payment_id
    )
    beside = {
        "event_id": one.event_id,
        "merchant_id": "main",
        "version": minute + 1,
        "booked_at": NOON + timedelta(minutes=minute),
    }
    named = {
        "fact_id": f"{one.payment_id}:{one.event_id}:{one.step.fact}",
        "gateway": "stripe",
        "account": "main",
        "subject_kind": "payment",
        "subject_id": one.payment_id,
    }
    data = {
        "fact": one.step.fact,
        "object_id": one.event_id,
        "occurred_at": NOON,
        "amount": posting.amount.model_dump(),
        "postings": [posting.model_dump()],
    }
    fact = stored.read(LedgerFact, {"metadata": beside | named, "data": data})
    fields = {"subject": subject, "gateway_type": one.step.event_type, "is_ignored": False}
    more = {NEW: ADDED} if one.phase in NEXT_BOOKS else {}
    item = beside | fields | more | {"raw": None, "reading": {}, "facts": ()}
    return stored.read(BookedEvent, item).model_copy(update={"facts": (fact,)})


def seen() -> Seen:
    """Return what is seen after an update and a rollback that went well."""
    messages_drawn = [message(*one) for one in SCENARIO]
    return Seen(
        sent=(*map(sent, messages_drawn), sent(messages_drawn[0])),
        books=Books(tuple(map(booked, messages_drawn))),
        planted=Planted(
            NOON + timedelta(minutes=2, seconds=30),
            frozenset({Held("pi_1", "ch_1"), Held("pi_2", "ch_2")}),
        ),
        kept=frozenset({Held("pi_1", "ch_1"), Held("pi_2", "ch_2"), Held("pi_2", "re_2")}),
        invoices=("invoices/main/2026/2026-00000001.pdf", "invoices/main/2026/2026-00000002.pdf"),
        unfinished={"EventsQueue": 0, "EventsDeadLetterQueue": 0},
    )


def without(number: int) -> Seen:
    """Return the same, but for one event that was accepted and isn't in the books."""
    events = seen().books.events
    return replace(seen(), books=Books(events[:number] + events[number + 1 :]))


def twice(number: int) -> Seen:
    """Return the same, but for one event that is in the books twice."""
    events = seen().books.events
    return replace(seen(), books=Books((*events, events[number])))


def booked_by(release_of: Callable[[Phase], bool]) -> Seen:
    """Return the same, but for who booked it."""
    bare = [one.model_copy() for one in seen().books.events]
    for one, (_, _, phase) in zip(bare, SCENARIO, strict=True):
        one.__pydantic_extra__ = {NEW: ADDED} if release_of(phase) else {}
    return replace(seen(), books=Books(tuple(bare)))


NOTHING = Seen((), Books(()), Planted(NOON, frozenset()), frozenset(), (), {})
CHECKS = (
    nothing_lost, nothing_twice, money_as_sent, sums_are_zero, invoiced_once, at_rest, both_ran,
    field_kept,
)  # fmt: skip


def test_all_is_met_after_an_update_and_a_rollback_that_went_well() -> None:
    assert [one for one in findings(seen()) if not one.is_met] == []
    assert len(findings(seen())) == len(CHECKS)


@pytest.mark.parametrize("check", CHECKS)
def test_where_there_was_nothing_to_look_at_nothing_is_met(
    check: Callable[[Seen], Finding],
) -> None:
    assert not check(NOTHING).is_met


def test_an_event_that_was_answered_and_is_not_booked_is_lost() -> None:
    assert nothing_lost(without(2)) == (False, "1 answered 2xx and not booked: evt_pi_1_1")
    assert not money_as_sent(without(2)).is_met
    assert "not published: RefundSucceeded of pi_1" in nothing_twice(without(2)).seen


def test_an_event_that_was_refused_to_the_end_is_lost_too() -> None:
    refused = sent(message("pi_3", CAPTURED, P.NEXT), 503, 0, 500)

    found = nothing_lost(replace(seen(), sent=(*seen().sent, refused)))

    assert found == (False, "1 never accepted: evt_pi_3_0")


def test_an_event_that_nobody_sent_does_not_pass() -> None:
    stranger = booked(message("pi_9", CAPTURED, P.NEXT))

    found = nothing_lost(replace(seen(), books=Books((*seen().books.events, stranger))))

    assert found == (False, "1 booked and not accepted: evt_pi_9_0")


def test_what_is_booked_twice_is_named_and_counted() -> None:
    assert nothing_twice(twice(0)) == (
        False,
        "1 booked twice: evt_pi_1_0; 1 published too often: PaymentCaptured of pi_1",
    )
    assert money_as_sent(twice(0)) == (
        False,
        "captures EUR: 12600 posted, 8400 sent (minor units)",
    )


def test_without_a_second_delivery_nothing_twice_says_nothing() -> None:
    assert not nothing_twice(replace(seen(), sent=seen().sent[:-1])).is_met


@pytest.mark.parametrize("numbers", [(1,), (1, 3), (1, 2, 3), (1, 1)])
def test_invoices_are_one_a_capture_without_a_gap(numbers: tuple[int, ...]) -> None:
    invoices = tuple(f"invoices/main/2026/2026-{number:08d}.pdf" for number in numbers)

    assert not invoiced_once(replace(seen(), invoices=invoices)).is_met


def test_a_dead_letter_is_named() -> None:
    dead = {"EventsQueue": 0, "EventsDeadLetterQueue": 1}

    assert at_rest(replace(seen(), unfinished=dead)) == (
        False,
        "left: {'EventsDeadLetterQueue': 1}",
    )


def test_a_phase_without_an_event_proves_nothing() -> None:
    silent = tuple(one for one in seen().sent if one.phase is not P.ROLLBACK)

    assert both_ran(replace(seen(), sent=silent)) == (False, "no event came under N+1 -> N")


def test_an_update_that_did_not_take_is_seen() -> None:
    found = both_ran(booked_by(lambda phase: False))

    assert found == (False, "booked by another release than it should: N+1")


def test_what_came_under_the_next_release_may_be_booked_by_this_one() -> None:
    assert both_ran(booked_by(lambda phase: phase in (P.UPDATE, P.NEXT))).is_met
    late = Sent(message("pi_3", CAPTURED, P.NEXT), P.NEXT, (200,))
    by_this = booked(message("pi_3", CAPTURED, P.AFTER))
    now = replace(seen(), sent=(*seen().sent, late), books=Books((*seen().books.events, by_this)))

    assert both_ran(now).is_met
    assert by_phase(now)[2][2:] == (2, 1, 1)


def test_a_rollback_that_did_not_take_is_seen() -> None:
    found = both_ran(booked_by(lambda phase: phase is not P.BEFORE))

    assert found == (False, "booked by another release than it should: N again")


def test_a_field_that_this_release_dropped_is_named() -> None:
    dropped = replace(seen(), kept=frozenset({Held("pi_1", "ch_1")}))

    assert field_kept(dropped) == (False, "1 lost a field that N+1 wrote: ch_2 of pi_2")


def test_a_field_is_not_kept_by_never_writing_the_payment_again() -> None:
    later = seen().planted._replace(at=NOON + timedelta(hours=1))

    assert not field_kept(replace(seen(), planted=later)).is_met


def test_the_lines_fit_a_terminal_and_say_what_failed() -> None:
    shown = list(lines(without(2)))

    many = [sent(message(f"pi_{number:020}", CAPTURED, P.NEXT), 503) for number in range(9)]
    refused = list(lines(replace(seen(), sent=(*seen().sent, *many))))
    assert max(map(len, [*lines(seen()), *shown, *refused])) <= 80
    assert any("and 6 more" in line for line in refused)
    assert [row.events for row in by_phase(seen())] == [1, 1, 1, 1, 1]
    assert shown[3].split() == ["N+1", "1", "1", "0", "0"]
    assert "  FAILED 1 answered 2xx and not booked: evt_pi_1_1" in shown


def test_lifecycles_go_on_in_a_later_phase_and_are_sent_twice_at_times() -> None:
    lifecycles = Lifecycles(random.Random(1))
    drawn = {phase: list(islice(lifecycles.messages(phase), 60)) for phase in Phase}

    by_id = {one.event_id: one for messages in drawn.values() for one in messages}
    order = list(Phase)
    for one in by_id.values():
        if one.step is not CAPTURED:
            before = by_id[f"evt_{one.payment_id}_{LIFECYCLE.index(one.step) - 1}"]
            assert order.index(before.phase) < order.index(one.phase)
    assert {one.step.fact for one in by_id.values()} == {step.fact for step in LIFECYCLE}
    assert len(by_id) < sum(map(len, drawn.values()))
    assert {one.currency for one in by_id.values()} == {"EUR", "JPY"}
