"""Charges fees and interest of invoices that a reminder names, once, and lets it be known.

What is charged is entered with the instant at which its reminder was decided, so that whoever does
it again after a crash finds what was entered, and publishes the same facts.
"""

from collections.abc import Iterable
from datetime import datetime

from kassa.billing.receivables.note_entries import RESERVE_S, make_known
from kassa.billing.receivables.receivable import Entry, EntryKind, KeptReceivable, Receivable
from kassa.billing.receivables.store import Receivables
from kassa.billing.reminders.late_charges import LateInvoice, late_entries
from kassa.billing.reminders.owed.open_invoice import customer_of, sale_of
from kassa.billing.reminders.policy.model import Buyers, PolicyRules
from kassa.core.merchant import Merchant
from kassa.customers.store import Customers
from kassa.platform.clock import TimeLeft
from kassa.platform.optimistic import retry_on_conflict

LATE = (EntryKind.LATE_FEE, EntryKind.LATE_INTEREST)


def may_charge(policy: PolicyRules) -> bool:
    """Tell whether a policy charges anything at all."""
    return bool(policy.late_fees) or policy.interest is not None


def charge_late(
    merchant: Merchant,
    numbers: Iterable[str],
    ruling: tuple[PolicyRules, datetime],
    time_left_s: TimeLeft,
) -> None:
    """Enter what a policy charges of invoices at an instant, and publish it.

    Raises StaleWrite where others kept writing, and NotPublished where the bus took only some.
    """
    policy, at = ruling
    for number in numbers:
        kept = retry_on_conflict(
            lambda number=number: _entered(merchant, number, policy, at),  # type: ignore[misc]
            time_left_s,
            RESERVE_S,
        )
        _make_known(kept, at)


def _make_known(kept: KeptReceivable, at: datetime) -> None:
    """Publish what was charged at an instant, also by whoever died before."""
    charged = (one for one in kept.receivable.entries if one.kind in LATE and one.at == at)
    for entry in charged:
        make_known(kept, entry.source_id)


def late_invoice(kept: KeptReceivable, policy: PolicyRules) -> LateInvoice:
    """Return an invoice as late charges are worked out on it; its buyer only where that counts."""
    return LateInvoice(
        number=kept.number,
        issued_on=kept.of.issued_on,
        due_on=kept.receivable.due_on or kept.of.issued_on,
        is_business=_asks_who_buys(policy) and _is_business(kept),
    )


def _entered(merchant: Merchant, number: str, policy: PolicyRules, at: datetime) -> KeptReceivable:
    receivables = Receivables(merchant.merchant_id)
    of = late_invoice(receivables.of_number(number), policy)

    def decide(on: Receivable) -> tuple[Entry, ...]:
        return late_entries(of, on, policy, (at, merchant.day_of))

    return receivables.enter(number, decide)


def _asks_who_buys(policy: PolicyRules) -> bool:
    asked = [one.buyers for one in policy.late_fees]
    asked += [policy.interest.buyers] if policy.interest else []
    return Buyers.BUSINESSES in asked


def _is_business(kept: KeptReceivable) -> bool:
    """Tell whether a buyer says a number of tax or of a register; a forgotten one says none."""
    found = Customers(kept.of.merchant_id).buyer_of(customer_of(kept.of), sale_of(kept.of))
    return found is not None and bool(found.tax_id or found.registration_id)
