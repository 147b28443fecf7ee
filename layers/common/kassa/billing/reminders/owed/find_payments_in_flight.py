"""Finds out whether a payment of an invoice may be on its way, or is up for dispute.

Asked of the few invoices that are about to be reminded of, just before: a checkout whose outcome
nobody knows, one that its customer finished, a payment that is booked and not yet entered of its
invoice, and one that a person entered and isn't booked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kassa.billing.manual_payments.entry_store import Entries
from kassa.billing.receivables.receivable import EntryKind, KeptReceivable, Receivable
from kassa.billing.reminders.schedule import Hold
from kassa.core import stored
from kassa.ledger.items import partition, subject_state
from kassa.orders import keys as order_keys
from kassa.orders.attempts import AttemptState
from kassa.orders.lifecycle import OrderLifecycle
from kassa.platform import keys, table

BOOKED_FOR = timedelta(days=3)  # by then what was captured is entered of its invoice, or never


def holds(merchant_id: str, invoices: Iterable[KeptReceivable], now: datetime) -> dict[str, Hold]:
    """Return by number which invoices are held back, and why."""
    listed = list(invoices)
    lifecycles = _lifecycles(merchant_id, {one.of.order_id for one in listed if one.of.order_id})
    disputed = _disputed(lifecycles.values())
    entries, found = Entries(merchant_id), dict[str, Hold]()
    for one in listed:
        lifecycle = lifecycles.get(one.of.order_id or "")
        entered = entries.of_sale(one.of.order_id, one.number)
        entered_ids = [each.payment_id for each in entered if each.left_minor > 0]
        is_moving = any(not _is_settled(one.receivable, payment_id) for payment_id in entered_ids)
        if is_moving or (lifecycle and _is_in_flight(lifecycle, one.receivable, now)):
            found[one.number] = Hold.PAYMENT_IN_FLIGHT
        elif one.of.order_id in disputed:
            found[one.number] = Hold.DISPUTED
    return found


def _is_in_flight(lifecycle: OrderLifecycle, receivable: Receivable, now: datetime) -> bool:
    """Tell whether an order's payment may be on its way, or is on its way to the invoice."""
    booked = (*lifecycle.payers, *lifecycle.part_payments)
    known = {one.payment_id for one in booked}
    for attempt in lifecycle.attempts:
        if attempt.is_unknown or (attempt.state is AttemptState.OPEN and attempt.is_completed):
            return True
        if attempt.state is AttemptState.PAID and attempt.payment_id not in known:
            return True
    recent = (one for one in booked if one.captured_at > now - BOOKED_FOR and one.left_minor > 0)
    return any(not _is_settled(receivable, one.payment_id) for one in recent)


def _is_settled(receivable: Receivable, payment_id: str) -> bool:
    """Tell whether a payment was entered of an invoice: by a fact that begins with its id."""
    settled = (one.source_id for one in receivable.entries if one.kind is EntryKind.SETTLED)
    return any(source_id.startswith(f"{payment_id}:") for source_id in settled)


def _lifecycles(merchant_id: str, order_ids: Iterable[str]) -> dict[str, OrderLifecycle]:
    where = {order_keys.order_lifecycle(merchant_id, one): one for one in order_ids}
    return {
        where[key]: stored.read_text(OrderLifecycle, item["lifecycle"])
        for key, item in table.get_all(list(where)).items()
    }


def _disputed(lifecycles: Iterable[OrderLifecycle]) -> set[str]:
    """Return the orders of whose payments a bank is deciding just now."""
    where = {
        keys.state(partition(payment.subject)): each.order_id
        for each in lifecycles
        for payment in (*each.payers, *each.part_payments, *each.duplicate_payments)
    }
    found = table.get_all(list(where))
    return {where[key] for key, item in found.items() if subject_state(item).has_open_dispute}
