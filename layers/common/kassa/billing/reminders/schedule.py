"""What a customer is to be reminded of today: a pure function of what they owe and were told.

Steps count from the due date of the **anchor**, the oldest invoice whose ladder isn't over, never
from when something ran. So whoever pays the oldest meets the ladder of the next one where that one
stands. A step is due from its day on, the latest one alone, until a reminder names the invoice:
runs that were missed, a pause or a promise are caught up by one reminder, and what was told of
together with older invoices isn't told again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kassa.billing.reminders.policy.model import PolicyRules, Step, Tone

_FIRMNESS = tuple(Tone).index


class Hold(StrEnum):
    """Why nobody is reminded of an invoice just now."""

    PROMISED = "promised"  # the customer said by when they pay, and that isn't over
    PAUSED = "paused"  # a person said so, of the invoice or of its customer
    PAYMENT_IN_FLIGHT = "payment_in_flight"  # a payment may be on its way
    DISPUTED = "disputed"  # a bank is deciding about a payment of its order
    TOO_OLD = "too_old"  # due before the policy begins
    BELOW_THRESHOLD = "below_threshold"


class OpenInvoice(NamedTuple):
    """An invoice of which something is owed."""

    number: str
    due_on: date
    currency: str
    open_minor: int  # late charges too
    order_id: str | None = None
    promised_on: date | None = None
    hold: Hold | None = None  # what was found out about payments of it
    fee_minor: int = 0
    interest_minor: int = 0


class Customer(NamedTuple):
    """A customer's open invoices, and what they were told before."""

    customer_id: str
    invoices: tuple[OpenInvoice, ...]
    reminded_on: Mapping[str, date] = {}  # by number: the last day on which a reminder named it
    paused_until: date | None = None  # the last day of it
    pauses: Mapping[str, date] = {}  # by number: the same of one invoice


class Due(NamedTuple):
    """A reminder that is due."""

    anchor: OpenInvoice
    step: Step
    step_on: date
    invoices: tuple[OpenInvoice, ...]  # the anchor first, then as they are due
    tone: Tone  # the step's, or a milder one


class Decided(NamedTuple):
    """What is due of a customer today, and which invoices are held back, by number."""

    due: Due | None
    held: Mapping[str, Hold]


def local_time(now: datetime, time_zone: str) -> datetime:
    """Return an instant by the seller's clock."""
    return now.astimezone(ZoneInfo(time_zone))


def decide(customer: Customer, policy: PolicyRules, today: date) -> Decided:
    """Return what a customer is to be reminded of today, by the seller's calendar, if anything.

    Whether it is a time of day to do so is the window's to say.
    """
    held = _held(customer, policy, today)
    free = [one for one in _in_order(customer.invoices) if one.number not in held]
    begun = [one for one in free if today >= one.due_on - policy.lead]
    overdue, below = _above(policy, [one for one in begun if one.due_on < today])
    is_reminded_today = any(on >= today for on in customer.reminded_on.values())
    anchor = _anchor(overdue, customer, policy)
    listed = overdue
    if anchor is None:
        listed, below = _above(policy, begun)
        anchor = _anchor([one for one in listed if one.due_on >= today], customer, policy)
    held = held | dict.fromkeys(below, Hold.BELOW_THRESHOLD)
    if anchor is None or is_reminded_today:
        return Decided(None, held)
    step = _step(anchor, customer, policy, today)
    if step is None:
        return Decided(None, held)
    others = (one for one in listed if one.number != anchor.number)
    on = anchor.due_on + timedelta(days=step.days)
    tone = _tone(anchor, step, customer, policy)
    return Decided(Due(anchor, step, on, (anchor, *others), tone), held)


def why_held(invoice: OpenInvoice, customer: Customer, today: date) -> Hold | None:
    """Return why an invoice isn't reminded of today, whatever it comes to; none where it may be."""
    if invoice.promised_on is not None and today <= invoice.promised_on:
        return Hold.PROMISED
    pauses = (customer.paused_until, customer.pauses.get(invoice.number))
    if any(until is not None and today <= until for until in pauses):
        return Hold.PAUSED
    return invoice.hold


def _held(customer: Customer, policy: PolicyRules, today: date) -> dict[str, Hold]:
    held = dict[str, Hold]()
    for one in customer.invoices:
        why = why_held(one, customer, today)
        if why is None and policy.due_from is not None and one.due_on < policy.due_from:
            why = Hold.TOO_OLD
        if why is not None:
            held[one.number] = why
    return held


def _in_order(invoices: Iterable[OpenInvoice]) -> list[OpenInvoice]:
    owed = (one for one in invoices if one.open_minor > 0)
    return sorted(owed, key=lambda one: (one.due_on, one.number))


def _above(policy: PolicyRules, invoices: list[OpenInvoice]) -> tuple[list[OpenInvoice], list[str]]:
    """Part invoices by whether their currency comes to what is worth a reminder."""
    sums = Counter[str]()
    for one in invoices:
        sums[one.currency] += one.open_minor
    worth = {name for name, minor in sums.items() if minor >= policy.threshold_minor(name)}
    above = [one for one in invoices if one.currency in worth]
    return above, [one.number for one in invoices if one.currency not in worth]


def _anchor(
    invoices: list[OpenInvoice], customer: Customer, policy: PolicyRules
) -> OpenInvoice | None:
    """Return the oldest invoice that a step is still to come of, or wasn't told."""
    last = timedelta(days=policy.steps[-1].days)
    for one in invoices:
        last_on = customer.reminded_on.get(one.number)
        if last_on is None or last_on < one.due_on + last:
            return one
    return None


def _step(anchor: OpenInvoice, customer: Customer, policy: PolicyRules, today: date) -> Step | None:
    """Return the latest step whose day has come, unless the invoice was told since that day."""
    come = [one for one in policy.steps if anchor.due_on + timedelta(days=one.days) <= today]
    if not come:
        return None
    last_on = customer.reminded_on.get(anchor.number)
    is_reminded = last_on is not None and last_on >= anchor.due_on + timedelta(days=come[-1].days)
    return None if is_reminded else come[-1]


def _tone(anchor: OpenInvoice, step: Step, customer: Customer, policy: PolicyRules) -> Tone:
    """Return the step's tone, unless its text would tell of reminders that there weren't.

    The first reminder of what is overdue is friendly, the second neutral at most: the firmer texts
    speak of those before.
    """
    if step.days <= 0:
        return step.tone
    last_on = customer.reminded_on.get(anchor.number)
    if last_on is None or last_on <= anchor.due_on:
        return Tone.FRIENDLY
    before = [one for one in policy.steps if 0 < one.days < step.days]
    return min(step.tone, Tone.NEUTRAL, key=_FIRMNESS) if len(before) < 2 else step.tone
