"""What must hold of reminders in the end, worked out from the facts, the mails and who paid when.

Nothing is asked of the code's own rules: steps and their days stand here once more.
"""

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any, NamedTuple

from kassa.billing.receivables.receivable import Entry, EntryKind
from kassa.billing.receivables.store import Receivables
from kassa.platform import table
from tests.simulation.deliveries.invariants import (
    Records,
    dead,
    mailed_otherwise,
    mails_of,
    records_of,
    unended,
)
from tests.simulation.deliveries.reminders import DAY, FEE, Debt, RemindersWorld
from tests.simulation.deliveries.world import TABLE

STEPS = {"before-due": -3, "due": 0, "first": 3, "second": 10, "last": 21}
WEEK = timedelta(days=7)  # after which what became true is no news
UNDER_WAY = timedelta(seconds=180)  # a mail that was begun before somebody paid still lands
_LATE = {EntryKind.LATE_FEE, EntryKind.LATE_INTEREST}
_NUMBER = re.compile(r"\b\d{4}-\d{8}\b")


class Published(NamedTuple):
    """A reminder as its fact says it."""

    fact_id: str
    at: datetime
    day: date
    customer_id: str
    anchor: str
    step: str
    numbers: tuple[str, ...]


def violations(world: RemindersWorld) -> list[str]:
    """Return everything that is wrong now."""
    reminders, records = published_reminders(world), records_of(world)
    untrue = [one for one in records.values() if one.get("reason") == "not_true_any_more"]
    world.schedule.seen["a reminder was skipped: it wasn't true any more"] += len(untrue)
    skips = {"suppressed", "not_true_any_more", "outdated"}
    return [
        *unended(records),
        *dead(world),
        *mailed_otherwise(world, records, skips),
        *_recorded(reminders, mails_of(records)),
        *_called_outdated(records, world),
        *_twice(reminders),
        *_of_what_is_held(world, reminders),
        *_mailed_of_what_is_held(world),
        *_not_the_latest(world, reminders),
        *_forgotten(world, reminders),
        *_late_charges(world, reminders),
    ]


def published_reminders(world: RemindersWorld) -> list[Published]:
    """Return what was published, in its order."""
    found = []
    for fact_id, fact in world.published.items():
        data = fact["data"]
        if data["fact"] == "ReminderDue":
            at = _instant(data["occurred_at"])
            numbers = tuple(one["number"] for one in data["invoices"])
            who = data["customer_id"], data["anchor"], data["step"]
            found.append(Published(fact_id, at, world.merchant.day_of(at), *who, numbers))
    return sorted(found, key=lambda one: one.at)


def _recorded(reminders: list[Published], mails: Records) -> list[str]:
    """Each reminder has one delivery, and no other has one."""
    counts = Counter(str(one["fact_id"]) for one in mails.values())
    counts.subtract(one.fact_id for one in reminders)
    return [f"{name} has {1 + n} deliveries" for name, n in sorted(counts.items()) if n]


def _called_outdated(records: Records, world: RemindersWorld) -> list[str]:
    """Only what was published more than a week after it was decided is no news."""
    return [
        f"{name} was called outdated after {age}"
        for name, one in sorted(records.items())
        if one.get("reason") == "outdated"
        and (age := _instant(one["created_at"]) - _decided_at(world, one["fact_id"])) <= WEEK
    ]


def _decided_at(world: RemindersWorld, fact_id: Any) -> datetime:
    return _instant(world.published[str(fact_id)]["metadata"]["booked_at"])


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))


def _twice(reminders: list[Published]) -> list[str]:
    """Never two of a step, and never two a day to one customer."""
    steps = Counter((one.customer_id, one.anchor, one.step) for one in reminders)
    days = Counter((one.customer_id, one.day) for one in reminders)
    return [
        f"{named} was reminded of {count} times"
        for named, count in [*steps.items(), *days.items()]
        if count > 1
    ]


def _of_what_is_held(world: RemindersWorld, reminders: list[Published]) -> list[str]:
    """Nothing is decided of an invoice that was paid, promised or paused before."""
    return [
        f"{one.fact_id} names {number}, which was {held.why} since {held.since}"
        for one in reminders
        for number in one.numbers
        for held in world.held[number]
        if held.since < one.at < held.until
    ]


