"""A person ends an attempt that nothing else can end, and never says other than the gateway."""

from datetime import timedelta

import pytest

from kassa.core.errors import Conflict
from kassa.gateways.submissions import OpenedCheckout
from kassa.orders import attempts as stages
from kassa.orders.attempts import Attempt, AttemptResolution, ResolvedAs
from kassa.orders.next_step import SUBMITTING_TAKES
from kassa.orders.resolutions import HostedCheckoutStatus, check, is_resolved_as
from tests.support.builders import NOW

CHECKOUT = OpenedCheckout(checkout_id="cs_1", url="https://pay.example/cs_1")
SUBMITTED = stages.begun(2, ("stripe", "main"), NOW)
UNKNOWN = stages.unanswered(SUBMITTED, NOW)
OPEN = stages.opened(SUBMITTED, CHECKOUT, NOW)
CLOSES = NOW + timedelta(hours=1)
TIMED = stages.opened(SUBMITTED, CHECKOUT.model_copy(update={"expires_at": CLOSES}), NOW)


def reason_against(attempt: Attempt, outcome: str, gateway_status: str, later_s: float = 0) -> str:
    """Return why a person can't say this; nothing where they can."""
    now = NOW + timedelta(seconds=later_s)
    try:
        check(attempt, ResolvedAs(outcome), HostedCheckoutStatus(gateway_status), now)
    except Conflict as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("gateway_status", "allowed"),
    [
        ("open", set()),
        ("paid", {"paid"}),
        ("expired", {"expired", "failed"}),
        ("failed", {"expired", "failed"}),
        ("absent", {"expired", "failed"}),
        ("unknown", {"paid", "expired", "failed"}),
    ],
)
def test_only_what_the_gateway_does_not_contradict_can_be_resolved(
    gateway_status: str, allowed: set[str]
) -> None:
    assert {
        one for one in ResolvedAs if not reason_against(UNKNOWN, one, gateway_status)
    } == allowed


def test_a_contradiction_says_what_the_gateway_says_and_what_to_do() -> None:
    who = "attempt 2 at stripe/main isn't"

    assert reason_against(UNKNOWN, "failed", "paid") == f"{who} failed: stripe says it is paid"
    assert reason_against(UNKNOWN, "expired", "open") == (
        f"{who} expired: stripe says it is open and can be paid: close it there first"
    )


def test_nobody_can_resolve_anything_while_it_is_just_being_submitted() -> None:
    takes_s = SUBMITTING_TAKES.total_seconds()

    assert reason_against(SUBMITTED, "failed", "absent", takes_s - 1) == (
        "attempt 2 at stripe/main is just being asked: wait a minute"
    )
    assert reason_against(SUBMITTED, "failed", "absent", takes_s) == ""
    assert reason_against(UNKNOWN, "failed", "absent", takes_s - 1) == ""


@pytest.mark.parametrize(
    ("attempt", "state"),
    [
        (stages.paid(OPEN, "pi_1", NOW), "paid"),
        (stages.expired(OPEN, NOW), "expired"),
        (stages.failed(OPEN, None, NOW), "failed"),
        (stages.refused(SUBMITTED, "no", False, NOW), "refused"),
    ],
)
def test_what_has_ended_stays_as_it_ended(attempt: Attempt, state: str) -> None:
    why = reason_against(attempt, "failed", "unknown")

    assert why == f"attempt 2 at stripe/main is {state} already"


def test_a_checkout_that_was_shown_stays_payable_until_its_time_is_over() -> None:
    shown = "attempt 2 at stripe/main was shown and can be paid"

    assert reason_against(OPEN, "failed", "unknown") == f"{shown}: ask stripe again later"
    assert reason_against(TIMED, "failed", "unknown", 3599) == (
        f"{shown} until 2026-11-21 10:00 UTC: ask stripe again later"
    )
    assert reason_against(TIMED, "failed", "unknown", 3600) == ""
    assert reason_against(TIMED, "expired", "expired") == ""


def test_a_checkout_that_nobody_was_shown_can_be_ended_before_its_time() -> None:
    unseen = UNKNOWN.model_copy(update={"expires_at": CLOSES})

    assert reason_against(unseen, "failed", "unknown") == ""


def resolution(
    outcome: str = "failed", by: str = "key_1", reason: str = "called them"
) -> AttemptResolution:
    return AttemptResolution(outcome=ResolvedAs(outcome), by=by, at=NOW, reason=reason)


def test_the_same_resolution_by_the_same_person_changes_nothing() -> None:
    resolved = stages.resolved(UNKNOWN, resolution(), None, NOW)

    assert is_resolved_as(resolved, resolution(reason="in other words"))
    assert not is_resolved_as(resolved, resolution(by="key_2"))
    assert not is_resolved_as(resolved, resolution("expired"))
    assert not is_resolved_as(UNKNOWN, resolution())
