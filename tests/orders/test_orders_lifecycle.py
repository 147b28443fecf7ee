"""An order's lifecycle: attempts move by what gateways say, and no second one while one is
unknown.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kassa.gateways.submissions import CheckoutState, FoundCheckout, OpenedCheckout
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt, AttemptState
from kassa.orders.lifecycle import (
    ATTEMPTS_MAX,
    Discrepancy,
    DiscrepancyKind,
    OrderLifecycle,
    OrderPayment,
    OrderStatus,
    attempts_at,
    submitting,
    with_attempt,
)
from kassa.orders.next_step import (
    REFUSAL_KEPT,
    SUBMITTING_TAKES,
    Do,
    is_doubtful,
    missed_payment,
    next_step,
)
from kassa.orders.payments import is_second, with_payment
from kassa.orders.views import shown_checkout
from tests.support.builders import NOW, eur, fact_metadata, subject

STRIPE, ADYEN = ("stripe", "main"), ("adyen", "main")
CHECKOUT = OpenedCheckout(checkout_id="cs_1", url="https://pay.example/cs_1")
LATER = NOW + timedelta(minutes=1)
S = AttemptState


def found(state: str) -> FoundCheckout:
    return FoundCheckout(state=CheckoutState(state), opened=CHECKOUT)


def submitted() -> Attempt:
    return stages.begun(1, STRIPE, NOW)


def opened() -> Attempt:
    return stages.opened(submitted(), CHECKOUT, NOW)


def lifecycle_of(*attempts: Attempt, **more: Any) -> OrderLifecycle:
    return OrderLifecycle(order_id="order-1", version=5, attempts=attempts, **more)


def payment(payment_id: str = "pi_1", where: tuple[str, str] = STRIPE) -> OrderPayment:
    gateway, account = where
    return OrderPayment(
        gateway=gateway,
        account=account,
        payment_id=payment_id,
        amount=eur(1),
        captured_at=NOW,
        object_id="ch_1",
        last_fact=fact_metadata(f"{payment_id}:ch_1:captured:1", payment_id, gateway),
    )


def numbered(attempt: Attempt, number: int, **more: Any) -> Attempt:
    return attempt.model_copy(update={"number": number} | more)


REFUSED = stages.refused(submitted(), "card_declined", False, NOW)
RETRYABLE = stages.refused(submitted(), "currency", True, NOW)


@pytest.mark.parametrize(
    ("attempt", "now", "do"),
    [
        (submitted(), NOW, Do.WAIT),
        (submitted(), NOW + SUBMITTING_TAKES, Do.RESOLVE),
        (stages.unanswered(submitted(), NOW), NOW, Do.RESOLVE),
        (opened(), NOW + timedelta(seconds=14), Do.SHOW),
        (opened(), NOW + timedelta(seconds=15), Do.LOOK),
        (REFUSED, NOW, Do.REFUSE),
        (REFUSED, NOW + REFUSAL_KEPT, Do.SUBMIT),
        (RETRYABLE, NOW, Do.SUBMIT),
        (stages.expired(opened(), NOW), NOW, Do.SUBMIT),
        (stages.failed(opened(), "canceled", NOW), NOW, Do.SUBMIT),
        (stages.paid(opened(), "pi_1", NOW), NOW, Do.SHOW),
        (stages.completed(opened(), "cs_1", None, NOW), NOW, Do.SHOW),
        (stages.declined(opened(), "card_declined", NOW), NOW, Do.LOOK),
    ],
)
def test_what_an_order_leads_to_follows_from_its_last_attempt(
    attempt: Attempt, now: datetime, do: Do
) -> None:
    assert next_step(lifecycle_of(attempt), now) is do


def test_a_checkout_past_its_time_is_likely_closed() -> None:
    checkout = CHECKOUT.model_copy(update={"expires_at": LATER})
    lifecycle = lifecycle_of(stages.opened(submitted(), checkout, NOW))

    assert not is_doubtful(lifecycle.attempts[0], NOW)
    assert is_doubtful(lifecycle.attempts[0], LATER)


def test_a_new_order_is_submitted_and_a_paid_one_never_again() -> None:
    assert next_step(OrderLifecycle(order_id="order-1"), NOW) is Do.SUBMIT
    assert (
        next_step(lifecycle_of(stages.unanswered(submitted(), NOW), paid_by=payment()), NOW)
        is Do.SHOW
    )


def test_an_order_of_which_an_attempt_was_paid_is_shown_whatever_was_tried_later() -> None:
    paid, refused = stages.paid(opened(), "pi_1", NOW), numbered(REFUSED, 2)

    short = Discrepancy(kind=DiscrepancyKind.LESS, ordered=eur(2), captured=(eur(1),))

    assert next_step(lifecycle_of(paid, refused), NOW + REFUSAL_KEPT) is Do.SHOW
    assert next_step(lifecycle_of(paid, discrepancy=short), NOW) is Do.SHOW


def test_a_checkout_is_looked_up_once_its_time_is_over() -> None:
    checkout = CHECKOUT.model_copy(update={"expires_at": NOW + timedelta(seconds=5)})
    lifecycle = lifecycle_of(stages.opened(submitted(), checkout, NOW))

    assert next_step(lifecycle, NOW + timedelta(seconds=4)) is Do.SHOW
    assert next_step(lifecycle, NOW + timedelta(seconds=5)) is Do.LOOK


def test_an_order_that_was_tried_too_often_stops() -> None:
    over = stages.expired(opened(), NOW)
    tried = [numbered(over, n + 1) for n in range(ATTEMPTS_MAX)]

    assert next_step(lifecycle_of(*tried[:-1]), NOW) is Do.SUBMIT
    assert next_step(lifecycle_of(*tried), NOW) is Do.STOP


def test_silence_is_looked_up_in_five_minutes_then_an_hour_then_daily_until_a_week_is_over() -> (
    None
):
    attempt, now, waits = submitted(), NOW, []
    while attempt.next_check_at is not None:
        waits.append(attempt.next_check_at - now)
        now = attempt.next_check_at
        attempt = stages.unanswered(attempt, now)

    minutes, hour, day = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
    assert waits[:4] == [minutes, minutes, hour, day]
    assert set(waits[3:]) == {day}
    assert now - NOW >= stages.GIVE_UP_AFTER
    assert attempt.state is S.UNKNOWN


def test_what_is_unknown_stands_on_the_work_queue_and_what_is_known_does_not() -> None:
    assert lifecycle_of(submitted()).next_check_at == NOW + timedelta(minutes=5)
    assert lifecycle_of(opened()).next_check_at is None
    assert (
        lifecycle_of(stages.given_up(stages.unanswered(submitted(), NOW), NOW)).next_check_at
        is None
    )


def test_an_answer_that_comes_after_the_payment_leaves_it_paid() -> None:
    paid = stages.paid(submitted(), "pi_1", NOW)

    assert stages.opened(paid, CHECKOUT, LATER).state is S.PAID
    assert stages.opened(paid, CHECKOUT, LATER).url == CHECKOUT.url
    assert stages.refused(paid, "no", True, LATER) == paid
    assert stages.unanswered(paid, LATER) == paid


@pytest.mark.parametrize("late", ["expired", "failed", "declined", "open"])
def test_nothing_that_is_received_late_takes_a_payment_back(late: str) -> None:
    paid = stages.paid(opened(), "pi_1", NOW)
    after = {
        "expired": stages.expired(paid, LATER),
        "failed": stages.failed(paid, "x", LATER),
        "declined": stages.declined(paid, "x", LATER),
        "open": stages.found(paid, found("open"), LATER),
    }
    assert after[late].state is S.PAID


def test_a_declined_card_leaves_the_checkout_open_and_says_why() -> None:
    declined = stages.declined(opened(), "insufficient_funds", LATER)

    assert (declined.state, declined.reason) == (S.OPEN, "insufficient_funds")
    assert stages.found(declined, found("open"), LATER).declined_at is None
    assert stages.found(declined, found("failed"), LATER).state is S.FAILED


def test_a_payment_that_expired_first_and_is_captured_late_is_paid() -> None:
    assert stages.paid(stages.expired(opened(), NOW), "pi_1", LATER).state is S.PAID


def test_of_the_attempts_at_an_account_those_come_first_that_may_still_be_paid() -> None:
    over = numbered(stages.expired(opened(), NOW), 2)
    elsewhere = numbered(opened(), 3, gateway="adyen")
    lifecycle = lifecycle_of(opened(), over, elsewhere)

    assert attempts_at(lifecycle, STRIPE) == [opened(), over]
    assert attempts_at(lifecycle, ("stripe", "other")) == []


def test_a_payment_marks_the_attempt_that_names_it_before_any_other() -> None:
    first = numbered(stages.expired(opened(), NOW), 1, payment_id="pi_1")
    second = numbered(opened(), 2)
    lifecycle = with_payment(lifecycle_of(first, second), payment("pi_1"), eur(1), NOW)
    other = with_payment(lifecycle_of(first, second), payment("pi_2"), eur(1), NOW)

    assert [one.state for one in lifecycle.attempts] == [S.PAID, S.OPEN]
    assert [one.state for one in other.attempts] == [S.EXPIRED, S.PAID]


def test_the_first_payment_pays_the_order_and_every_other_is_second() -> None:
    lifecycle = with_payment(lifecycle_of(opened()), payment("pi_1"), eur(1), NOW)
    again = with_payment(lifecycle, payment("pi_1"), eur(1), LATER)
    twice = with_payment(lifecycle, payment("psp_2", ADYEN), eur(1), LATER)

    assert (lifecycle.paid_by, lifecycle.status) == (payment("pi_1"), OrderStatus.PAID)
    assert again == lifecycle
    assert twice.paid_by == payment("pi_1")
    assert is_second(twice, payment("psp_2", ADYEN))
    assert not is_second(twice, payment("pi_1"))
    assert with_payment(twice, payment("psp_2", ADYEN), eur(1), LATER) == twice


def test_a_payment_without_a_checkout_of_ours_pays_the_order_too() -> None:
    lifecycle = with_payment(lifecycle_of(opened()), payment("psp_2", ADYEN), eur(1), NOW)

    assert lifecycle.status is OrderStatus.PAID
    assert [one.state for one in lifecycle.attempts] == [S.OPEN]


@pytest.mark.parametrize(
    ("attempt", "status"),
    [
        (submitted(), "submitted"),
        (stages.unanswered(submitted(), NOW), "unknown"),
        (opened(), "open"),
        (stages.completed(opened(), "cs_1", None, NOW), "completed"),
        (REFUSED, "refused"),
        (stages.expired(opened(), NOW), "expired"),
        (stages.failed(opened(), None, NOW), "failed"),
        (stages.paid(opened(), "pi_1", NOW), "completed"),  # and no payment is booked
    ],
)
def test_an_order_stands_as_its_last_attempt_does(attempt: Attempt, status: str) -> None:
    assert lifecycle_of(attempt).status == status
    assert shown_checkout(lifecycle_of(attempt)).status == status


APPLIED = {
    "opened": lambda a: stages.opened(a, CHECKOUT, LATER),
    "unanswered": lambda a: stages.unanswered(a, LATER),
    "refused": lambda a: stages.refused(a, "x", True, LATER),
    "completed": lambda a: stages.completed(a, "cs_1", "pi_1", LATER),
    "expired": lambda a: stages.expired(a, LATER),
    "failed": lambda a: stages.failed(a, "x", LATER),
    "declined": lambda a: stages.declined(a, "x", LATER),
    "paid": lambda a: stages.paid(a, "pi_1", LATER),
}


@given(st.lists(st.sampled_from(sorted(APPLIED)), max_size=12))
def test_whatever_is_received_in_whatever_order_a_payment_stays_and_what_is_known_stays_known(
    steps: list[str],
) -> None:
    attempt, was_known = submitted(), False
    for step in steps:
        attempt = APPLIED[step](attempt)
        assert not (was_known and attempt.is_unknown)
        assert attempt.next_check_at is None or attempt.is_unknown
        was_known = not attempt.is_unknown
    assert (attempt.state is S.PAID) == ("paid" in steps)


def test_a_change_raises_the_version_and_no_change_does_not() -> None:
    lifecycle = lifecycle_of(submitted())

    assert with_attempt(lifecycle, opened()).version == lifecycle.version + 1
    assert with_attempt(lifecycle, submitted()) is lifecycle
    assert submitting(lifecycle, ADYEN, NOW).version == lifecycle.version + 1
    assert [one.number for one in submitting(lifecycle, ADYEN, NOW).attempts] == [1, 2]


# Pages at gateways that list no events.


def watched() -> Attempt:
    return stages.opened(stages.begun(1, ("klarna", "main"), NOW, is_watched=True), CHECKOUT, NOW)


def test_a_checkout_that_no_list_names_is_looked_up_every_hour_for_three_days() -> None:
    again = stages.watched(watched(), NOW + stages.WATCHED_FOR - timedelta(seconds=1))

    assert watched().next_check_at == NOW + stages.CHECK_EVERY
    assert again.next_check_at is not None
    assert stages.watched(watched(), NOW + stages.WATCHED_FOR).next_check_at is None
    assert (opened().next_check_at, stages.watched(opened(), NOW).next_check_at) == (None, None)


def test_a_checkout_that_is_found_paid_is_looked_for_until_its_payment_is_booked() -> None:
    checkout = found("paid")
    named = checkout.model_copy(
        update={"opened": CHECKOUT.model_copy(update={"payment_id": "kl_1"})}
    )
    missed = stages.found(watched(), named, LATER)
    paid_attempt = stages.paid(missed, "kl_1", LATER)

    assert (missed.state, missed.next_check_at) == (S.PAID, LATER)
    assert missed_payment(missed) == subject("kl_1").model_copy(update={"gateway": "klarna"})
    assert (missed_payment(paid_attempt), missed_payment(watched()), missed_payment(None)) == (
        None,
    ) * 3
    assert missed_payment(stages.found(watched(), checkout, LATER)) is None  # it named no payment
    assert stages.found(watched(), found("expired"), LATER).next_check_at is None
