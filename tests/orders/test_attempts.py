"""Each step of an attempt changes what it says and nothing else, at the instant it is reported."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kassa.gateways.submissions import CheckoutState, FoundCheckout, OpenedCheckout
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt, AttemptResolution, AttemptState, ResolvedAs
from kassa.orders.lifecycle import OrderLifecycle, last_tried, submitting
from kassa.orders.next_step import missed_payment
from tests.support.builders import NOW

S = AttemptState
Step = Callable[[], Attempt]
STRIPE = ("stripe", "main")
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(minutes=3)
CLOSES = NOW + timedelta(hours=3)
CHECKOUT = OpenedCheckout(checkout_id="cs_1", url="https://pay.example/cs_1", expires_at=CLOSES)
NAMED = CHECKOUT.model_copy(update={"payment_id": "pi_1"})
KNOWN = {"checkout_id": "cs_1", "url": "https://pay.example/cs_1", "expires_at": CLOSES}
SUBMITTED = stages.begun(1, STRIPE, NOW)
UNKNOWN = stages.unanswered(SUBMITTED, NOW)
OPEN = stages.opened(SUBMITTED, CHECKOUT, NOW)
WATCHED = stages.opened(stages.begun(1, STRIPE, NOW, is_watched=True), CHECKOUT, NOW)
DECLINED = stages.declined(OPEN, "insufficient_funds", NOW)
PAID = stages.paid(OPEN, "pi_1", NOW)
RESOLUTION = AttemptResolution(outcome=ResolvedAs.PAID, by="key_1", at=LATER, reason="they say so")


def found_checkout(state: str, opened: OpenedCheckout = CHECKOUT) -> FoundCheckout:
    return FoundCheckout(state=CheckoutState(state), opened=opened)


def changes(before: Attempt, after: Attempt) -> dict[str, Any]:
    """Return what is other than before, and when it changed in place of `changed_at`."""
    was, is_now = before.__dict__, after.__dict__
    other = {name: value for name, value in is_now.items() if value != was[name]}
    assert other.pop("changed_at", LATER) == LATER
    return other


STEPS: dict[str, tuple[Attempt, Step, dict[str, Any]]] = {
    "a checkout is opened": (
        UNKNOWN,
        lambda: stages.opened(UNKNOWN, CHECKOUT, LATER),
        {"state": S.OPEN, "next_check_at": None, **KNOWN},
    ),
    "an answer without an address takes none away": (
        OPEN,
        lambda: stages.opened(OPEN, OpenedCheckout(checkout_id="cs_1", url=""), LATER),
        {},
    ),
    "a refusal": (
        SUBMITTED,
        lambda: stages.refused(SUBMITTED, "currency", True, LATER),
        {"state": S.REFUSED, "reason": "currency", "is_retryable": True, "next_check_at": None},
    ),
    "a refusal for good": (
        UNKNOWN,
        lambda: stages.refused(UNKNOWN, "no", False, LATER),
        {"state": S.REFUSED, "reason": "no", "next_check_at": None},
    ),
    "silence": (
        SUBMITTED,
        lambda: stages.unanswered(SUBMITTED, LATER),
        {"state": S.UNKNOWN, "check_count": 1, "next_check_at": LATER + timedelta(minutes=5)},
    ),
    "more silence": (
        UNKNOWN,
        lambda: stages.unanswered(UNKNOWN, LATER),
        {"check_count": 2, "next_check_at": LATER + HOUR},
    ),
    "what nobody was shown is closed": (
        UNKNOWN,
        lambda: stages.closed_unseen(UNKNOWN, LATER),
        {"state": S.EXPIRED, "reason": "closed_unseen", "next_check_at": None},
    ),
    "it is left to a person": (
        UNKNOWN,
        lambda: stages.given_up(UNKNOWN, LATER),
        {"next_check_at": None},
    ),
    "its checkout was never opened": (
        UNKNOWN,
        lambda: stages.never_opened(UNKNOWN, LATER),
        {"state": S.FAILED, "reason": "never_opened", "next_check_at": None},
    ),
    "it is found open": (
        DECLINED,
        lambda: stages.found(DECLINED, found_checkout("open", NAMED), LATER),
        {"declined_at": None, "payment_id": "pi_1"},
    ),
    "it is found expired": (
        UNKNOWN,
        lambda: stages.found(UNKNOWN, found_checkout("expired"), LATER),
        {"state": S.EXPIRED, "next_check_at": None, **KNOWN},
    ),
    "it is found paid, and its payment is waited for": (
        WATCHED,
        lambda: stages.found(WATCHED, found_checkout("paid", NAMED), LATER),
        {"state": S.PAID, "payment_id": "pi_1", "next_check_at": LATER},
    ),
    "a watched checkout that is found open is looked at in an hour": (
        WATCHED,
        lambda: stages.found(WATCHED, found_checkout("open"), LATER),
        {"next_check_at": LATER + HOUR},
    ),
    "the customer finished": (
        OPEN,
        lambda: stages.completed(OPEN, "cs_2", "pi_1", LATER),
        {"completed_at": LATER, "checkout_id": "cs_2", "payment_id": "pi_1"},
    ),
    "the customer finished a checkout we didn't know of": (
        UNKNOWN,
        lambda: stages.completed(UNKNOWN, "cs_1", None, LATER),
        {"state": S.OPEN, "completed_at": LATER, "checkout_id": "cs_1", "next_check_at": None},
    ),
    "what it is paid by stays known": (
        PAID,
        lambda: stages.completed(PAID, "cs_1", "pi_2", LATER),
        {"completed_at": LATER},
    ),
    "it expired": (
        DECLINED,
        lambda: stages.expired(DECLINED, LATER),
        {"state": S.EXPIRED},
    ),
    "it failed": (
        DECLINED,
        lambda: stages.failed(DECLINED, "canceled", LATER),
        {"state": S.FAILED, "reason": "canceled"},
    ),
    "it failed for no reason that was told": (
        DECLINED,
        lambda: stages.failed(DECLINED, None, LATER),
        {"state": S.FAILED},
    ),
    "a card was declined": (
        OPEN,
        lambda: stages.declined(OPEN, "insufficient_funds", LATER),
        {"reason": "insufficient_funds", "declined_at": LATER},
    ),
    "it is paid after a decline": (
        DECLINED,
        lambda: stages.paid(DECLINED, "pi_1", LATER),
        {"state": S.PAID, "payment_id": "pi_1", "reason": None},
    ),
    "a payment took its place": (
        PAID,
        lambda: stages.paid(PAID, "pi_2", LATER),
        {"payment_id": "pi_2"},
    ),
    "its payment was taken back": (
        PAID,
        lambda: stages.taken_back(PAID, "debit_returned", LATER),
        {"state": S.FAILED, "reason": "debit_returned"},
    ),
    "its payment was taken back for no reason that was told": (
        PAID,
        lambda: stages.taken_back(PAID, None, LATER),
        {"state": S.FAILED, "reason": "taken_back"},
    ),
    "a part of the order was paid": (
        UNKNOWN,
        lambda: stages.paid_in_part(UNKNOWN, "pi_1", LATER),
        {"state": S.OPEN, "payment_id": "pi_1", "next_check_at": None},
    ),
    "a person said it was paid": (
        UNKNOWN,
        lambda: stages.resolved(UNKNOWN, RESOLUTION, found_checkout("open", NAMED), LATER),
        {
            **{"state": S.PAID, "resolution": RESOLUTION, "reason": "resolved_by_person"},
            **{"next_check_at": None, "payment_id": "pi_1", **KNOWN},
        },
    ),
    "a person said so and the gateway nothing": (
        WATCHED,
        lambda: stages.resolved(WATCHED, RESOLUTION, None, LATER),
        {
            **{"state": S.PAID, "resolution": RESOLUTION, "reason": "resolved_by_person"},
            "next_check_at": LATER,
        },
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_changes_what_it_says_and_nothing_else(name: str) -> None:
    before, step, expected = STEPS[name]
    after = step()

    assert changes(before, after) == expected
    assert after.changed_at == LATER


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (OPEN, lambda: stages.refused(OPEN, "no", True, LATER)),
        (OPEN, lambda: stages.unanswered(OPEN, LATER)),
        (UNKNOWN, lambda: stages.declined(UNKNOWN, "no", LATER)),
        (PAID, lambda: stages.paid(PAID, "pi_1", LATER)),
        (PAID, lambda: stages.failed(PAID, "x", LATER)),
    ],
)
def test_what_comes_too_late_changes_nothing(before: Attempt, step: Step) -> None:
    assert step() is before


def test_what_is_reported_twice_changes_nothing_the_second_time() -> None:
    over = stages.expired(OPEN, NOW)
    finished = stages.completed(OPEN, "cs_1", None, NOW)
    part = stages.paid_in_part(OPEN, "pi_1", NOW)

    assert stages.failed(over, "x", LATER) is over
    assert stages.paid_in_part(over, "pi_1", LATER).state is S.EXPIRED
    assert stages.completed(finished, "cs_1", "pi_1", LATER) is finished
    assert stages.paid_in_part(part, "pi_1", LATER) is part
    assert changes(part, stages.paid_in_part(part, "pi_2", LATER)) == {"payment_id": "pi_2"}


def test_an_attempt_begins_with_what_is_submitted_to_its_gateway() -> None:
    at = NOW.replace(microsecond=123_456)
    begun = stages.begun(3, ("klarna", "fi"), at, is_watched=True, open_for=HOUR)

    assert begun == Attempt(
        number=3,
        gateway="klarna",
        account="fi",
        state=S.SUBMITTED,
        submitted_at=at,
        changed_at=at,
        next_check_at=at + timedelta(minutes=5),
        is_watched=True,
        closes_at=NOW + HOUR,
    )
    assert (SUBMITTED.closes_at, SUBMITTED.is_watched) == (None, False)


def test_an_order_is_submitted_for_as_long_as_it_may_be_paid() -> None:
    lifecycle = OrderLifecycle(order_id="order-1")
    at_first = submitting(lifecycle, STRIPE, NOW, True, HOUR)
    again = submitting(at_first, ("adyen", "main"), LATER)

    first, second = again.attempts
    assert (first.number, first.is_watched, first.closes_at) == (1, True, NOW + HOUR)
    assert (second.number, second.is_watched, second.closes_at) == (2, False, None)
    assert again.version == 2


def test_the_newest_attempt_at_an_account_is_the_one_last_tried_there() -> None:
    lifecycle = OrderLifecycle(order_id="order-1")
    for where in (STRIPE, ("adyen", "main"), STRIPE, ("stripe", "other")):
        lifecycle = submitting(lifecycle, where, NOW)

    assert last_tried(lifecycle, STRIPE) == 3
    assert last_tried(lifecycle, ("adyen", "main")) == 2
    assert last_tried(lifecycle, ("adyen", "other")) == 0


def closing(after: timedelta) -> Attempt:
    return stages.begun(1, STRIPE, NOW, open_for=after)


def test_silence_is_looked_into_as_soon_as_the_checkout_has_closed() -> None:
    soon = closing(timedelta(minutes=2)).model_copy(update={"check_count": 1})
    closed_at = NOW + timedelta(minutes=2) + stages.CLOCKS

    assert stages.unanswered(soon, NOW).next_check_at == closed_at
    assert stages.unanswered(soon, closed_at).next_check_at == closed_at + HOUR
    assert stages.unanswered(closing(HOUR), NOW).next_check_at == NOW + timedelta(minutes=5)


def test_a_checkout_has_closed_once_no_clock_can_think_it_open() -> None:
    closes_at = NOW + HOUR + stages.CLOCKS

    assert not stages.has_closed(closing(HOUR), closes_at - timedelta(seconds=1))
    assert stages.has_closed(closing(HOUR), closes_at)
    assert not stages.has_closed(SUBMITTED, NOW + timedelta(days=99))


def test_the_same_is_submitted_again_for_as_long_as_the_gateway_remembers() -> None:
    second, memory = timedelta(seconds=1), timedelta(days=1)
    closes, kept = closing(HOUR), stages.REPEATED_FOR

    assert stages.is_repeatable(SUBMITTED, memory, NOW + memory - second)
    assert not stages.is_repeatable(SUBMITTED, memory, NOW + memory)
    assert stages.is_repeatable(closes, memory, NOW + kept - second)
    assert not stages.is_repeatable(closes, memory, NOW + kept)
    assert not stages.is_repeatable(closes, second, NOW + second)


def test_what_is_unknown_for_a_week_is_looked_up_no_more() -> None:
    week = NOW + stages.GIVE_UP_AFTER

    assert stages.unanswered(UNKNOWN, week - timedelta(seconds=1)).next_check_at is not None
    assert stages.unanswered(UNKNOWN, week).next_check_at is None


def test_what_a_person_resolved_as_paid_is_checked_at_once_however_old_and_for_three_days() -> None:
    late = NOW + 5 * stages.WATCHED_FOR
    resolution = AttemptResolution(
        outcome=ResolvedAs.PAID, by="anna", at=late, reason="they showed it"
    )
    known = WATCHED.model_copy(update={"payment_id": "pi_1"})

    paid = stages.resolved(known, resolution, None, late)
    again = stages.watched(paid, late + timedelta(minutes=5))

    assert paid.next_check_at == late
    assert missed_payment(again) is not None
    assert stages.watched(paid, late + stages.WATCHED_FOR).next_check_at is None


def test_a_checkout_is_watched_for_three_days_while_something_may_come_of_it() -> None:
    end = NOW + stages.WATCHED_FOR
    paid = stages.found(WATCHED, found_checkout("paid"), NOW)
    over = WATCHED.model_copy(update={"state": S.EXPIRED})

    assert stages.watched(WATCHED, end - timedelta(seconds=1), HOUR).next_check_at is not None
    assert stages.watched(WATCHED, end, HOUR).next_check_at is None
    assert stages.watched(paid, LATER).next_check_at == LATER + stages.CHECK_EVERY
    assert stages.watched(over, LATER).next_check_at is None
