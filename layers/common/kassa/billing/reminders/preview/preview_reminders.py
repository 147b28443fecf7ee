"""What will be sent as things stand, and what a policy would have sent: reads, writes nothing."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from kassa.billing.reminders.charge_late import late_invoice
from kassa.billing.reminders.facts import Channel, RemindedInvoice, Tone
from kassa.billing.reminders.policy.model import PolicyRules, ReminderPolicy
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.billing.reminders.preview.calendar import (
    Accounts,
    Days,
    Rules,
    calendar,
    held_back,
)
from kassa.billing.reminders.preview.read_accounts import read_accounts, read_untold_accounts
from kassa.billing.reminders.records import Reminder
from kassa.core.errors import PolicyNotFound
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.core.money import Money
from kassa.platform import clock

REMINDERS_MAX = 1_000  # that are listed
DAYS_MAX = 92


class PlannedReminder(Model):
    """A reminder on a day, as it will be or would have been sent; charges are in its amounts."""

    on: date
    customer_id: str
    anchor: str
    step: str
    days: int
    channel: Channel
    tone: Tone
    invoices: tuple[RemindedInvoice, ...]
    amounts: tuple[Money, ...]


class HeldInvoice(Model):
    """An invoice that is left out today, and why."""

    number: str
    customer_id: str
    reason: str


class ReminderPreview(Model):
    """The calendar of reminders over some days."""

    policy_version: int | None  # none: of a policy that isn't saved
    first_day: date
    days: int
    reminders: tuple[PlannedReminder, ...]  # day by day
    held: tuple[HeldInvoice, ...] = ()
    is_complete: bool  # no: more is owed, or more is due, than is looked at at once


class PreviewRequest(NamedTuple):
    """Of how many days, and of which customer; without one, of all."""

    days: int
    customer_id: str | None = None


def preview(merchant: Merchant, request: PreviewRequest) -> ReminderPreview:
    """Return what will be sent from today on, if nothing is paid and nobody decides anything.

    Raises PolicyNotFound without a policy.
    """
    policy = SavedReminderPolicies(merchant.merchant_id).ruling()
    if policy is None:
        raise PolicyNotFound("no policy of reminders is saved, so nobody is reminded")
    today = merchant.day_of(clock.now())
    until = today + timedelta(days=request.days) + policy.lead
    found, is_complete = read_accounts(merchant.merchant_id, until, request.customer_id)
    rules = Rules(policy, merchant, partial(late_invoice, policy=policy))
    reminders = _planned(found, Days(today, request.days), rules)
    return ReminderPreview(
        policy_version=policy.version,
        first_day=today,
        days=request.days,
        reminders=tuple(reminders[:REMINDERS_MAX]),
        held=tuple(_held(found, today, rules)),
        is_complete=is_complete and len(reminders) <= REMINDERS_MAX,
    )


def try_policy(merchant: Merchant, policy: PolicyRules, days: int) -> ReminderPreview:
    """Return what a policy would have sent over the last days, of what is owed now.

    As if nobody had been reminded before, nothing been charged, promised or paused. How each
    invoice stood on a day counts; what was paid since isn't looked at.
    """
    now = clock.now()
    tried = ReminderPolicy(version=0, saved_at=now, saved_by="nobody", **dict(policy))
    today = merchant.day_of(now)
    found, is_complete = read_untold_accounts(merchant.merchant_id, today + policy.lead)
    rules = Rules(tried, merchant, partial(late_invoice, policy=policy))
    first = today - timedelta(days=days - 1)
    reminders = _planned(found, Days(first, days), rules)
    return ReminderPreview(
        policy_version=None,
        first_day=first,
        days=days,
        reminders=tuple(reminders[:REMINDERS_MAX]),
        is_complete=is_complete and len(reminders) <= REMINDERS_MAX,
    )


def _planned(found: Iterable[Accounts], days: Days, rules: Rules) -> list[PlannedReminder]:
    planned = [_shown(one) for each in found for one in calendar(each, days, rules)]
    return sorted(planned, key=lambda one: (one.on, one.customer_id))


def _shown(reminder: Reminder) -> PlannedReminder:
    fields: dict[str, Any] = {
        name: getattr(reminder, name) for name in PlannedReminder.model_fields if name != "on"
    }
    return PlannedReminder(on=reminder.reminded_on, **fields)


def _held(found: Iterable[Accounts], today: date, rules: Rules) -> Iterator[HeldInvoice]:
    for each in found:
        for number, hold in held_back(each, today, rules).items():
            customer_id = each.customer.customer_id
            yield HeldInvoice(number=number, customer_id=customer_id, reason=hold.value)
