"""What will be sent as things stand, and what a policy would have sent: reads, writes nothing."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import accumulate, chain, repeat
from typing import NamedTuple

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
from kassa.billing.reminders.records import INVOICES_MAX, Reminder
from kassa.core.errors import PolicyNotFound
from kassa.core.merchant import Merchant
from kassa.core.model import Model
from kassa.core.money import Money
from kassa.platform import clock
from kassa.platform.clock import TimeLeft

REMINDERS_MAX = 1_000  # that are listed
LISTED_MAX = 10_000  # invoices that they name in all: an answer has 6 MB
TEXTS_MAX = 100  # reminders whose text is written
CHARACTERS_MAX = 300_000  # of these texts in all; in some languages each has six bytes as JSON
RESERVE_S = 5.0  # kept back for answering
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
    subject: str | None = None  # these three where texts are asked for, as in ReminderText
    text: str | None = None
    not_sent_because: str | None = None


class ReminderText(NamedTuple):
    """What a reminder says, word for word; a letter is typeset, and has no text."""

    subject: str | None = None  # of a mail
    text: str | None = None  # the whole of it, as plain text
    not_sent_because: str | None = None  # as things stand: no_address, suppressed, …


UNWRITTEN = ReminderText()


class Writing(NamedTuple):
    """How what reminders say is written, and for how long."""

    write: Callable[[Reminder], ReminderText]
    time_left_s: TimeLeft


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
    texts: int | None = None  # how many of them, from the first on, have their text; none asked for


class PreviewRequest(NamedTuple):
    """Of how many days, and of which customer; without one, of all. With texts, how to write."""

    days: int
    customer_id: str | None = None
    writing: Writing | None = None


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
    listed = fitting(reminders)
    texts = _texts(listed, request.writing) if request.writing else []
    return ReminderPreview(
        policy_version=policy.version,
        first_day=today,
        days=request.days,
        reminders=tuple(map(_shown, listed, chain(texts, repeat(UNWRITTEN)))),
        held=tuple(_held(found, today, rules)),
        is_complete=is_complete and len(listed) == len(reminders),
        texts=len(texts) if request.writing else None,
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
    listed = fitting(reminders)
    return ReminderPreview(
        policy_version=None,
        first_day=first,
        days=days,
        reminders=tuple(map(_shown, listed)),
        is_complete=is_complete and len(listed) == len(reminders),
    )


def _planned(found: Iterable[Accounts], days: Days, rules: Rules) -> list[Reminder]:
    planned = [one for each in found for one in calendar(each, days, rules)]
    return sorted(planned, key=lambda one: (one.reminded_on, one.customer_id))


def fitting(reminders: list[Reminder]) -> list[Reminder]:
    """Return the reminders that an answer has room for, from the first on."""
    sizes = accumulate(len(one.invoices[:INVOICES_MAX]) for one in reminders[:REMINDERS_MAX])
    return reminders[: sum(1 for size in sizes if size <= LISTED_MAX)]


def _texts(listed: list[Reminder], writing: Writing) -> list[ReminderText]:
    """Return what reminders say, from the first on, as far as room and time reach."""
    texts, characters = list[ReminderText](), 0
    for reminder in listed[:TEXTS_MAX]:
        if characters > CHARACTERS_MAX or writing.time_left_s() <= RESERVE_S:
            break
        texts.append(writing.write(reminder))
        characters += len(texts[-1].text or "")
    return texts


def _shown(reminder: Reminder, says: ReminderText = UNWRITTEN) -> PlannedReminder:
    return PlannedReminder(
        on=reminder.reminded_on,
        customer_id=reminder.customer_id,
        anchor=reminder.anchor,
        step=reminder.step,
        days=reminder.days,
        channel=reminder.channel,
        tone=reminder.tone,
        invoices=reminder.invoices[:INVOICES_MAX],
        amounts=reminder.amounts,
        **says._asdict(),
    )


def _held(found: Iterable[Accounts], today: date, rules: Rules) -> Iterator[HeldInvoice]:
    for each in found:
        for number, hold in held_back(each, today, rules).items():
            customer_id = each.customer.customer_id
            yield HeldInvoice(number=number, customer_id=customer_id, reason=hold.value)
