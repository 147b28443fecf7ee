"""The calendar of reminders: what will be sent as things stand, or would have been.

Each day is decided as a run would decide it, and what it tells and charges counts on the days that
follow. The past is worked out on how each invoice stood on the day.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kassa.billing.receivables.history import History
from kassa.billing.receivables.receivable import KeptReceivable, Receivable
from kassa.billing.reminders.late_charges import LateInvoice, late_entries
from kassa.billing.reminders.owed.open_invoice import open_invoice
from kassa.billing.reminders.policy.model import ReminderPolicy, Weekday
from kassa.billing.reminders.records import Reminder, reminder_of, sums_of
from kassa.billing.reminders.schedule import Customer, Due, Hold, OpenInvoice, decide
from kassa.core.merchant import Merchant


class Days(NamedTuple):
    """Days that follow each other, by the seller's calendar."""

    first: date
    length: int

    def each(self) -> Iterator[date]:
        """Yield them."""
        return (self.first + timedelta(days=number) for number in range(self.length))


class Accounts(NamedTuple):
    """What a customer owes, with what is found out about it beside their pauses."""

    customer: Customer  # its invoices aside
    invoices: tuple[KeptReceivable, ...]
    holds: Mapping[str, Hold] = {}


class Rules(NamedTuple):
    """By what it is decided, and how an invoice is seen for late charges."""

    policy: ReminderPolicy
    merchant: Merchant
    late: Callable[[KeptReceivable], LateInvoice]


def calendar(accounts: Accounts, days: Days, rules: Rules) -> Iterator[Reminder]:
    """Yield the reminders of a customer on some days, in their order, one a day at most."""
    reminded_on = dict(accounts.customer.reminded_on)
    receivables = {one.number: one.receivable for one in accounts.invoices}
    for day in days.each():
        if tuple(Weekday)[day.weekday()] not in rules.policy.window.days:
            continue
        at = _opens_at(day, rules)
        stood = _stood(accounts, receivables, (day, rules))
        customer = accounts.customer._replace(invoices=tuple(stood), reminded_on=reminded_on)
        due = decide(customer, rules.policy, day).due
        if due is None:
            continue
        reminded_on |= dict.fromkeys((one.number for one in due.invoices), day)
        _charge(accounts, receivables, due, (at, rules))
        stood = _stood(accounts, receivables, (day, rules))
        yield _with_charges(
            reminder_of(customer.customer_id, due, rules.policy, rules.merchant, at), stood
        )


def held_back(accounts: Accounts, day: date, rules: Rules) -> Mapping[str, Hold]:
    """Return which of a customer's invoices a day's run would leave out, and why."""
    receivables = {one.number: one.receivable for one in accounts.invoices}
    stood = _stood(accounts, receivables, (day, rules))
    return decide(accounts.customer._replace(invoices=tuple(stood)), rules.policy, day).held


def _opens_at(day: date, rules: Rules) -> datetime:
    local = datetime.combine(day, rules.policy.window.first, ZoneInfo(rules.merchant.time_zone))
    return local.astimezone(UTC)


def _stood(
    accounts: Accounts, receivables: Mapping[str, Receivable], on: tuple[date, Rules]
) -> list[OpenInvoice]:
    """Return the invoices of which something was owed at the end of a day."""
    (day, rules), stood = on, list[OpenInvoice]()
    for kept in accounts.invoices:
        receivable = receivables[kept.number]
        if any(rules.merchant.day_of(one.at) > day for one in receivable.entries):
            history = History(receivable, kept.of.issued_on, rules.merchant.day_of)
            receivable = history.as_of(day)
        if receivable.open_minor > 0:
            stood.append(open_invoice(kept, receivable, accounts.holds.get(kept.number)))
    return stood


def _charge(
    accounts: Accounts,
    receivables: dict[str, Receivable],
    due: Due,
    by: tuple[datetime, Rules],
) -> None:
    """Enter what the reminder would charge, where only the calendar sees it."""
    at, rules = by
    named = {one.number for one in due.invoices}
    for kept in accounts.invoices:
        if kept.number in named:
            receivable = receivables[kept.number]
            stood = History(receivable, kept.of.issued_on, rules.merchant.day_of).as_of(
                rules.merchant.day_of(at)
            )
            clock = at, rules.merchant.day_of
            charged = late_entries(rules.late(kept), stood, rules.policy, clock)
            receivables[kept.number] = receivable.with_entries(charged)


def _with_charges(reminder: Reminder, stood: Iterable[OpenInvoice]) -> Reminder:
    charged = {one.number: one for one in stood}
    invoices = tuple(
        one.model_copy(
            update={
                "open": one.open.model_copy(
                    update={"amount_minor": charged[one.number].open_minor}
                ),
                "fee_minor": charged[one.number].fee_minor,
                "interest_minor": charged[one.number].interest_minor,
            }
        )
        for one in reminder.invoices
    )
    return reminder.model_copy(update={"invoices": invoices, "amounts": sums_of(invoices)})
