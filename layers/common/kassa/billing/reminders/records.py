"""Reminders as they are kept: written once, before anybody hears of them, and published from that.

What was written is published word for word however often that takes, so a fact means the same to
whoever hears of it a second time.
"""

from datetime import date, datetime
from hashlib import sha256

from kassa.billing.reminders.facts import (
    Channel,
    CheckoutAbandoned,
    RemindedInvoice,
    ReminderDue,
    ReminderFactData,
    Tone,
)
from kassa.billing.reminders.policy.model import ReminderPolicy
from kassa.billing.reminders.schedule import Due, OpenInvoice
from kassa.core.facts import Fact, FactMetadata
from kassa.core.merchant import Merchant
from kassa.core.model import Instant, Model
from kassa.core.money import Money, Sums

INVOICES_MAX = 200  # named by one reminder; its sums are of all, and an event has 256 KB

ReminderFact = Fact[ReminderFactData]


class Reminder(Model):
    """That a customer is to be reminded: once for each customer, anchor and step."""

    merchant_id: str
    customer_id: str
    anchor: str  # the number of the oldest invoice that it is about
    step: str
    days: int  # of the step, after the anchor's due date
    step_on: date  # the step's day, which a catch-up comes after
    channel: Channel
    tone: Tone
    invoices: tuple[RemindedInvoice, ...]
    amounts: tuple[Money, ...]
    reminded_on: date  # the seller's day on which it was decided
    decided_at: Instant
    policy_version: int

    @property
    def reminder_id(self) -> str:
        """Return what names it, the same for the same customer, anchor and step."""
        named = "\n".join((self.merchant_id, self.customer_id, self.anchor, self.step))
        return f"rem_{sha256(named.encode()).hexdigest()[:32]}"


class AbandonedCheckout(Model):
    """That a customer is to be told of an order they left: once for each order."""

    merchant_id: str
    customer_id: str
    order_id: str
    amount: Money
    decided_at: Instant


def sums_of(invoices: tuple[RemindedInvoice, ...]) -> tuple[Money, ...]:
    """Return what invoices come to, one amount for each currency, in their order."""
    sums, currencies = Sums(one.open for one in invoices), dict[str, None]()
    for one in invoices:
        currencies[one.open.currency] = None
    return tuple(Money(amount_minor=sums.of(name), currency=name) for name in currencies)


def reminder_of(
    customer_id: str, due: Due, policy: ReminderPolicy, merchant: Merchant, now: datetime
) -> Reminder:
    """Return the reminder of what is due of a customer at an instant."""
    invoices = tuple(map(reminded_invoice, due.invoices))
    return Reminder(
        merchant_id=merchant.merchant_id,
        customer_id=customer_id,
        anchor=due.anchor.number,
        step=due.step.name,
        days=due.step.days,
        step_on=due.step_on,
        channel=Channel(due.step.channel.value),
        tone=Tone(due.tone.value),
        invoices=invoices,
        amounts=sums_of(invoices),
        reminded_on=merchant.day_of(now),
        decided_at=now,
        policy_version=policy.version,
    )


def reminded_invoice(one: OpenInvoice) -> RemindedInvoice:
    """Return an invoice as a reminder names it."""
    return RemindedInvoice(
        number=one.number,
        order_id=one.order_id,
        due_on=one.due_on,
        open=Money(amount_minor=one.open_minor, currency=one.currency),
        fee_minor=one.fee_minor,
        interest_minor=one.interest_minor,
    )


def reminder_fact(reminder: Reminder) -> ReminderFact:
    """Return what a reminder is published as, the same every time."""
    data = ReminderDue(
        object_id=reminder.reminder_id,
        occurred_at=reminder.decided_at,
        amount=reminder.amounts[0],
        customer_id=reminder.customer_id,
        anchor=reminder.anchor,
        step=reminder.step,
        days=reminder.days,
        channel=reminder.channel,
        tone=reminder.tone,
        invoices=reminder.invoices[:INVOICES_MAX],
        amounts=reminder.amounts,
    )
    return ReminderFact(metadata=_metadata(reminder, data, "customer"), data=data)


def abandoned_fact(abandoned: AbandonedCheckout) -> ReminderFact:
    """Return what an abandoned checkout is published as, the same every time."""
    data = CheckoutAbandoned(
        object_id=abandoned.order_id,
        occurred_at=abandoned.decided_at,
        amount=abandoned.amount,
        customer_id=abandoned.customer_id,
        order_id=abandoned.order_id,
    )
    return ReminderFact(metadata=_metadata(abandoned, data, "order"), data=data)


def _metadata(
    of: Reminder | AbandonedCheckout, data: ReminderDue | CheckoutAbandoned, subject_kind: str
) -> FactMetadata:
    subject_id = of.customer_id if subject_kind == "customer" else data.object_id
    return FactMetadata(
        fact_id=f"{subject_id}:{data.object_id}:{data.fact}",
        event_id=data.object_id,
        merchant_id=of.merchant_id,
        gateway="kassa",
        account="main",
        subject_kind=subject_kind,
        subject_id=subject_id,
        version=1,
        booked_at=of.decided_at,
    )
