"""Runs reminders through the real function and table, and reads what it published."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from functions.send_reminders.app import lambda_handler
from kassa.audit.trail import Actor
from kassa.billing.reminders.pause_reminders import Pause, Whose, pause_reminders
from kassa.billing.reminders.policy.save_reminder_policy import save_reminder_policy
from kassa.core.merchant import Merchant
from kassa.platform.settings import settings
from tests.support.aws_stack import Context, FakeClock, Stack

OPERATOR = Actor(aws_arn="arn:aws:iam::123456789012:user/anna")
DUE = date(2026, 12, 5)  # a Saturday


def rule(**document: Any) -> None:
    """Save a policy of reminders."""
    save_reminder_policy(document, "main", OPERATOR, lambda: 30.0)


def merchant() -> Merchant:
    """Return the merchant as the settings say."""
    return Merchant.from_settings(settings().model_dump())


def pause(until: date, **whose: str) -> None:
    """Pause the reminders of a customer, or of an invoice by its number."""
    pause_reminders(merchant(), Whose(**whose), Pause(until, "a call", OPERATOR), lambda: 30.0)


def handle(context: Context) -> Any:
    """Run the function once, now."""
    return lambda_handler({}, context)


def run(fake_clock: FakeClock, day: date, at: time = time(9), left_s: float = 900.0) -> Any:
    """Run the function once on a day, at an hour of UTC's, which is the seller's here."""
    fake_clock.at = datetime.combine(day, at, UTC)
    context = Context()
    context.left_s = left_s
    return lambda_handler({}, context)


def run_days(fake_clock: FakeClock, first: date, days: int) -> None:
    """Run the function once a day."""
    for number in range(days):
        run(fake_clock, first + timedelta(days=number))


def published_facts(stack: Stack, kind: str = "ReminderDue") -> list[dict[str, Any]]:
    """Take the facts of a kind off the bus, each once, in their order."""
    facts = {
        one["detail"]["metadata"]["fact_id"]: one["detail"]["data"]
        for one in stack.published()
        if one["detail-type"] == kind
    }
    return list(facts.values())


def steps(facts: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return on which day which step was due, and of which anchor."""
    return [(one["occurred_at"][5:10], one["step"], one["anchor"][-2:]) for one in facts]
