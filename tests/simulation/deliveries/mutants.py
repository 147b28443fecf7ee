"""Planted mistakes of telling: each must be caught by some seed, or the invariants are blind."""

from datetime import timedelta
from typing import Any

from kassa.billing.receivables.receivable import EntryKind
from kassa.billing.reminders import (
    charge_late,
    check_still_due,
    remind,
    schedule,
    send_reminders,
    still_due,
)
from kassa.billing.reminders.still_due import StillDue
from kassa.billing.reminders.store import Stage
from kassa.deliveries import store
from kassa.deliveries.delivery import Delivery, Outcome, Status, begun, ended
from kassa.deliveries.items import item_of
from kassa.deliveries.store import Deliveries
from kassa.messages.carriers import ask_carrier
from kassa.messages.carriers.answers import Answer
from kassa.partners import keep_record, record_state
from kassa.partners.record_state import Turn
from kassa.partners.webhooks import retries, submit_delivery
from kassa.platform import clock, table
from kassa.platform.messaging import sqs
from tests.simulation.engine.mutants import Mutant


def _put(delivery: Delivery) -> None:
    table.write("put_item", Item=table.typed(item_of(delivery)))


def on_no_version(real: Any) -> Any:
    """Write a delivery over whatever stands, and take it for one's own."""

    def wrote(self: Deliveries, after: Delivery, before: Delivery | None) -> bool:
        _put(after)
        return True

    return wrote


def always_repeated(real: Any) -> Any:
    """Begin anew whatever attempt crashed."""
    return lambda self, new, *, is_repeatable: real(self, new, is_repeatable=True)


def silent_as_busy(real: Any) -> Any:
    """Take a carrier that said nothing for one that refused."""

    def outcome_of(answer: Any, code: str, attempt: Any, now: Any) -> Any:
        is_silent = answer is Answer.NONE
        return real(Answer.BUSY if is_silent else answer, code, attempt, now)

    return outcome_of


def unwritten(real: Any) -> Any:
    """Begin an attempt without writing it down, unless something stands."""

    def begin(self: Deliveries, new: Delivery, *, is_repeatable: bool) -> Any:
        kept = self.find(new.delivery_id)
        if kept is not None and kept.status is not Status.WAITING:
            return None
        return begun(kept or new, clock.now(), "nobody", is_repeatable=is_repeatable)

    return begin


def over_all(real: Any) -> Any:
    """Write an outcome over whatever was reported meanwhile."""

    def end(self: Deliveries, attempt: Delivery, outcome: Outcome) -> Delivery:
        after = ended(attempt, outcome)
        _put(after)
        return after

    return end


def the_last_one(real: Any) -> Any:
    """Let the report that came last stand."""

    def reported(kept: Delivery, status: Status, reason: str | None) -> Any:
        update = {"status": status, "reason": reason, "next_attempt_at": None}
        return kept.model_copy(update=update | {"version": kept.version + 1})

    return reported


def only_what_waits(real: Any) -> Any:
    """Look again at what waits, and never at an attempt that crashed."""

    def due_at(self: Delivery) -> Any:
        return self.next_attempt_at if self.status is Status.WAITING else None

    return property(due_at)


def silent_as_taken(real: Any) -> Any:
    """Take a receiver that said nothing for one that took it."""

    def outcome(delivery: Any, answer: Any, now: Any, draw: Any) -> Any:
        return Outcome(Status.SENT) if answer.status is None else real(delivery, answer, now, draw)

    return outcome


def given_up(real: Any) -> Any:
    """Try a webhook for an hour."""

    def outcome(delivery: Any, answer: Any, now: Any, draw: Any) -> Any:
        after = real(delivery, answer, now, draw)
        is_late = now - delivery.created_at > timedelta(hours=1)
        is_over = after.status is Status.WAITING and is_late
        return Outcome(Status.FAILED, answer.reason) if is_over else after

    return outcome


def named_anew(real: Any) -> Any:
    """Give each attempt an id of its own."""

    def webhook_of(delivery: Any) -> Any:
        made = real(delivery)
        return made._replace(message_id=f"{made.message_id}{delivery.attempts}")

    return webhook_of


def formed_anew(real: Any) -> Any:
    """Say in each attempt which one it is."""

    def webhook_of(delivery: Any) -> Any:
        made = real(delivery)
        return made._replace(body=made.body[:-1] + f',"attempt":{delivery.attempts}}}'.encode())

    return webhook_of


def to_the_first(real: Any) -> Any:
    """Enqueue a fact for one endpoint alone."""

    def send_fairly(queue_url: str, bodies: Any) -> Any:
        return real(queue_url, list(bodies)[:1])

    return send_fairly


def whatever_its_version(real: Any) -> Any:
    """Send an older state over a newer one."""

    def claim(*given: Any) -> Any:
        turn = real(*given)
        return Turn.SEND if turn is Turn.OUTDATED else turn

    return claim


