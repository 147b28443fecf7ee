"""Pause or resume reminders of a customer, or of one invoice: a person says so, and why.

A pause ends by itself with its last day. What came due meanwhile is told by one reminder, the
latest step's.
"""

from datetime import date, timedelta
from typing import NamedTuple

from kassa.audit.trail import Act, Actor
from kassa.billing.numbering.record import REASON_MAX
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.owed.open_invoice import customer_of
from kassa.billing.reminders.store import CustomerState, KeptCustomer, PauseNote, Reminded
from kassa.core.errors import CustomerNotFound, InvalidRequest
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.index_pages import PageRequest
from kassa.platform.optimistic import retry_on_conflict

RESERVE_S = 2.0  # kept back for answering
AHEAD_MAX = timedelta(days=731)
PAUSES_MAX = 500  # of a customer's invoices at a time


class Whose(NamedTuple):
    """Of whom: all that a customer owes, or one invoice by its printed number."""

    customer_id: str | None = None
    number: str | None = None


class Pause(NamedTuple):
    """Until the end of which day, by the seller's calendar, why, and who says so."""

    until: date
    reason: str
    by: Actor


def pause_reminders(
    merchant: Merchant, whose: Whose, pause: Pause, time_left_s: TimeLeft
) -> KeptCustomer:
    """Remind nobody until a day is over; the next pause takes the place of the one before.

    The reason is kept beside the pause, and for good in the audit trail: no personal data belongs
    in it. Raises InvalidRequest for a day that is over or too far ahead, or without a reason,
    InvoiceNotFound where the number is no invoice's, and CustomerNotFound where nothing was
    invoiced to them.
    """
    today, reason = merchant.day_of(clock.now()), " ".join(pause.reason.split())
    if not today <= pause.until <= today + AHEAD_MAX:
        raise InvalidRequest(f"until: must be a day from {today} on, within two years")
    if not 1 <= len(reason) <= REASON_MAX:
        raise InvalidRequest(f"reason: say why, in {REASON_MAX} characters at most")
    changed = _Change(pause.until, "reminders.pause", reason, pause.by)
    return _changed(merchant, whose, changed, time_left_s)


def resume_reminders(
    merchant: Merchant, whose: Whose, by: Actor, time_left_s: TimeLeft
) -> KeptCustomer:
    """Remind again from now on; what isn't paused stays as it is."""
    return _changed(merchant, whose, _Change(None, "reminders.resume", None, by), time_left_s)


class _Change(NamedTuple):
    until: date | None
    operation: str
    reason: str | None
    by: Actor


def _changed(
    merchant: Merchant, whose: Whose, change: _Change, time_left_s: TimeLeft
) -> KeptCustomer:
    customer_id = _invoiced(merchant.merchant_id, whose)
    asked = change, merchant.day_of(clock.now())
    return retry_on_conflict(
        lambda: _kept(merchant.merchant_id, customer_id, whose.number, asked),
        time_left_s,
        RESERVE_S,
    )


def _invoiced(merchant_id: str, whose: Whose) -> str:
    """Return who is meant: a mistyped customer would be paused, and the real one reminded."""
    receivables = Receivables(merchant_id)
    if whose.customer_id is None and whose.number is None:
        raise InvalidRequest("customer_id: say whose reminders, or of which invoice_number")
    if whose.customer_id is None:
        return customer_of(receivables.of_number(str(whose.number)).of)
    if not receivables.of_customer(whose.customer_id, PageRequest(limit=1))[0]:
        raise CustomerNotFound(f"nothing was invoiced to a customer {whose.customer_id}")
    return whose.customer_id


def _kept(
    merchant_id: str, customer_id: str, number: str | None, asked: tuple[_Change, date]
) -> KeptCustomer:
    reminded, (change, today) = Reminded(merchant_id), asked
    was = reminded.found([customer_id])[customer_id]
    before = was.state.pauses.get(number) if number else was.state.paused_until
    if before == change.until:
        return was
    state = _with(was.state, number, change, today)
    act = Act(
        operation=change.operation,
        object_id=f"invoice/{number}" if number else f"customer/{customer_id}",
        by=change.by,
        before=str(before) if before else None,
        after=str(change.until) if change.until else None,
        reason=change.reason,
    )
    return reminded.keep_pause(was, state, act)


def _with(state: CustomerState, number: str | None, change: _Change, today: date) -> CustomerState:
    """Return the state with another pause; those that are over are left out."""
    until, named = change.until, number or ""
    notes = {one: note for one, note in state.notes.items() if one != named}
    if until is not None and change.reason:
        notes[named] = PauseNote(reason=change.reason, by=change.by.name, at=clock.now())
    if number is None:
        return state.model_copy(update={"paused_until": until, "notes": notes})
    pauses = {one: last for one, last in state.pauses.items() if last >= today and one != number}
    if until is not None:
        pauses[number] = until
    if len(pauses) > PAUSES_MAX:
        raise InvalidRequest(f"{PAUSES_MAX} invoices are paused: pause the customer")
    notes = {one: note for one, note in notes.items() if one in pauses or not one}
    return state.model_copy(update={"pauses": pauses, "notes": notes})
