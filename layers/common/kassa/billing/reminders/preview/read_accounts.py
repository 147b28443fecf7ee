"""Reads what customers owe, whole, for a calendar of what they are reminded of."""

from collections import defaultdict
from datetime import date
from itertools import islice

from kassa.billing.receivables.receivable import EntryKind, KeptReceivable
from kassa.billing.reminders.owed.find_payments_in_flight import holds
from kassa.billing.reminders.owed.open_invoice import customer_of
from kassa.billing.reminders.owed.store import listed
from kassa.billing.reminders.preview.calendar import Accounts
from kassa.billing.reminders.schedule import Customer
from kassa.billing.reminders.store import Reminded
from kassa.platform import clock

INVOICES_MAX = 3_000  # that are looked at, first due first
Found = tuple[list[Accounts], bool]  # and whether those are all
_LATE = {EntryKind.LATE_FEE, EntryKind.LATE_INTEREST, EntryKind.LATE_CHARGE_WAIVED}
_Owed = dict[str, list[KeptReceivable]]


def read_accounts(merchant_id: str, until: date, customer_id: str | None) -> Found:
    """Return what is open and due by a day, of a customer or of all, as it stands now."""
    owed, is_complete = _owed(merchant_id, until, customer_id)
    kept = Reminded(merchant_id).found(list(owed))
    found = [
        Accounts(kept[one].owing(()), tuple(invoices), holds(merchant_id, invoices, clock.now()))
        for one, invoices in owed.items()
    ]
    return found, is_complete


def read_untold_accounts(merchant_id: str, until: date) -> Found:
    """Return the same as if nobody had been told or charged anything, nor promised or paused."""
    owed, is_complete = _owed(merchant_id, until, None)
    found = [
        Accounts(Customer(one, ()), tuple(map(_untouched, invoices)))
        for one, invoices in owed.items()
    ]
    return found, is_complete


def _untouched(kept: KeptReceivable) -> KeptReceivable:
    """Return an invoice as if nothing had been charged for being late, and nothing promised."""
    receivable = kept.receivable
    entries = tuple(one for one in receivable.entries if one.kind not in _LATE)
    known = {"entries": entries, "promised_on": None}
    return kept._replace(receivable=receivable.model_copy(update=known))


def _owed(merchant_id: str, until: date, customer_id: str | None) -> tuple[_Owed, bool]:
    """Return invoices by customer, and whether those are all."""
    owed: _Owed = defaultdict(list)
    found = (
        one
        for one in listed(merchant_id, until)
        if customer_id is None or customer_of(one.of) == customer_id
    )
    for kept in islice(found, INVOICES_MAX):
        owed[customer_of(kept.of)].append(kept)
    return owed, next(found, None) is None
