"""Send reminders: by the clock, tell the bus who is to be reminded of what, and what was left.

Each of a merchant's days has one run over all who owe, within the policy's hours, that goes on in
the next invocation where one's time is over. What is sent is somebody else's: facts are published.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from kassa.billing.reminders.checkouts.find_abandoned import find_abandoned, publish_abandoned
from kassa.billing.reminders.owed.store import Owed, owed_by_customer
from kassa.billing.reminders.policy.store import SavedReminderPolicies
from kassa.billing.reminders.records import AbandonedCheckout
from kassa.billing.reminders.remind import Today, finish, remind
from kassa.billing.reminders.runs import Run, Runs
from kassa.billing.reminders.schedule import decide, local_time
from kassa.billing.reminders.store import KeptReminder, Reminded, Untold, untold
from kassa.core.errors import NotPublished, UnreadableItem
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.settings import settings
from kassa.platform.table import AT_ONCE
from kassa.platform.telemetry import count, logger, reason_of

RESERVE_S = 10.0  # kept back for a customer that is begun, and for how far the run has come


class _Done(NamedTuple):
    """What a part of a run came to."""

    reminded: int = 0
    failed: int = 0
    is_complete: bool = True

    def plus(self, more: "_Done") -> "_Done":
        """Return both together; they are complete if the later one is."""
        return _Done(self.reminded + more.reminded, self.failed + more.failed, more.is_complete)


def send_reminders(time_left_s: TimeLeft) -> dict[str, int]:
    """Publish what is due now; return how many of each.

    Nothing is due without a policy, or outside its hours. What one customer fails at is logged and
    counted, and the others go on; what the bus doesn't take ends the run, and comes again.
    """
    merchant = Merchant.from_settings(settings().model_dump())
    policy, now = SavedReminderPolicies(merchant.merchant_id).ruling(), clock.now()
    if policy is None or not policy.window.is_open(local_time(now, merchant.time_zone)):
        return {"driven_again": 0, "reminded": 0, "abandoned": 0, "failed": 0}
    today = Today(merchant, policy, now)
    again = _drive_again(today, time_left_s)
    done = _remind_all(today, time_left_s)
    abandoned = find_abandoned(merchant, policy, now, time_left_s)
    counts = {
        "driven_again": again.reminded,
        "reminded": done.reminded,
        "abandoned": abandoned,
        "failed": again.failed + done.failed,
    }
    if counts["failed"]:
        count("ReminderFailed")
    logger.info("reminders sent", extra=counts)
    return counts


def _drive_again(today: Today, time_left_s: TimeLeft) -> _Done:
    """Finish what earlier runs wrote and didn't publish."""
    done = _Done()
    for one in untold(today.merchant.merchant_id, today.now):
        if time_left_s() <= RESERVE_S:
            return done._replace(is_complete=False)
        done = done.plus(_finished(one, today.merchant, time_left_s))
    return done


def _finished(one: Untold | UnreadableItem, merchant: Merchant, time_left_s: TimeLeft) -> _Done:
    try:
        match one:
            case KeptReminder():
                return _Done(reminded=int(finish(one, merchant, time_left_s)))
            case AbandonedCheckout():
                publish_abandoned(one)
                return _Done(reminded=1)
            case UnreadableItem():
                raise one
    except NotPublished:
        raise
    except Exception as error:
        logger.warning("reminder not finished", reason=reason_of(error))
        return _Done(failed=1)


def _remind_all(today: Today, time_left_s: TimeLeft) -> _Done:
    """Go on with the day's run over all customers, as far as the time reaches."""
    runs = Runs(today.merchant.merchant_id)
    run = runs.of(today.date)
    if run.is_done:
        return _Done()
    owed = owed_by_customer(today.merchant.merchant_id, today.date + today.policy.lead)
    behind, done = _behind(owed, run), _Done()
    while done.is_complete and (customers := list(islice(behind, AT_ONCE))):
        done = done.plus(_remind_some(customers, owed, today, time_left_s))
        oldest = owed[customers[-1]][0]
        if done.is_complete:
            run = run.model_copy(update={"after": (oldest.due_on, oldest.number)})
            runs.keep(run)
    if done.is_complete:  # who failed is tried by the next one
        runs.keep(Run(day=today.date, is_done=not done.failed))
    return done


def _remind_some(customers: list[str], owed: Owed, today: Today, time_left_s: TimeLeft) -> _Done:
    """Remind who of some customers is due, as far as the time reaches."""
    done = _Done()
    for customer_id in _due(customers, owed, today):
        if time_left_s() <= RESERVE_S:
            return done._replace(is_complete=False)
        numbers = [one.number for one in owed[customer_id]]
        done = done.plus(_one(customer_id, numbers, today, time_left_s))
    return done


def _behind(owed: Owed, run: Run) -> Iterator[str]:
    """Yield the customers whose oldest invoice lies behind where a run has come."""
    after = run.after
    for customer_id, invoices in owed.items():
        if after is None or (invoices[0].due_on, invoices[0].number) > after:
            yield customer_id


def _due(customers: list[str], owed: Owed, today: Today) -> Iterator[str]:
    """Yield who seems to be due, by what was listed: most are not, and need no further read.

    Of whom nothing can be read, too: that fails, and is counted, when it is their turn.
    """
    for customer_id, kept in Reminded(today.merchant.merchant_id).seen(customers):
        if (
            kept is None
            or decide(kept.owing(owed[customer_id]), today.policy, today.date).due is not None
        ):
            yield customer_id


def _one(customer_id: str, numbers: list[str], today: Today, time_left_s: TimeLeft) -> _Done:
    try:
        return _Done(reminded=int(remind(customer_id, numbers, today, time_left_s)))
    except NotPublished:
        raise
    except Exception as error:
        logger.warning("customer not reminded", customer_id=customer_id, reason=reason_of(error))
        return _Done(failed=1)
