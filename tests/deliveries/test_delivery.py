"""How a delivery goes from one status to the next, as rules alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.deliveries.delivery import (
    ENDED,
    IN_FLIGHT,
    Channel,
    Delivery,
    Outcome,
    Status,
    begun,
    delivery_id,
    ended,
    redriven,
    reported,
    settled,
)
from tests.support.aws_stack import NOW
from tests.support.deliveries import a_delivery

SOON = timedelta(seconds=1)


def attempt() -> Delivery:
    first = begun(a_delivery(), NOW, "a1", is_repeatable=True)
    assert first is not None
    return first


def test_the_same_told_to_the_same_has_the_same_id_and_anything_else_another() -> None:
    one = delivery_id("pi_1:ch_1:PaymentCaptured", Channel.MAIL, "receipt", "customer:c1")
    others = {
        delivery_id("pi_1:ch_2:PaymentCaptured", Channel.MAIL, "receipt", "customer:c1"),
        delivery_id("pi_1:ch_1:PaymentCaptured", Channel.TEXT, "receipt", "customer:c1"),
        delivery_id("pi_1:ch_1:PaymentCaptured", Channel.MAIL, "invoice", "customer:c1"),
        delivery_id("pi_1:ch_1:PaymentCaptured", Channel.MAIL, "receipt", "customer:c2"),
    }
    assert one == delivery_id("pi_1:ch_1:PaymentCaptured", Channel.MAIL, "receipt", "customer:c1")
    assert len(others - {one}) == 4


def test_a_first_attempt_begins_at_once() -> None:
    assert (attempt().status, attempt().attempts, attempt().version) == (Status.SENDING, 1, 1)
    assert attempt().due_at == NOW + IN_FLIGHT


def test_an_attempt_that_never_ended_is_repeated_only_where_its_recipient_knows_a_repeat() -> None:
    later = NOW + IN_FLIGHT
    again, lost = (begun(attempt(), later, "a1", is_repeatable=known) for known in (True, False))

    assert begun(attempt(), later - SOON, "a1", is_repeatable=True) is None
    assert again is not None
    assert (again.status, again.attempts) == (Status.SENDING, 2)
    assert lost is not None
    assert (lost.status, lost.attempts, lost.due_at) == (Status.UNKNOWN, 1, None)


def test_what_waits_is_begun_when_its_time_has_come_and_not_before() -> None:
    until = NOW + timedelta(hours=10)
    waiting = ended(attempt(), Outcome(Status.WAITING, "busy", next_attempt_at=until))

    assert begun(waiting, until - SOON, "a1", is_repeatable=False) is None
    again = begun(waiting, until, "a1", is_repeatable=False)
    assert again is not None
    assert (again.status, again.reason, again.next_attempt_at) == (Status.SENDING, None, None)


@pytest.mark.parametrize("status", sorted(ENDED))
def test_what_has_ended_is_never_begun_again(status: Status) -> None:
    over = ended(attempt(), Outcome(status))
    assert begun(over, NOW + timedelta(days=400), "a1", is_repeatable=True) is None


def test_only_what_waits_says_until_when() -> None:
    with pytest.raises(ValueError, match="until when"):
        ended(attempt(), Outcome(Status.WAITING))
    with pytest.raises(ValueError, match="until when"):
        ended(attempt(), Outcome(Status.SENT, next_attempt_at=NOW))


REPORTS = (Status.SENT, Status.DELIVERED, Status.BOUNCED, Status.COMPLAINED)


@given(st.permutations(REPORTS), st.lists(st.sampled_from(REPORTS)))
def test_reports_in_any_order_and_number_end_with_the_worst_of_them(
    order: list[Status], repeated: list[Status]
) -> None:
    delivery = ended(attempt(), Outcome(Status.SENT, carrier_id="m-1"))
    for status in [*order, *repeated]:
        delivery = reported(delivery, status, None) or delivery
    assert (delivery.status, delivery.carrier_id) == (Status.COMPLAINED, "m-1")


def test_a_report_says_that_it_left_though_nobody_knew() -> None:
    unknown = begun(attempt(), NOW + IN_FLIGHT, "a1", is_repeatable=False)
    assert unknown is not None
    known = reported(unknown, Status.DELIVERED, None)
    assert known is not None
    assert known.status is Status.DELIVERED


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED])
def test_a_report_about_what_never_left_changes_nothing(status: Status) -> None:
    assert reported(ended(attempt(), Outcome(status)), Status.DELIVERED, None) is None


def test_an_outcome_that_comes_late_is_known_where_nobody_knew_it() -> None:
    unknown = begun(attempt(), NOW + IN_FLIGHT, "a1", is_repeatable=False)
    assert unknown is not None
    known = settled(unknown, Outcome(Status.SENT, carrier_id="m-1"))
    assert known is not None
    assert (known.status, known.carrier_id) == (Status.SENT, "m-1")
    reported_before = reported(attempt(), Status.BOUNCED, "no such mailbox")
    assert reported_before is not None
    assert settled(reported_before, Outcome(Status.SENT)) is None


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNKNOWN, Status.BOUNCED, Status.SKIPPED])
def test_what_failed_is_driven_again_from_now_on(status: Status) -> None:
    again = redriven(ended(attempt(), Outcome(status)), NOW)
    assert again is not None
    assert (again.status, again.due_at) == (Status.WAITING, NOW)


@pytest.mark.parametrize("status", [Status.SENT, Status.DELIVERED, Status.COMPLAINED])
def test_what_left_is_not_driven_again(status: Status) -> None:
    assert redriven(ended(attempt(), Outcome(status)), NOW) is None
