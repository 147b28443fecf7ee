"""No reminder is firmer than what went before it: its text speaks of earlier ones."""

from datetime import date, timedelta

import pytest

from kassa.billing.reminders.policy.model import DEFAULT_STEPS, Channel, PolicyRules, Step, Tone
from kassa.billing.reminders.schedule import Customer, OpenInvoice, decide

DUE = date(2026, 12, 5)
INVOICE = OpenInvoice("2026-00000001", DUE, "EUR", 100_00)


def tone(days: int, last_days: int | None, steps: tuple[Step, ...] = DEFAULT_STEPS) -> Tone | None:
    """Return the tone of what is due so many days after the due date; `last_days`: told before."""
    reminded_on = {} if last_days is None else {INVOICE.number: DUE + timedelta(days=last_days)}
    customer = Customer("customer-1", (INVOICE,), reminded_on)
    due = decide(customer, PolicyRules(steps=steps), DUE + timedelta(days=days)).due
    return due.tone if due else None


@pytest.mark.parametrize(
    ("days", "last_days", "expected"),
    [
        (-3, None, Tone.FRIENDLY),
        (0, -3, Tone.FRIENDLY),
        (3, 0, Tone.FRIENDLY),  # the first of what is overdue
        (10, 3, Tone.NEUTRAL),
        (21, 10, Tone.FINAL),
        (21, None, Tone.FRIENDLY),  # nobody was reminded at all
        (21, 0, Tone.FRIENDLY),  # or not since it is overdue
        (40, 3, Tone.FINAL),
    ],
)
def test_the_usual_ladder_is_as_firm_as_what_went_before(
    days: int, last_days: int | None, expected: Tone
) -> None:
    assert tone(days, last_days) is expected


def test_a_ladder_of_two_has_no_final_reminder_after_several() -> None:
    pairs = ((1, Tone.FIRM), (30, Tone.FINAL))
    steps = tuple(Step(name=f"s{at}", days=at, channel=Channel.MAIL, tone=one) for at, one in pairs)

    assert tone(1, None, steps) is Tone.FRIENDLY
    assert tone(30, 1, steps) is Tone.NEUTRAL


def test_a_milder_step_stays_as_mild_as_it_is() -> None:
    steps = tuple(
        Step(name=f"s{at}", days=at, channel=Channel.MAIL, tone=Tone.FRIENDLY) for at in (1, 5, 9)
    )

    assert [tone(1, None, steps), tone(5, 1, steps), tone(9, 5, steps)] == [Tone.FRIENDLY] * 3