def _mailed_of_what_is_held(world: RemindersWorld) -> list[str]:
    """No mail names an invoice that was paid, promised or paused some time before it left."""
    found = []
    for at, content in world.mailer.mails:
        page = message_from_bytes(content, policy=default).get_body(("plain",))
        text = page.get_content() if page else ""
        found += [
            f"a mail at {at} names {number}, which was {held.why} since {held.since}"
            for number in sorted(set(_NUMBER.findall(text)))
            for held in world.held[number]
            if held.since + UNDER_WAY < at < held.until
        ]
    return found


def _not_the_latest(world: RemindersWorld, reminders: list[Published]) -> list[str]:
    """A step is sent from its day on, if none that is later has come, and if it is news.

    So runs that were missed are caught up by one reminder.
    """
    due_on = {one.number: one.due_on for one in world.debts}
    named_on: dict[str, date] = {}
    found = []
    for one in reminders:
        step_on = due_on[one.anchor] + STEPS[one.step] * DAY
        come = [name for name, days in STEPS.items() if due_on[one.anchor] + days * DAY <= one.day]
        if come[-1:] != [one.step]:
            found.append(f"{one.fact_id} has {one.step} on {one.day}, of {come}")
        if (last := named_on.get(one.anchor)) is not None and last >= step_on:
            found.append(f"{one.fact_id} of {step_on} was named on {last} already")
        world.schedule.seen["a reminder caught up after days"] += one.day >= step_on + 2 * DAY
        named_on |= dict.fromkeys(one.numbers, one.day)
    return found


def _forgotten(world: RemindersWorld, reminders: list[Published]) -> list[str]:
    """What is owed to the end was reminded of to the end of its ladder."""
    now = world.schedule.now()
    return [
        f"{debt.number} is owed, and its last step was never sent"
        for debt in world.debts
        if not any(held.until > now for held in world.held[debt.number])
        and not any(
            debt.number in one.numbers and one.day >= debt.due_on + STEPS["last"] * DAY
            for one in reminders
        )
    ]


def _late_charges(world: RemindersWorld, reminders: list[Published]) -> list[str]:
    """A fee is charged once, with a reminder that names its invoice, and each charge is posted."""
    posted = Counter(
        fact["data"]["object_id"]
        for fact in world.published.values()
        if fact["data"]["fact"] == "LateFeeCharged"
    )
    decided = _decided(world)
    found = []
    for debt in world.debts:
        charged = _charged(debt)
        fees = [one for one in charged if one.kind is EntryKind.LATE_FEE]
        late_on = debt.due_on + FEE["after_days"] * DAY
        is_due = any(debt.number in one.numbers and one.day >= late_on for one in reminders)
        world.schedule.seen["a fee was charged for being late"] += bool(fees)
        if len(fees) > 1 or (is_due and not fees):
            found.append(f"{debt.number} is charged {len(fees)} fees")
        for entry in charged:
            if posted[entry.source_id] != 1:
                found.append(f"{entry.source_id} was posted {posted[entry.source_id]} times")
            if (debt.number, entry.at) not in decided:
                found.append(f"{entry.source_id} was charged without a reminder")
    return found


def _charged(debt: Debt) -> list[Entry]:
    entries = Receivables("main").of_number(debt.number).receivable.entries
    return [one for one in entries if one.kind in _LATE]


def _decided(world: RemindersWorld) -> set[tuple[str, datetime]]:
    """Return which invoices reminders that were written name, each with when that was decided."""
    items = (table.plain(item) for item in world.store.all_items(TABLE))
    kept = [read(one) for one in items if str(one["SK"]).startswith("REMINDER#")]
    return {
        (invoice["number"], _instant(one["decided_at"]))
        for one in kept
        for invoice in one["invoices"]
    }


def read(item: dict[str, Any]) -> dict[str, Any]:
    """Return a document of the table."""
    found: dict[str, Any] = json.loads(item["document"])
    return found