def only_this_one(real: Any) -> Any:
    """Take a newer state that a partner holds for no reason to keep an older one back."""
    return lambda held, record: held.version == record.version


def unlooked(real: Any) -> Any:
    """Send again after a silence, without looking what came of it."""

    def claim(*given: Any) -> Any:
        turn = real(*given)
        return Turn.SEND if turn is Turn.LOOK_UP else turn

    return claim


def unclaimed(real: Any) -> Any:
    """Let two deliveries be at one record at once."""

    def claim(*given: Any) -> Any:
        turn = real(*given)
        return Turn.SEND if turn is Turn.WAIT else turn

    return claim


def whoever_is_asked(real: Any) -> Any:
    """Take what a fact says is owed for what is owed when it is sent."""

    def is_still_due(reminder: Any, customer: Any, today: Any) -> StillDue:
        return StillDue(reminder.invoices, reminder.amounts)

    return is_still_due


def every_step(real: Any) -> Any:
    """Catch up by each step that was missed, one a day."""

    def step(anchor: Any, customer: Any, policy: Any, today: Any) -> Any:
        last = customer.reminded_on.get(anchor.number)
        come = (one for one in policy.steps if anchor.due_on + timedelta(one.days) <= today)
        return next((x for x in come if not last or last < anchor.due_on + timedelta(x.days)), None)

    return step


def unpaused(real: Any) -> Any:
    """Take no notice of pauses and promises."""
    return lambda invoice, customer, today: invoice.hold


def by_each_reminder(real: Any) -> Any:
    """Charge a fee with each reminder."""

    def late_entries(of: Any, receivable: Any, policy: Any, clock: Any) -> Any:
        day = clock[0].date()
        kept = receivable.entries
        fresh = tuple(one for one in kept if one.kind is not EntryKind.LATE_FEE)
        entries = real(of, receivable.model_copy(update={"entries": fresh}), policy, clock)
        return tuple(
            one.model_copy(update={"source_id": f"{one.source_id}:{day}"})
            if one.kind is EntryKind.LATE_FEE
            else one
            for one in entries
        )

    return late_entries


def under_a_new_id(real: Any) -> Any:
    """Publish a reminder that died on its way as another fact."""

    def reminder_fact(reminder: Any) -> Any:
        fact = real(reminder)
        named = f"{fact.metadata.fact_id}:{clock.now()}"
        return fact.model_copy(
            update={"metadata": fact.metadata.model_copy(update={"fact_id": named})}
        )

    return reminder_fact


def charged_later(real: Any) -> Any:
    """Take a reminder that died before its charges for one that needs none."""

    def finish(was: Any, merchant: Any, time_left_s: Any) -> bool:
        return bool(real(was._replace(stage=Stage.COMPOSED), merchant, time_left_s))

    return finish


MUTANTS = (
    Mutant("a delivery written on no version", ((Deliveries, "_wrote", on_no_version),)),
    Mutant("a crashed mail sent again", ((Deliveries, "begin", always_repeated),)),
    Mutant("a carrier's silence taken for a no", ((ask_carrier, "outcome_of", silent_as_busy),)),
    Mutant(
        "a mail before its record",
        ((Deliveries, "begin", unwritten), (Deliveries, "end", over_all)),
    ),
    Mutant("an outcome over a report", ((Deliveries, "end", over_all),)),
    Mutant("the last report stands", ((store, "reported", the_last_one),)),
    Mutant("a crashed attempt forgotten", ((Delivery, "due_at", only_what_waits),)),
    Mutant("a receiver's silence taken for a yes", ((retries, "outcome", silent_as_taken),)),
    Mutant("a webhook tried for an hour", ((retries, "outcome", given_up),)),
    Mutant("an id for each attempt", ((submit_delivery, "webhook_of", named_anew),)),
    Mutant("another body for each attempt", ((submit_delivery, "webhook_of", formed_anew),)),
    Mutant("a fact for one endpoint alone", ((sqs, "send_fairly", to_the_first),)),
    Mutant(
        "an older state over a newer",
        (
            (record_state, "claim", whatever_its_version),
            (keep_record, "_is_there", only_this_one),
        ),
    ),
    Mutant("a record sent again unlooked", ((record_state, "claim", unlooked),)),
    Mutant("two at one record", ((record_state, "claim", unclaimed),)),
    Mutant("a reminder sent unasked", ((check_still_due, "is_still_due", whoever_is_asked),)),
    Mutant("a reminder for each step missed", ((schedule, "_step", every_step),)),
    Mutant(
        "a promise and a pause ignored",
        ((schedule, "why_held", unpaused), (still_due, "why_held", unpaused)),
    ),
    Mutant("a fee with each reminder", ((charge_late, "late_entries", by_each_reminder),)),
    Mutant("a reminder under a new id", ((remind, "reminder_fact", under_a_new_id),)),
    Mutant("charges forgotten by a crash", ((send_reminders, "finish", charged_later),)),
)
