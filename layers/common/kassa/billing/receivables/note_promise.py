"""Note by when a customer said to pay an invoice; it moves no due date, and what is owed stays."""

from datetime import date, timedelta

from kassa.audit.trail import Act, Actor
from kassa.billing.receivables.decision_store import keep_decision
from kassa.billing.receivables.note_entries import RESERVE_S
from kassa.billing.receivables.receivable import KeptReceivable
from kassa.billing.receivables.store import Receivables
from kassa.core.errors import Conflict, InvalidRequest
from kassa.core.merchant import Merchant
from kassa.platform import clock
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict

AHEAD_MAX = timedelta(days=366)


def note_promise(
    merchant: Merchant, number: str, promised: tuple[date, Actor], time_left_s: TimeLeft
) -> KeptReceivable:
    """Note the day that a customer promised for a printed number, and who says so.

    Another day takes the place of the one before. Raises InvoiceNotFound where it is no invoice's,
    InvalidRequest for a day that is over or more than a year ahead, and Conflict where nothing is
    owed.
    """
    on, by = promised
    today = merchant.day_of(clock.now())
    if not today <= on <= today + AHEAD_MAX:
        raise InvalidRequest(f"promised_on: must be a day from {today} on, within a year")
    return retry_on_conflict(
        lambda: _promised(merchant.merchant_id, number, on, by), time_left_s, RESERVE_S
    )


def _promised(merchant_id: str, number: str, on: date, by: Actor) -> KeptReceivable:
    was = Receivables(merchant_id).of_number(number)
    before = was.receivable.promised_on
    if not was.receivable.open_minor:
        raise Conflict(f"nothing is owed of {number}: it is {was.receivable.state}")
    if on == before:
        return was
    act = Act(
        operation="invoice.promise",
        object_id=f"invoice/{number}",
        by=by,
        before=str(before) if before else None,
        after=str(on),
    )
    return keep_decision(was, was.receivable.model_copy(update={"promised_on": on}), act)
